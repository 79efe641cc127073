#include "fixed_point.hpp"

#include <array>
#include <limits>

namespace erp {
namespace {

using uint128 = unsigned __int128;

constexpr uint128 kMax64 = std::numeric_limits<std::uint64_t>::max();

constexpr auto kPowersOfTen = [] {
  std::array<uint128, kMaxDecimals + 1> powers{1};
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

uint128 power_of_ten(int exponent) { return kPowersOfTen[static_cast<std::size_t>(exponent)]; }

// `divisor` is a power of ten of at least 10, so its half is exact.
uint128 divide_rounding_half_up(uint128 magnitude, uint128 divisor) {
  const uint128 shifted = magnitude + divisor / 2;  // below 2^127 + 10^38 / 2: no overflow
  // Most amounts fit into 64 bits, where a division is several times cheaper.
  if (shifted <= kMax64 && divisor <= kMax64) {
    return static_cast<std::uint64_t>(shifted) / static_cast<std::uint64_t>(divisor);
  }
  return shifted / divisor;
}

}  // namespace

bool rescale(int128 value, int from, int to, int128* result) {
  const bool negative = value < 0;
  uint128 magnitude = negative ? -static_cast<uint128>(value) : static_cast<uint128>(value);
  if (from - to > kMaxDecimals) {
    magnitude = 0;  // below half a unit: 128 bits hold less than 2e38
  } else if (from > to) {
    magnitude = divide_rounding_half_up(magnitude, power_of_ten(from - to));
  } else if (__builtin_mul_overflow(magnitude, power_of_ten(to - from), &magnitude)) {
    return false;
  }
  if (magnitude >= power_of_ten(kMaxDecimals)) return false;
  *result = negative ? -static_cast<int128>(magnitude) : static_cast<int128>(magnitude);
  return true;
}

}  // namespace erp
