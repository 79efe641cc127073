// What a column holds and where its cells stand: the order for the decoder (erp_rfc/cut.py).

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace erp::rfc {

enum class Kind : std::uint8_t {
  kText,
  kNumc,
  kDate,
  kTime,
  kDecimal,
  kInt,
  kFloat,
  kRaw,
  kUtclong,
};

struct Cut {
  std::string name;
  std::size_t offset = 0;  // in UTF-16 units, as the length
  std::size_t length = 0;
  Kind kind = Kind::kText;
  int precision = 0;
  int scale = 0;
  bool keep_blanks = false;
};

// Throws std::invalid_argument unless a decimal's precision is 1 to 38 and its scale within that.
void expect_valid(const Cut& cut);

}  // namespace erp::rfc
