// Cells of ABAP text as values: free functions of UTF-16 spans that know neither the SDK nor Arrow.
//
// A blank is U+0020. A cell is a value, null, or refused: no value of its kind ('*' where ABAP ran
// out of room, a day that no calendar has, text in a number). Nothing is rounded or cut.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "decimal128.hpp"

namespace erp::rfc {

using Cell = std::u16string_view;

enum class Outcome { kValue, kNull, kRefused };

template <typename T>
struct Decoded {
  Outcome outcome;
  T value{};  // zero unless it is a value
};

Cell without_trailing_blanks(Cell cell);

// DATS as days since 1970-01-01. '00000000' and blanks are null.
Decoded<std::int32_t> decode_date(Cell cell);

// TIMS as nanoseconds since midnight. Blanks are null, '240000' is refused.
Decoded<std::int64_t> decode_time(Cell cell);

// A fixed-point number in units of its last decimal. The sign stands before or behind, the point is
// '.', blanks are null. Refused with more digits than `precision`, or behind the point than
// `scale`.
Decoded<int128> decode_decimal(Cell cell, int precision, int scale);

Decoded<std::int64_t> decode_int(Cell cell);

// Refused if beyond a double's range; the nearest double else.
Decoded<double> decode_float(Cell cell);

// Hex digits as bytes, appended to *bytes. False, and *bytes unchanged, for anything else.
bool append_hex(Cell cell, std::string* bytes);

}  // namespace erp::rfc
