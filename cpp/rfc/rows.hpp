// Reads the rows of a table of the SDK, cell by cell.

#pragma once

#include <cstddef>
#include <string>

#include "decode.hpp"
#include "failure.hpp"
#include "library.hpp"

namespace erp::rfc {

// Goes through a table; the cells are those of the current row. Each cell is valid until the next.
class RowReader {
 public:
  RowReader(const Library& library, RFC_TABLE_HANDLE table);

  std::size_t rows() const { return rows_; }
  void move_to(std::size_t row) {
    check(library_.RfcMoveTo(table_, static_cast<unsigned>(row), &info_));
  }

  // A field as the SDK writes it in text; for CHAR and NUM with all their `length` units.
  Cell text(const RFC_FIELD_DESC& field, unsigned index);
  std::int64_t integer(const RFC_FIELD_DESC& field, unsigned index);    // INT, INT1, INT2, INT8
  double floating(unsigned index);                                      // FLOAT
  std::string_view bytes(const RFC_FIELD_DESC& field, unsigned index);  // BYTE, XSTRING

 private:
  void check(RFC_RC code) {
    if (code != RFC_OK) throw RfcFailure(info_);
  }
  char16_t* units(std::size_t count);
  Cell string(const RFC_FIELD_DESC& field, unsigned index);
  std::string_view xstring(unsigned index);
  template <typename Integer, typename EntryPoint>
  std::int64_t get(EntryPoint entry_point, unsigned index);

  const Library& library_;
  RFC_TABLE_HANDLE table_;
  unsigned rows_ = 0;
  ErrorInfo info_;
  std::u16string units_;
  std::string bytes_;
};

}  // namespace erp::rfc
