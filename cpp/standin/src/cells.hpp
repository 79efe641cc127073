// Reading and writing one cell with the SDK's conversions. All of these throw Failure:
// RFC_CONVERSION_FAILURE for a value the cell cannot give or take, RFC_BUFFER_TOO_SMALL.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "failure.hpp"
#include "rows.hpp"

namespace standin {

Failure no_conversion(const Cell& cell);

// ---- Reading ------------------------------------------------------------------------------------

// Fills `capacity` units, the rest of them with `padding`; no end mark.
void get_units(const Cell& cell, char16_t* units, std::size_t capacity, char16_t padding);

// Writes the text and an end mark; `length`, unless null, learns the text's length in any case.
void get_string(const Cell& cell, char16_t* units, std::size_t capacity, unsigned* length);
unsigned string_length(const Cell& cell);

// Fills `capacity` bytes, the rest with zeros; get_x_string leaves the rest alone.
void get_bytes(const Cell& cell, std::uint8_t* bytes, std::size_t capacity);
void get_x_string(const Cell& cell, std::uint8_t* bytes, std::size_t capacity, unsigned* length);

std::int64_t get_integer(const Cell& cell);
double get_float(const Cell& cell);

// ---- Writing ------------------------------------------------------------------------------------

void set_text(const Cell& cell, std::u16string_view text);
void set_bytes(const Cell& cell, const std::uint8_t* bytes, std::size_t size);
void set_integer(const Cell& cell, std::int64_t value);
void set_float(const Cell& cell, double value);

}  // namespace standin
