// A table with fields of their own types, built in the stand-in for the SDK.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "generated_text.hpp"
#include "nwrfc_abi.h"

namespace erp::fuzz {

// A field as a description of the SDK's; `size` counts the characters or bytes of a type that has
// no length of its own.
RFC_FIELD_DESC make_field(const std::u16string& name, RFCTYPE type, unsigned size,
                          unsigned decimals);

class TypedTable {
 public:
  // Places the fields in a row, one behind the other.
  explicit TypedTable(std::vector<RFC_FIELD_DESC> fields);

  const std::vector<RFC_FIELD_DESC>& fields() const { return fields_; }
  RFC_TABLE_HANDLE handle() const { return table_; }

  void add_row();

  // Sets a cell of the last row to what the text says in the field's type; what says nothing there
  // leaves the type's initial value. Bytes are the low bytes of the units.
  void set(unsigned field, const Line& text);

  // That cell as text; CHAR with all its blanks.
  std::u16string text(unsigned field) const;

 private:
  using Type = std::unique_ptr<NwRfcTypeDesc, void (*)(RFC_TYPE_DESC_HANDLE)>;
  using Description = std::unique_ptr<NwRfcFunctionDesc, void (*)(RFC_FUNCTION_DESC_HANDLE)>;
  using Function = std::unique_ptr<NwRfcDataContainer, void (*)(RFC_FUNCTION_HANDLE)>;

  std::vector<RFC_FIELD_DESC> fields_;
  Type type_;
  Description description_;
  Function function_;
  RFC_TABLE_HANDLE table_ = nullptr;
};

}  // namespace erp::fuzz
