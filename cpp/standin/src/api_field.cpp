// Entry points that read and write one field, by name and by index.

#include "cells.hpp"
#include "container.hpp"
#include "failure.hpp"
#include "text.hpp"

using namespace standin;

namespace {

std::size_t position(Container& container, const SAP_UC* name) {
  return container.find(view_of(name));
}
std::size_t position(Container&, unsigned index) { return index; }

template <class Field>
Cell cell_of(DATA_CONTAINER_HANDLE handle, Field field) {
  Container& container = container_of(handle);
  return container.cell(position(container, field));
}

template <class Field>
RowContainer& structure_in(DATA_CONTAINER_HANDLE handle, Field field) {
  Container& container = container_of(handle);
  return container.structure(position(container, field));
}

template <class Field>
Table& table_in(DATA_CONTAINER_HANDLE handle, Field field) {
  Container& container = container_of(handle);
  return container.table(position(container, field));
}

// An integer of the caller's width.
template <class Integer>
void get_integer_as(const Cell& cell, Integer* value) {
  const std::int64_t wide = get_integer(cell);
  if (static_cast<Integer>(wide) != wide) throw no_conversion(cell);
  *value = static_cast<Integer>(wide);
}

}  // namespace

// Defines both entry points; `action` sees container, field and the arguments.
#define FIELD_ENTRY_POINTS(entry_point, action, ...)                                        \
  RFC_RC entry_point(DATA_CONTAINER_HANDLE container, const SAP_UC* field, __VA_ARGS__,     \
                     RFC_ERROR_INFO* error) {                                               \
    return guarded(error, [&] { action; });                                                 \
  }                                                                                         \
  RFC_RC entry_point##ByIndex(DATA_CONTAINER_HANDLE container, unsigned field, __VA_ARGS__, \
                              RFC_ERROR_INFO* error) {                                      \
    return guarded(error, [&] { action; });                                                 \
  }

extern "C" {

FIELD_ENTRY_POINTS(RfcGetStructure, *found = &structure_in(container, field),
                   RFC_STRUCTURE_HANDLE* found)
FIELD_ENTRY_POINTS(RfcGetTable, *found = &table_in(container, field), RFC_TABLE_HANDLE* found)

FIELD_ENTRY_POINTS(RfcGetChars, get_units(cell_of(container, field), units, capacity, u' '),
                   RFC_CHAR* units, unsigned capacity)
FIELD_ENTRY_POINTS(RfcGetNum, get_units(cell_of(container, field), units, capacity, u'0'),
                   RFC_NUM* units, unsigned capacity)
FIELD_ENTRY_POINTS(RfcGetDate, get_units(cell_of(container, field), units, 8, u' '),
                   RFC_CHAR* units)
FIELD_ENTRY_POINTS(RfcGetTime, get_units(cell_of(container, field), units, 6, u' '),
                   RFC_CHAR* units)
FIELD_ENTRY_POINTS(RfcGetString, get_string(cell_of(container, field), units, capacity, length),
                   SAP_UC* units, unsigned capacity, unsigned* length)
FIELD_ENTRY_POINTS(RfcGetStringLength, *length = string_length(cell_of(container, field)),
                   unsigned* length)
FIELD_ENTRY_POINTS(RfcGetBytes, get_bytes(cell_of(container, field), bytes, capacity),
                   SAP_RAW* bytes, unsigned capacity)
FIELD_ENTRY_POINTS(RfcGetXString, get_x_string(cell_of(container, field), bytes, capacity, length),
                   SAP_RAW* bytes, unsigned capacity, unsigned* length)
FIELD_ENTRY_POINTS(RfcGetInt, get_integer_as(cell_of(container, field), value), RFC_INT* value)
FIELD_ENTRY_POINTS(RfcGetInt1, get_integer_as(cell_of(container, field), value), RFC_INT1* value)
FIELD_ENTRY_POINTS(RfcGetInt2, get_integer_as(cell_of(container, field), value), RFC_INT2* value)
FIELD_ENTRY_POINTS(RfcGetInt8, get_integer_as(cell_of(container, field), value), RFC_INT8* value)
FIELD_ENTRY_POINTS(RfcGetFloat, *value = get_float(cell_of(container, field)), RFC_FLOAT* value)

FIELD_ENTRY_POINTS(RfcSetChars, set_text(cell_of(container, field), {units, length}),
                   const RFC_CHAR* units, unsigned length)
FIELD_ENTRY_POINTS(RfcSetNum, set_text(cell_of(container, field), {units, length}),
                   const RFC_NUM* units, unsigned length)
FIELD_ENTRY_POINTS(RfcSetDate, set_text(cell_of(container, field), {units, 8}),
                   const RFC_CHAR* units)
FIELD_ENTRY_POINTS(RfcSetTime, set_text(cell_of(container, field), {units, 6}),
                   const RFC_CHAR* units)
FIELD_ENTRY_POINTS(RfcSetString, set_text(cell_of(container, field), {units, length}),
                   const SAP_UC* units, unsigned length)
FIELD_ENTRY_POINTS(RfcSetBytes, set_bytes(cell_of(container, field), bytes, length),
                   const SAP_RAW* bytes, unsigned length)
FIELD_ENTRY_POINTS(RfcSetXString, set_bytes(cell_of(container, field), bytes, length),
                   const SAP_RAW* bytes, unsigned length)
FIELD_ENTRY_POINTS(RfcSetInt, set_integer(cell_of(container, field), value), RFC_INT value)
FIELD_ENTRY_POINTS(RfcSetInt1, set_integer(cell_of(container, field), value), RFC_INT1 value)
FIELD_ENTRY_POINTS(RfcSetInt2, set_integer(cell_of(container, field), value), RFC_INT2 value)
FIELD_ENTRY_POINTS(RfcSetInt8, set_integer(cell_of(container, field), value), RFC_INT8 value)
FIELD_ENTRY_POINTS(RfcSetFloat, set_float(cell_of(container, field), value), RFC_FLOAT value)

}  // extern "C"
