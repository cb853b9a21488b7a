# What every target of the house shares: warnings, sanitizers, the include root, and where the outside parts are found.
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(Threads REQUIRED)
find_package(nlohmann_json REQUIRED)
pkg_check_modules(nettle REQUIRED IMPORTED_TARGET nettle)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET simdjson)

if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(INTELIA_CCACHE ccache)
  if(INTELIA_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${INTELIA_CCACHE})
    set(CMAKE_CUDA_COMPILER_LAUNCHER ${INTELIA_CCACHE})
  endif()
endif()

# The Python that tests and the torch wheel come from: the shared environment of scripts/setup unless another is named.
if(NOT INTELIA_PYTHON)
  execute_process(COMMAND ${CMAKE_SOURCE_DIR}/scripts/python-environment OUTPUT_VARIABLE environment
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(INTELIA_PYTHON ${environment}/bin/python)
endif()
set(INTELIA_PYTHON ${INTELIA_PYTHON} CACHE FILEPATH "Python with torch and the peers" FORCE)

add_library(intelia_options INTERFACE)
target_include_directories(intelia_options INTERFACE ${CMAKE_SOURCE_DIR}/lib)
target_compile_options(intelia_options INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wno-missing-field-initializers>)
# g++ 12 warns of overlaps that are not there in operator+(const char*, std::string&&) (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(intelia_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
endif()
if(INTELIA_SANITIZE)
  target_compile_options(intelia_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined>)
  target_link_options(intelia_options INTERFACE -fsanitize=address,undefined)
endif()
# Fuzzers (clang only): every room is built with coverage counters and sanitizers, tests/fuzz links libFuzzer's main.
if(INTELIA_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "INTELIA_FUZZ needs clang: set CMAKE_CXX_COMPILER")
  endif()
  target_compile_options(intelia_options INTERFACE
    -fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  target_link_options(intelia_options INTERFACE -fsanitize=address,undefined)
endif()

# intelia_library(NAME SOURCES … DEPENDS …): the static library intelia_NAME of folder lib/NAME.
function(intelia_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(intelia_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(intelia_${name} PUBLIC intelia_options fmt::fmt ${ARG_DEPENDS})
endfunction()

# intelia_test(NAME SOURCES … DEPENDS …): one doctest binary, one ctest.
function(intelia_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name}_test ${CMAKE_SOURCE_DIR}/tests/main.cpp ${ARG_SOURCES})
  target_include_directories(${name}_test PRIVATE ${CMAKE_SOURCE_DIR}/tests/support)
  target_link_libraries(${name}_test PRIVATE ${ARG_DEPENDS})
  add_test(NAME ${name} COMMAND ${name}_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endfunction()
