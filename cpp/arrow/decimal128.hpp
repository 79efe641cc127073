// The values of Arrow's decimal128: integers counted in units of a last decimal.

#pragma once

namespace erp {

using int128 = __int128;

constexpr int kMaxDecimals = 38;  // digits of the longest number

}  // namespace erp
