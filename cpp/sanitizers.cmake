# All targets under ASan and UBSan; there a warning is an error, too.

add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -g -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 and sanitizers: a false alarm about operator+ of std::string (GCC bug 105329).
  add_compile_options(-Wno-restrict)
endif()
if(ERP_LIBFUZZER)
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_FLAGS -fsanitize=fuzzer)
  check_cxx_source_compiles(
    "extern \"C\" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }" ERP_HAS_LIBFUZZER)
  if(NOT ERP_HAS_LIBFUZZER)
    unset(ERP_HAS_LIBFUZZER CACHE)  # to be asked again
    message(FATAL_ERROR "${CMAKE_CXX_COMPILER} has no libFuzzer: Debian has it in libclang-rt-<version>-dev")
  endif()
  unset(CMAKE_REQUIRED_FLAGS)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
add_compile_definitions(_GLIBCXX_ASSERTIONS)
add_link_options(-fsanitize=address,undefined)
