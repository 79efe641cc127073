#include "description.hpp"

#include <algorithm>

#include "failure.hpp"
#include "text.hpp"

namespace erp::rfc {
namespace {

std::vector<Field> describe_fields(const Library& library, RFC_TYPE_DESC_HANDLE type) {
  std::vector<Field> fields;
  if (type == nullptr) return fields;
  for (const RFC_FIELD_DESC& field : fields_of(library, type)) {
    fields.push_back({.name = to_utf8(text_of(field.name)),
                      .type = field.type,
                      .length = field.nucLength,
                      .offset = field.nucOffset,
                      .decimals = field.decimals,
                      .fields = describe_fields(library, field.typeDescHandle)});
  }
  return fields;
}

Parameter describe_parameter(const Library& library, const RFC_PARAMETER_DESC& parameter) {
  return {.name = to_utf8(text_of(parameter.name)),
          .direction = parameter.direction,
          .type = parameter.type,
          .length = parameter.nucLength,
          .decimals = parameter.decimals,
          .optional = parameter.optional != 0,
          .default_value = to_utf8(text_of(parameter.defaultValue)),
          .text = to_utf8(text_of(parameter.parameterText)),
          .fields = describe_fields(library, parameter.typeDescHandle)};
}

void collect_type_names(const Library& library, RFC_TYPE_DESC_HANDLE type,
                        std::vector<std::u16string>* names) {
  if (type == nullptr) return;
  RFC_ABAP_NAME name{};
  checked(library.RfcGetTypeName, type, name);
  if (std::ranges::find(*names, text_of(name)) != names->end()) return;
  names->emplace_back(text_of(name));
  for (const RFC_FIELD_DESC& field : fields_of(library, type)) {
    collect_type_names(library, field.typeDescHandle, names);
  }
}

}  // namespace

std::string name_of(RFCTYPE type) {
  switch (type) {
    case RFCTYPE_CHAR:
      return "CHAR";
    case RFCTYPE_DATE:
      return "DATE";
    case RFCTYPE_BCD:
      return "BCD";
    case RFCTYPE_TIME:
      return "TIME";
    case RFCTYPE_BYTE:
      return "BYTE";
    case RFCTYPE_TABLE:
      return "TABLE";
    case RFCTYPE_NUM:
      return "NUM";
    case RFCTYPE_FLOAT:
      return "FLOAT";
    case RFCTYPE_INT:
      return "INT";
    case RFCTYPE_INT2:
      return "INT2";
    case RFCTYPE_INT1:
      return "INT1";
    case RFCTYPE_STRUCTURE:
      return "STRUCTURE";
    case RFCTYPE_DECF16:
      return "DECF16";
    case RFCTYPE_DECF34:
      return "DECF34";
    case RFCTYPE_STRING:
      return "STRING";
    case RFCTYPE_XSTRING:
      return "XSTRING";
    case RFCTYPE_INT8:
      return "INT8";
    case RFCTYPE_UTCLONG:
      return "UTCLONG";
    default:
      return "RFCTYPE " + std::to_string(static_cast<int>(type));
  }
}

std::string name_of(RFC_DIRECTION direction) {
  switch (direction) {
    case RFC_IMPORT:
      return "IMPORT";
    case RFC_EXPORT:
      return "EXPORT";
    case RFC_CHANGING:
      return "CHANGING";
    case RFC_TABLES:
      return "TABLES";
  }
  return "RFC_DIRECTION " + std::to_string(static_cast<int>(direction));
}

std::vector<RFC_PARAMETER_DESC> parameters_of(const Library& library,
                                              RFC_FUNCTION_DESC_HANDLE function) {
  unsigned count = 0;
  checked(library.RfcGetParameterCount, function, &count);
  std::vector<RFC_PARAMETER_DESC> parameters(count);
  for (unsigned i = 0; i < count; ++i) {
    checked(library.RfcGetParameterDescByIndex, function, i, &parameters[i]);
  }
  return parameters;
}

std::vector<RFC_FIELD_DESC> fields_of(const Library& library, RFC_TYPE_DESC_HANDLE type) {
  unsigned count = 0;
  checked(library.RfcGetFieldCount, type, &count);
  std::vector<RFC_FIELD_DESC> fields(count);
  for (unsigned i = 0; i < count; ++i) {
    checked(library.RfcGetFieldDescByIndex, type, i, &fields[i]);
  }
  return fields;
}

Function describe(const Library& library, RFC_FUNCTION_DESC_HANDLE function) {
  RFC_ABAP_NAME name{};
  checked(library.RfcGetFunctionName, function, name);
  Function described{.name = to_utf8(text_of(name)), .parameters = {}};
  for (const RFC_PARAMETER_DESC& parameter : parameters_of(library, function)) {
    described.parameters.push_back(describe_parameter(library, parameter));
  }
  return described;
}

std::vector<std::u16string> type_names_of(const Library& library,
                                          RFC_FUNCTION_DESC_HANDLE function) {
  std::vector<std::u16string> names;
  for (const RFC_PARAMETER_DESC& parameter : parameters_of(library, function)) {
    collect_type_names(library, parameter.typeDescHandle, &names);
  }
  return names;
}

}  // namespace erp::rfc
