#include "rows.hpp"

#include <stdexcept>

namespace erp::rfc {

RowReader::RowReader(const Library& library, RFC_TABLE_HANDLE table)
    : library_(library), table_(table) {
  check(library_.RfcGetRowCount(table_, &rows_, &info_));
}

char16_t* RowReader::units(std::size_t count) {
  if (units_.size() < count) units_.resize(count);
  return units_.data();
}

Cell RowReader::text(const RFC_FIELD_DESC& field, unsigned index) {
  constexpr unsigned kDateUnits = 8, kTimeUnits = 6;
  char16_t* const to = units(std::max(field.nucLength, kDateUnits));
  switch (field.type) {
    case RFCTYPE_CHAR:
      check(library_.RfcGetCharsByIndex(table_, index, to, field.nucLength, &info_));
      return {to, field.nucLength};
    case RFCTYPE_NUM:
      check(library_.RfcGetNumByIndex(table_, index, to, field.nucLength, &info_));
      return {to, field.nucLength};
    case RFCTYPE_DATE:
      check(library_.RfcGetDateByIndex(table_, index, to, &info_));
      return {to, kDateUnits};
    case RFCTYPE_TIME:
      check(library_.RfcGetTimeByIndex(table_, index, to, &info_));
      return {to, kTimeUnits};
    default:
      return string(field, index);
  }
}

// Asks for the length only where the text did not fit: most fit what the longest before needed.
Cell RowReader::string(const RFC_FIELD_DESC& field, unsigned index) {
  constexpr unsigned kFirstCapacity = 128;
  units(kFirstCapacity);
  unsigned length = 0;
  const auto capacity = static_cast<unsigned>(units_.size());
  RFC_RC code =
      library_.RfcGetStringByIndex(table_, index, units_.data(), capacity, &length, &info_);
  if (code == RFC_BUFFER_TOO_SMALL) {
    check(library_.RfcGetStringLengthByIndex(table_, index, &length, &info_));
    const unsigned units_each = field.type == RFCTYPE_XSTRING ? 2 : 1;  // hex digits of a byte
    const unsigned needed = length * units_each + 1;
    units(needed);
    code = library_.RfcGetStringByIndex(table_, index, units_.data(), needed, &length, &info_);
  }
  check(code);
  return {units_.data(), length};
}

template <typename Integer, typename EntryPoint>
std::int64_t RowReader::get(EntryPoint entry_point, unsigned index) {
  Integer integer = 0;
  check(entry_point(table_, index, &integer, &info_));
  return integer;
}

std::int64_t RowReader::integer(const RFC_FIELD_DESC& field, unsigned index) {
  switch (field.type) {
    case RFCTYPE_INT:
      return get<RFC_INT>(library_.RfcGetIntByIndex, index);
    case RFCTYPE_INT1:
      return get<RFC_INT1>(library_.RfcGetInt1ByIndex, index);
    case RFCTYPE_INT2:
      return get<RFC_INT2>(library_.RfcGetInt2ByIndex, index);
    case RFCTYPE_INT8:
      return get<RFC_INT8>(library_.RfcGetInt8ByIndex, index);
    default:
      throw std::logic_error("not an integer field");
  }
}

double RowReader::floating(unsigned index) {
  double number = 0;
  check(library_.RfcGetFloatByIndex(table_, index, &number, &info_));
  return number;
}

std::string_view RowReader::bytes(const RFC_FIELD_DESC& field, unsigned index) {
  if (field.type == RFCTYPE_XSTRING) return xstring(index);
  bytes_.resize(field.nucLength);
  auto* const to = reinterpret_cast<SAP_RAW*>(bytes_.data());
  check(library_.RfcGetBytesByIndex(table_, index, to, field.nucLength, &info_));
  return bytes_;
}

std::string_view RowReader::xstring(unsigned index) {
  unsigned length = 0;
  check(library_.RfcGetStringLengthByIndex(table_, index, &length, &info_));
  bytes_.resize(std::size_t{length} + 1);  // never a null buffer
  auto* const to = reinterpret_cast<SAP_RAW*>(bytes_.data());
  check(library_.RfcGetXStringByIndex(table_, index, to, length, &length, &info_));
  return std::string_view(bytes_).substr(0, length);
}

}  // namespace erp::rfc
