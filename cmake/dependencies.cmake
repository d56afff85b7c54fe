# Everything here is a Debian 12 package; scripts/install-dependencies names them.
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(yaml-cpp REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(CARES REQUIRED IMPORTED_TARGET libcares)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
find_package(CLI11 REQUIRED)

# Asio and Beast compiled once (separate compilation), with the settings docs/performance.md explains.
add_library(sy_asio STATIC ${CMAKE_SOURCE_DIR}/cmake/asio.cpp)
target_compile_definitions(sy_asio PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=16
  BOOST_ASIO_DISABLE_BOOST_REGEX)
target_link_libraries(sy_asio PUBLIC Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
target_compile_features(sy_asio PUBLIC cxx_std_20)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 inlines Asio's operator new of coroutine frames but not its operator delete, and takes the
  # two for a mismatch.
  target_compile_options(sy_asio PUBLIC -fcoroutines -Wno-mismatched-new-delete)
endif()
