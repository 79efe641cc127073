#include <algorithm>
#include <cstring>

#include "cells.hpp"
#include "failure.hpp"
#include "numbers.hpp"
#include "text.hpp"
#include "time_stamps.hpp"

namespace standin {
namespace {

struct Bytes {
  const std::uint8_t* data;
  std::size_t size;
};

// What a STRING or XSTRING cell points to.
Bytes in_heap(const Cell& cell) {
  std::uint32_t reference[2];  // offset, length
  static_assert(sizeof reference == kHeapReferenceBytes);
  std::memcpy(reference, cell.bytes, sizeof reference);
  const std::size_t end = std::size_t{reference[0]} + reference[1];
  if (end > cell.heap.size()) throw protocol_failure("a string of the server lies beyond its heap");
  return {cell.heap.data() + reference[0], reference[1]};
}

// Its units in place, or in `copy` where the processor could not read them there.
std::u16string_view units_of(Bytes bytes, std::u16string& copy) {
  const std::size_t length = bytes.size / sizeof(char16_t);
  if (reinterpret_cast<std::uintptr_t>(bytes.data) % alignof(char16_t) == 0) {
    return {reinterpret_cast<const char16_t*>(bytes.data), length};
  }
  copy.resize(length);
  std::memcpy(copy.data(), bytes.data, length * sizeof(char16_t));
  return copy;
}

std::string number_as_text(const Cell& cell) {
  const RFC_FIELD_DESC& field = cell.field;
  switch (field.type) {
    case RFCTYPE_BCD:
      return packed_to_text(cell.bytes, field.ucLength, field.decimals);
    case RFCTYPE_INT:
    case RFCTYPE_INT1:
    case RFCTYPE_INT2:
    case RFCTYPE_INT8:
      return std::to_string(read_integer(cell.bytes, field.ucLength));
    case RFCTYPE_UTCLONG:
      return time_stamp_to_text(read_integer(cell.bytes, field.ucLength));
    case RFCTYPE_FLOAT:
      return float_to_text(get_float(cell));
    case RFCTYPE_BYTE:
      return to_hex(cell.bytes, field.ucLength);
    case RFCTYPE_XSTRING:
      return to_hex(in_heap(cell).data, in_heap(cell).size);
    default:
      throw no_conversion(cell);
  }
}

// Any cell as text; `scratch` holds it where the row does not.
std::u16string_view text_of(const Cell& cell, std::u16string& scratch) {
  switch (cell.field.type) {
    case RFCTYPE_CHAR:
    case RFCTYPE_NUM:
    case RFCTYPE_DATE:
    case RFCTYPE_TIME:
      return units_of({cell.bytes, cell.field.ucLength}, scratch);
    case RFCTYPE_STRING:
      return units_of(in_heap(cell), scratch);
    default:
      scratch = from_utf8(number_as_text(cell));
      return scratch;
  }
}

Bytes bytes_of(const Cell& cell) {
  if (cell.field.type == RFCTYPE_XSTRING) return in_heap(cell);
  if (cell.field.type != RFCTYPE_BYTE) throw no_conversion(cell);
  return {cell.bytes, cell.field.ucLength};
}

Failure too_small(const Cell& cell) {
  return Failure(RFC_BUFFER_TOO_SMALL,
                 "buffer too small for field '" + to_ascii(view_of(cell.field.name)) + "'");
}

template <class Unit>
void copy_to(Unit* target, const void* source, std::size_t count) {
  if (count > 0) std::memcpy(target, source, count * sizeof(Unit));
}

bool is_integer(RFCTYPE type) {
  return type == RFCTYPE_INT || type == RFCTYPE_INT1 || type == RFCTYPE_INT2 ||
         type == RFCTYPE_INT8;
}

}  // namespace

Failure no_conversion(const Cell& cell) {
  return Failure(RFC_CONVERSION_FAILURE,
                 "cannot convert field '" + to_ascii(view_of(cell.field.name)) + "'");
}

void get_units(const Cell& cell, char16_t* units, std::size_t capacity, char16_t padding) {
  std::u16string scratch;
  const std::u16string_view text = text_of(cell, scratch);
  if (text.size() > capacity) throw too_small(cell);
  copy_to(units, text.data(), text.size());
  std::fill(units + text.size(), units + capacity, padding);
}

void get_string(const Cell& cell, char16_t* units, std::size_t capacity, unsigned* length) {
  std::u16string scratch;
  std::u16string_view text = text_of(cell, scratch);
  if (cell.field.type == RFCTYPE_CHAR) text = trimmed_end(text);
  if (length != nullptr) *length = static_cast<unsigned>(text.size());
  if (text.size() >= capacity) throw too_small(cell);
  copy_to(units, text.data(), text.size());
  units[text.size()] = u'\0';
}

unsigned string_length(const Cell& cell) {
  if (cell.field.type == RFCTYPE_XSTRING) return static_cast<unsigned>(in_heap(cell).size);
  std::u16string scratch;
  return static_cast<unsigned>(text_of(cell, scratch).size());
}

void get_bytes(const Cell& cell, std::uint8_t* bytes, std::size_t capacity) {
  unsigned length = 0;
  get_x_string(cell, bytes, capacity, &length);
  std::fill(bytes + length, bytes + capacity, std::uint8_t{0});
}

void get_x_string(const Cell& cell, std::uint8_t* bytes, std::size_t capacity, unsigned* length) {
  const Bytes source = bytes_of(cell);
  if (length != nullptr) *length = static_cast<unsigned>(source.size);
  if (source.size > capacity) throw too_small(cell);
  copy_to(bytes, source.data, source.size);
}

std::int64_t get_integer(const Cell& cell) {
  if (is_integer(cell.field.type)) return read_integer(cell.bytes, cell.field.ucLength);
  std::u16string scratch;
  const auto value = parse_integer(to_ascii(text_of(cell, scratch)));
  if (!value) throw no_conversion(cell);
  return *value;
}

double get_float(const Cell& cell) {
  if (cell.field.type == RFCTYPE_FLOAT) {
    double value;
    std::memcpy(&value, cell.bytes, sizeof value);
    return value;
  }
  std::u16string scratch;
  const auto value = parse_float(to_ascii(text_of(cell, scratch)));
  if (!value) throw no_conversion(cell);
  return *value;
}

}  // namespace standin
