# Finds libtorch in the torch wheel and imports its CPU libraries as the target `torch_wheel`. The wheel's own CMake files
# are not used, because they fail where no CUDA toolkit is installed. INTELIA_TORCH may name the package's folder; otherwise
# INTELIA_PYTHON or python3 is asked for it (without importing torch).
if(NOT INTELIA_TORCH)
  foreach(python ${INTELIA_PYTHON} $ENV{INTELIA_PYTHON} python3)
    execute_process(
      COMMAND ${python} -c "import importlib.util as u; print(u.find_spec('torch').submodule_search_locations[0])"
      OUTPUT_VARIABLE INTELIA_TORCH OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
    if(status EQUAL 0 AND INTELIA_TORCH)
      break()
    endif()
  endforeach()
endif()
if(NOT EXISTS ${INTELIA_TORCH}/lib/libtorch_cpu.so)
  message(FATAL_ERROR "the torch wheel was not found; run scripts/setup, pass -DINTELIA_TORCH=<folder of the torch package>, "
                      "or -DINTELIA_ENGINE=OFF to build without the engine")
endif()
set(INTELIA_TORCH ${INTELIA_TORCH} CACHE PATH "Folder of the torch package" FORCE)
message(STATUS "intelia: libtorch from ${INTELIA_TORCH}")

add_library(torch_wheel INTERFACE)
target_include_directories(torch_wheel SYSTEM INTERFACE ${INTELIA_TORCH}/include
                           ${INTELIA_TORCH}/include/torch/csrc/api/include)
target_compile_definitions(torch_wheel INTERFACE _GLIBCXX_USE_CXX11_ABI=1)
target_link_libraries(torch_wheel INTERFACE ${INTELIA_TORCH}/lib/libtorch_cpu.so ${INTELIA_TORCH}/lib/libc10.so)
