// Exact arithmetic on fixed-point numbers: integers counted in units of a last decimal.
// No floating point, and no result that silently wraps.

#pragma once

#include <cstdint>

#include "decimal128.hpp"

namespace erp {

// *sum += a * b, exactly. False if the sum does not fit into 128 bits.
// The product of two 64-bit numbers always does.
inline bool add_product(int128* sum, std::int64_t a, std::int64_t b) {
  return !__builtin_add_overflow(*sum, static_cast<int128>(a) * b, sum);
}

// A number with `from` decimals as one with `to`, rounded once, halves away from zero
// (commercial rounding). False if the result has more than 38 digits.
bool rescale(int128 value, int from, int to, int128* result);

}  // namespace erp
