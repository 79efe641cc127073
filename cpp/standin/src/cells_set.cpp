#include <algorithm>
#include <cstdio>
#include <cstring>

#include "cells.hpp"
#include "failure.hpp"
#include "numbers.hpp"
#include "text.hpp"
#include "time_stamps.hpp"

namespace standin {
namespace {

// Of a text the blanks at its end may go; anything else that does not fit is refused.
std::u16string_view fitting(const Cell& cell, std::u16string_view text) {
  const std::size_t capacity = cell.field.ucLength / sizeof(char16_t);
  if (text.size() <= capacity) return text;
  if (trimmed_end(text).size() > capacity) throw no_conversion(cell);
  return text.substr(0, capacity);
}

// Writes units from the left, or from the right, and `padding` over the rest.
void put_units(const Cell& cell, std::u16string_view text, char16_t padding, bool from_right) {
  std::u16string units(cell.field.ucLength / sizeof(char16_t), padding);
  const std::size_t start = from_right ? units.size() - text.size() : 0;
  std::copy(text.begin(), text.end(), units.begin() + static_cast<std::ptrdiff_t>(start));
  std::memcpy(cell.bytes, units.data(), cell.field.ucLength);
}

void put_digits(const Cell& cell, std::u16string_view text) {
  text = fitting(cell, text);
  const auto is_digit = [](char16_t unit) { return unit >= u'0' && unit <= u'9'; };
  if (!std::all_of(text.begin(), text.end(), is_digit)) throw no_conversion(cell);
  put_units(cell, text, u'0', true);
}

// What the cell pointed to before stays in the heap until its rows are cleared.
void put_in_heap(const Cell& cell, const void* bytes, std::size_t size) {
  const std::size_t offset = cell.heap.size();
  const std::size_t end = offset + size;
  if (end > UINT32_MAX) throw Failure(RFC_MEMORY_INSUFFICIENT, "too many strings in one table");
  cell.heap.resize(end);
  if (size > 0) std::memcpy(cell.heap.data() + offset, bytes, size);
  const std::uint32_t reference[2] = {static_cast<std::uint32_t>(offset),
                                      static_cast<std::uint32_t>(size)};
  std::memcpy(cell.bytes, reference, sizeof reference);
}

void put_number(const Cell& cell, std::string_view text) {
  const auto value = parse_integer(text);
  if (!value) throw no_conversion(cell);
  set_integer(cell, *value);
}

void put_float(const Cell& cell, double value) { std::memcpy(cell.bytes, &value, sizeof value); }

void put_time_stamp(const Cell& cell, std::string_view text) {
  const auto ticks = parse_time_stamp(text);
  if (!ticks) throw no_conversion(cell);
  write_integer(*ticks, cell.bytes, cell.field.ucLength);
}

// Types that have their own form and no characters in the row.
void set_number(const Cell& cell, const std::string& text) {
  switch (cell.field.type) {
    case RFCTYPE_BCD:
      if (text_to_packed(text, cell.bytes, cell.field.ucLength, cell.field.decimals)) return;
      throw no_conversion(cell);
    case RFCTYPE_FLOAT:
      if (const auto value = parse_float(text)) return put_float(cell, *value);
      throw no_conversion(cell);
    case RFCTYPE_INT:
    case RFCTYPE_INT1:
    case RFCTYPE_INT2:
    case RFCTYPE_INT8:
      return put_number(cell, text);
    case RFCTYPE_UTCLONG:
      return put_time_stamp(cell, text);
    default:
      throw no_conversion(cell);
  }
}

}  // namespace

void set_text(const Cell& cell, std::u16string_view text) {
  switch (cell.field.type) {
    case RFCTYPE_CHAR:
    case RFCTYPE_DATE:
    case RFCTYPE_TIME:
      return put_units(cell, fitting(cell, text), u' ', false);
    case RFCTYPE_NUM:
      return put_digits(cell, text);
    case RFCTYPE_STRING:
      return put_in_heap(cell, text.data(), text.size() * sizeof(char16_t));
    default:
      return set_number(cell, to_ascii(text));
  }
}

void set_bytes(const Cell& cell, const std::uint8_t* bytes, std::size_t size) {
  if (cell.field.type == RFCTYPE_XSTRING) return put_in_heap(cell, bytes, size);
  if (cell.field.type != RFCTYPE_BYTE || size > cell.field.ucLength) throw no_conversion(cell);
  if (size > 0) std::memcpy(cell.bytes, bytes, size);
  std::memset(cell.bytes + size, 0, cell.field.ucLength - size);
}

void set_integer(const Cell& cell, std::int64_t value) {
  switch (cell.field.type) {
    case RFCTYPE_INT:
    case RFCTYPE_INT1:
    case RFCTYPE_INT2:
    case RFCTYPE_INT8:
      if (!fits_integer(value, cell.field.ucLength)) throw no_conversion(cell);
      return write_integer(value, cell.bytes, cell.field.ucLength);
    default:
      return set_text(cell, from_utf8(std::to_string(value)));
  }
}

void set_float(const Cell& cell, double value) {
  if (cell.field.type == RFCTYPE_FLOAT) return put_float(cell, value);
  char text[32];
  const int length = std::snprintf(text, sizeof text, "%.17g", value);
  set_text(cell, from_utf8({text, static_cast<std::size_t>(length)}));
}

}  // namespace standin
