// What a system says of a function module: parameters, structures, fields.

#pragma once

#include <string>
#include <vector>

#include "library.hpp"

namespace erp::rfc {

// RFCTYPE and RFC_DIRECTION without their prefixes: "CHAR", "TABLES".
std::string name_of(RFCTYPE type);
std::string name_of(RFC_DIRECTION direction);

// The SDK's descriptions of a function's parameters and of a structure's fields, in order.
std::vector<RFC_PARAMETER_DESC> parameters_of(const Library& library,
                                              RFC_FUNCTION_DESC_HANDLE function);
std::vector<RFC_FIELD_DESC> fields_of(const Library& library, RFC_TYPE_DESC_HANDLE type);

// The same in UTF-8 with all that is nested; see erp_rfc/description.py.
struct Field {
  std::string name;
  RFCTYPE type;
  unsigned length;
  unsigned offset;
  unsigned decimals;
  std::vector<Field> fields;
};

struct Parameter {
  std::string name;
  RFC_DIRECTION direction;
  RFCTYPE type;
  unsigned length;
  unsigned decimals;
  bool optional;
  std::string default_value;
  std::string text;
  std::vector<Field> fields;
};

struct Function {
  std::string name;
  std::vector<Parameter> parameters;
};

Function describe(const Library& library, RFC_FUNCTION_DESC_HANDLE function);

// The names of all structures that a function's parameters have, nested ones included.
std::vector<std::u16string> type_names_of(const Library& library,
                                          RFC_FUNCTION_DESC_HANDLE function);

}  // namespace erp::rfc
