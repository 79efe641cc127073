# Generated cases, each against a naive oracle; needs no Python.
#   cmake -S cpp -B build/sanitize -DERP_SANITIZE=ON && cmake --build build/sanitize
#   build/sanitize/fifo_cases [cases] [seed]
# With clang, ERP_LIBFUZZER makes them libFuzzer targets, which may run for hours (make fuzz).

# Coverage is to be of what is tested, not of what tests it.
function(leave_out_of_coverage target)
  if(ERP_LIBFUZZER)
    target_compile_options(${target} PRIVATE -fno-sanitize=fuzzer-no-link)
  endif()
endfunction()

# A program that runs cases of `library`.
function(add_cases name library)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE ${library})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  leave_out_of_coverage(${name})
  if(ERP_LIBFUZZER)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/fuzz/generated_main.cpp)
  endif()
endfunction()

add_cases(fifo_cases kernels fuzz/fifo_cases.cpp fuzz/fifo_oracle.cpp fuzz/movement_batch.cpp)
