# Shared by all targets: warnings, sanitizers, the include root, dependencies, precompiled headers.
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(Threads REQUIRED)
find_package(nlohmann_json REQUIRED)
pkg_check_modules(nettle REQUIRED IMPORTED_TARGET nettle)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET simdjson)

# Settings of ccache: precompiled headers may be hashed instead of read (pch_defines, time_macros), and recently written
# headers do not force recompilation (include_file_*). Paths are relative to the source folder, so that clones
# and build folders share results.
if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(INTELIA_CCACHE ccache)
  if(INTELIA_CCACHE)
    set(launcher env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${INTELIA_CCACHE})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
    set(CMAKE_CUDA_COMPILER_LAUNCHER ${launcher})
  endif()
endif()

# The Python that has torch and the packages of the tests: by default the environment of scripts/setup.
if(NOT INTELIA_PYTHON)
  execute_process(COMMAND ${CMAKE_SOURCE_DIR}/scripts/python-environment OUTPUT_VARIABLE environment
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(INTELIA_PYTHON ${environment}/bin/python)
endif()
set(INTELIA_PYTHON ${INTELIA_PYTHON} CACHE FILEPATH "Python with torch and the packages of the tests" FORCE)

add_library(intelia_options INTERFACE)
target_include_directories(intelia_options INTERFACE ${CMAKE_SOURCE_DIR}/lib)
target_compile_options(intelia_options INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wconversion -Wno-missing-field-initializers>)
# g++ 12 gives false warnings about overlaps in operator+(const char*, std::string&&) (GCC bug 105651). Before version 14
# it also loses the suppressions of the standard library in a precompiled header (GCC bug 64117).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(intelia_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13 AND NOT INTELIA_SANITIZE)  # later versions may warn of more
    target_compile_options(intelia_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Werror>)
  endif()
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14 AND NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
    target_compile_options(intelia_options INTERFACE
      $<$<COMPILE_LANGUAGE:CXX>:-Wno-stringop-overflow -Wno-array-bounds>)
  endif()
endif()
# GCC's garbage collector runs from 1 GiB on, not from 128 MiB: compiling takes a tenth less time.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(intelia_options INTERFACE $<$<COMPILE_LANGUAGE:CXX>:--param=ggc-min-heapsize=1048576>)
endif()
if(INTELIA_SANITIZE STREQUAL "thread")
  target_compile_options(intelia_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=thread -fno-omit-frame-pointer>)
  target_link_options(intelia_options INTERFACE -fsanitize=thread)
elseif(INTELIA_SANITIZE)
  target_compile_options(intelia_options INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined>)
  target_link_options(intelia_options INTERFACE -fsanitize=address,undefined)
endif()
# Fuzzers (clang only): all modules are built with coverage counters and sanitizers; tests/fuzz links libFuzzer's main.
if(INTELIA_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "INTELIA_FUZZ needs clang: set CMAKE_CXX_COMPILER")
  endif()
  target_compile_options(intelia_options INTERFACE
    -fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  target_link_options(intelia_options INTERFACE -fsanitize=address,undefined)
endif()

# Third-party headers that most files include, parsed once for all targets without libtorch. `plain`: the standard
# library and fmt. `json`: also nlohmann's JSON, which costs each file 0.3 s and is worthwhile where most files use it. `test`: also
# doctest.
find_package(doctest QUIET)
file(WRITE ${CMAKE_BINARY_DIR}/empty.cpp.new "// A target that only holds a precompiled header needs one source file.\n")
file(COPY_FILE ${CMAKE_BINARY_DIR}/empty.cpp.new ${CMAKE_BINARY_DIR}/empty.cpp ONLY_IF_DIFFERENT)
set(plain_headers <algorithm> <array> <charconv> <chrono> <cmath> <cstdint> <cstring> <deque> <filesystem> <fstream>
    <functional> <limits> <map> <memory> <mutex> <optional> <set> <span> <string> <string_view> <thread> <tuple>
    <unordered_map> <utility> <vector> <fmt/format.h>)
set(json_headers ${plain_headers} <nlohmann/json.hpp>)
set(test_headers ${json_headers} <doctest/doctest.h>)
foreach(set plain json test)
  if(set STREQUAL "test" AND NOT INTELIA_TESTS)
    continue()
  endif()
  add_library(intelia_precompiled_${set} OBJECT ${CMAKE_BINARY_DIR}/empty.cpp)
  target_link_libraries(intelia_precompiled_${set} PRIVATE intelia_options fmt::fmt nlohmann_json::nlohmann_json)
  target_precompile_headers(intelia_precompiled_${set} PRIVATE ${${set}_headers})
endforeach()

# intelia_precompile(TARGET OWNER): TARGET, an executable, uses the precompiled header of OWNER. Such a header was compiled
# for a library, with -fPIC.
function(intelia_precompile target owner)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${target} PRIVATE -fPIC)
  target_precompile_headers(${target} REUSE_FROM ${owner})
endfunction()

# Compiles TARGET with -O1 in release builds.
function(intelia_optimize_lightly target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

# intelia_library(NAME SOURCES … DEPENDS …): the static library intelia_NAME of folder lib/NAME.
set(INTELIA_JSON_MODULES cli evaluation export inference lineage model record tracking training)
# Modules without hot loops: -O1 compiles them a third faster than -O3.
set(INTELIA_LIGHT_MODULES cli http inference page tracking training)
function(intelia_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(intelia_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(intelia_${name} PUBLIC intelia_options fmt::fmt ${ARG_DEPENDS})
  if(name IN_LIST INTELIA_LIGHT_MODULES)
    intelia_optimize_lightly(intelia_${name})
  endif()
  if(name IN_LIST INTELIA_JSON_MODULES)
    target_precompile_headers(intelia_${name} REUSE_FROM intelia_precompiled_json)
  else()
    target_precompile_headers(intelia_${name} REUSE_FROM intelia_precompiled_plain)
  endif()
endfunction()

# intelia_test(NAME SOURCES … DEPENDS …): one doctest program, one ctest. The library under test is fully optimized, the
# code of the test only with -O1.
function(intelia_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  if(NOT TARGET intelia_test_main)
    add_library(intelia_test_main OBJECT ${CMAKE_SOURCE_DIR}/tests/main.cpp)
    target_link_libraries(intelia_test_main PRIVATE intelia_options)
    intelia_optimize_lightly(intelia_test_main)
  endif()
  add_executable(${name}_test $<TARGET_OBJECTS:intelia_test_main> ${ARG_SOURCES})
  target_include_directories(${name}_test PRIVATE ${CMAKE_SOURCE_DIR}/tests/support)
  target_link_libraries(${name}_test PRIVATE fmt::fmt ${ARG_DEPENDS})
  intelia_optimize_lightly(${name}_test)
  if(intelia_nn IN_LIST ARG_DEPENDS)
    intelia_precompile(${name}_test intelia_nn)
  else()
    intelia_precompile(${name}_test intelia_precompiled_test)
  endif()
  add_test(NAME ${name} COMMAND ${name}_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endfunction()
