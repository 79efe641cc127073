// Ends the process where a result is not what the oracle says, which a fuzzer reports as a finding.

#pragma once

#include <cstdlib>
#include <iostream>
#include <string>

namespace erp::fuzz {

[[noreturn]] inline void disagree(const std::string& what) {
  std::cerr << "the oracle says otherwise: " << what << '\n';
  std::abort();
}

inline void require(bool condition, const char* what) {
  if (!condition) disagree(what);
}

}  // namespace erp::fuzz
