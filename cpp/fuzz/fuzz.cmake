# Generated cases of each kernel against a naive oracle; needs no Python.
#   cmake -S cpp -B build/sanitize -DERP_SANITIZE=ON && cmake --build build/sanitize
#   build/sanitize/fifo_cases [cases] [seed]

set(SANITIZERS -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
target_compile_options(kernels PUBLIC ${SANITIZERS} -g)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 and sanitizers: a false alarm about operator+ of std::string (GCC bug 105329).
  target_compile_options(kernels PUBLIC -Wno-restrict)
endif()
target_compile_definitions(kernels PUBLIC _GLIBCXX_ASSERTIONS)
target_link_options(kernels PUBLIC -fsanitize=address,undefined)

add_executable(fifo_cases fuzz/fifo_cases.cpp fuzz/fifo_oracle.cpp fuzz/movement_batch.cpp)
target_link_libraries(fifo_cases PRIVATE kernels)

if(ERP_LIBFUZZER)
  target_compile_options(kernels PUBLIC -fsanitize=fuzzer-no-link)
  target_link_options(fifo_cases PRIVATE -fsanitize=fuzzer)
else()
  target_sources(fifo_cases PRIVATE fuzz/generated_main.cpp)
endif()
