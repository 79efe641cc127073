#include "typed_table.hpp"

#include <algorithm>
#include <utility>

#include "failure.hpp"

namespace erp::fuzz {
namespace {

using rfc::checked;
using rfc::checked_handle;
using rfc::ErrorInfo;

// The bytes that a value of the type takes in a row, or 0 if each field says how many.
unsigned bytes_of(RFCTYPE type) {
  switch (type) {
    case RFCTYPE_DATE:
      return 16;
    case RFCTYPE_TIME:
      return 12;
    case RFCTYPE_INT1:
      return 1;
    case RFCTYPE_INT2:
      return 2;
    case RFCTYPE_INT:
      return 4;
    case RFCTYPE_INT8:
    case RFCTYPE_FLOAT:
    case RFCTYPE_UTCLONG:
    case RFCTYPE_STRING:
    case RFCTYPE_XSTRING:
      return 8;
    default:
      return 0;
  }
}

bool has_units(RFCTYPE type) {
  return type == RFCTYPE_CHAR || type == RFCTYPE_NUM || type == RFCTYPE_DATE ||
         type == RFCTYPE_TIME;
}

bool has_bytes(RFCTYPE type) { return type == RFCTYPE_BYTE || type == RFCTYPE_XSTRING; }

void destroy_type(RFC_TYPE_DESC_HANDLE type) { checked(RfcDestroyTypeDesc, type); }
void destroy_description(RFC_FUNCTION_DESC_HANDLE description) {
  checked(RfcDestroyFunctionDesc, description);
}
void destroy_function(RFC_FUNCTION_HANDLE function) { checked(RfcDestroyFunction, function); }

RFC_PARAMETER_DESC table_parameter(RFC_TYPE_DESC_HANDLE row) {
  RFC_PARAMETER_DESC parameter{};
  parameter.name[0] = u'T';
  parameter.type = RFCTYPE_TABLE;
  parameter.direction = RFC_TABLES;
  parameter.typeDescHandle = row;
  return parameter;
}

}  // namespace

RFC_FIELD_DESC make_field(const std::u16string& name, RFCTYPE type, unsigned size,
                          unsigned decimals) {
  RFC_FIELD_DESC field{};
  std::ranges::copy(name, field.name);
  field.type = type;
  const unsigned unit = has_units(type) ? sizeof(SAP_UC) : 1;
  field.ucLength = bytes_of(type) == 0 ? size * unit : bytes_of(type);
  field.nucLength = field.ucLength / unit;
  field.decimals = decimals;
  return field;
}

TypedTable::TypedTable(std::vector<RFC_FIELD_DESC> fields)
    : fields_(std::move(fields)),
      type_(checked_handle(RfcCreateTypeDesc, u"ROW"), destroy_type),
      description_(checked_handle(RfcCreateFunctionDesc, u"READ"), destroy_description),
      function_(nullptr, destroy_function) {
  unsigned offset = 0;
  for (RFC_FIELD_DESC& field : fields_) {
    field.nucOffset = field.ucOffset = std::exchange(offset, offset + field.ucLength);
    checked(RfcAddTypeField, type_.get(), &std::as_const(field));
  }
  const RFC_PARAMETER_DESC parameter = table_parameter(type_.get());
  checked(RfcAddParameter, description_.get(), &parameter);
  function_.reset(checked_handle(RfcCreateFunction, description_.get()));
  checked(RfcGetTable, function_.get(), u"T", &table_);
}

void TypedTable::add_row() { checked_handle(RfcAppendNewRow, table_); }

void TypedTable::set(unsigned field, const Line& text) {
  ErrorInfo refused;
  const auto length = static_cast<unsigned>(text.size());
  if (has_bytes(fields_[field].type)) {
    std::vector<SAP_RAW> bytes;
    for (const char16_t unit : text) bytes.push_back(static_cast<SAP_RAW>(unit));
    RfcSetBytesByIndex(table_, field, bytes.data(), length, &refused);
  } else {
    RfcSetStringByIndex(table_, field, text.data(), length, &refused);
  }
}

std::u16string TypedTable::text(unsigned field) const {
  unsigned length = 0;
  checked(RfcGetStringLengthByIndex, table_, field, &length);
  const unsigned capacity = 2 * length + 1;  // a byte is two digits, and the end mark counts
  std::u16string text(capacity, u'\0');
  checked(RfcGetStringByIndex, table_, field, text.data(), capacity, &length);
  text.resize(length);
  if (fields_[field].type == RFCTYPE_CHAR) text.resize(fields_[field].nucLength, u' ');
  return text;
}

}  // namespace erp::fuzz
