# Flags every target shares, and sy_module(): one folder, one static library, its links its allowed includes.
add_library(sy_flags INTERFACE)
target_compile_options(sy_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -D_GLIBCXX_ASSERTIONS)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(sy_flags INTERFACE -fcoroutines)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" OR CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  target_compile_options(sy_flags INTERFACE
    -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  target_link_options(sy_flags INTERFACE -Wl,-z,relro,-z,now)
endif()
if(SY_FUZZ)
  # The libraries too, or the fuzzer would see nothing of what it drives.
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()
if(SY_SANITIZE)
  add_compile_options(-fsanitize=${SY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SY_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # False reports inside boost::variant2 and std::regex at -O1 with sanitizers (docs/style.md, traps).
    target_compile_options(sy_flags INTERFACE -Wno-maybe-uninitialized)
    if(SY_SANITIZE MATCHES "thread")
      target_compile_options(sy_flags INTERFACE -Wno-tsan)
    endif()
  endif()
endif()

# sy_module(name SOURCES a.cpp … DEPS sy_x …): without SOURCES the module is headers only.
function(sy_module name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  if(arg_SOURCES)
    add_library(sy_${name} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(sy_${name} PRIVATE sy_flags ${arg_PRIVATE_DEPS})
  else()
    add_library(sy_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(sy_${name} ${scope} ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/proxy)
  target_link_libraries(sy_${name} ${scope} ${arg_DEPS})
endfunction()
