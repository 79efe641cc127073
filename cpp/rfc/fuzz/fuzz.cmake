# Generated cases of the decoder, and of typed fields in the stand-in for the SDK.

add_library(package_oracle STATIC
  fuzz/arrow_cells.cpp
  fuzz/decode_oracle.cpp
  fuzz/expected_package.cpp
  fuzz/generated_text.cpp)
target_include_directories(package_oracle PUBLIC fuzz ${PROJECT_SOURCE_DIR}/fuzz)
target_link_libraries(package_oracle PUBLIC rfc)
leave_out_of_coverage(package_oracle)
add_cases(decode_cases package_oracle fuzz/decode_cases.cpp)

add_subdirectory(../standin standin)
add_cases(typed_cases package_oracle fuzz/typed_cases.cpp fuzz/typed_table.cpp)
target_link_libraries(typed_cases PRIVATE sapnwrfc)
