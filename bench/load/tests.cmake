# Tests of bench/load, and its short form as one of them. Included by tests/, so that what they need is built with them.
find_program(SY_PYTHON NAMES python3 HINTS /usr/bin REQUIRED)
add_test(NAME bench_load_rules COMMAND ${SY_PYTHON} -B -m unittest -v test_load
         WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/bench/load)
set_tests_properties(bench_load_rules PROPERTIES LABELS unit TIMEOUT 60)

# Compares CPU time, which only optimised code without instruments has to be proud of.
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT SY_SANITIZE AND NOT SY_FUZZ)
  add_custom_target(load_tools ALL DEPENDS openload closedload swallow)
  add_test(NAME bench_short COMMAND ${SY_PYTHON} -B run.py --short
           WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/bench/load)
  set_tests_properties(bench_short PROPERTIES LABELS bench RUN_SERIAL ON TIMEOUT 300 SKIP_RETURN_CODE 77
                       ENVIRONMENT "SY_BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
endif()
