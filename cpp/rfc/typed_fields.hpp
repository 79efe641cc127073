// Which fields of a typed table become which columns, and the way of their cells.

#pragma once

#include <vector>

#include "package.hpp"
#include "rows.hpp"

namespace erp::rfc {

struct TypedField {
  unsigned index;  // in its row
  RFC_FIELD_DESC field;
  Cut cut;
};

// All fields, with the kinds that their types have. Throws std::invalid_argument for a field that
// has fields of its own.
std::vector<TypedField> all_fields(const std::vector<RFC_FIELD_DESC>& fields);

// The fields that the columns name, in the columns' order. A column of another kind than its field
// has reads the field's text.
std::vector<TypedField> chosen_fields(const std::vector<RFC_FIELD_DESC>& fields,
                                      const std::vector<Cut>& columns);

Package read_typed(RowReader& rows, const std::vector<TypedField>& fields);

}  // namespace erp::rfc
