// Numbers between their bytes in a row and text.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace standin {

// Packed decimal: two digits a byte, the last half byte the sign (B and D negative). As text with a
// point, and with the sign in front. The other way excess decimals are rounded half away from
// zero, as ABAP does; false where the text is no number or does not fit.
std::string packed_to_text(const std::uint8_t* bytes, std::size_t size, std::size_t decimals);
bool text_to_packed(std::string_view text, std::uint8_t* bytes, std::size_t size,
                    std::size_t decimals);

// Integers of 1 (unsigned), 2, 4 or 8 bytes.
std::int64_t read_integer(const std::uint8_t* bytes, std::size_t size);
bool fits_integer(std::int64_t value, std::size_t size);
void write_integer(std::int64_t value, std::uint8_t* bytes, std::size_t size);

// A whole number or floating point number that takes up all of the text, blanks at its ends aside.
std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<double> parse_float(std::string_view text);
std::string float_to_text(double value);

std::string to_hex(const std::uint8_t* bytes, std::size_t size);

}  // namespace standin
