// Columns in Arrow's memory layout, filled cell by cell, and the batch they form.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cut.hpp"
#include "decode.hpp"
#include "string_views.hpp"

namespace erp::rfc {

// Which rows of a column hold a value: one bit each, made when the first null comes.
class Validity {
 public:
  explicit Validity(std::size_t rows) : rows_(rows) {}

  void set_null(std::size_t row);
  std::int64_t null_count() const { return null_count_; }
  const void* bits() const { return bits_.empty() ? nullptr : bits_.data(); }

 private:
  std::size_t rows_;
  std::int64_t null_count_ = 0;
  std::vector<std::uint8_t> bits_;
};

// One column of a known number of rows; each append fills the next one.
class Column {
 public:
  Column(Cut cut, std::size_t rows);

  const Cut& cut() const { return cut_; }

  // Decodes a cell of the column's kind. False if it is refused: the row is null then.
  bool append(Cell cell);

  void append_null();
  void append_int(std::int64_t number);          // Kind::kInt
  void append_float(double number);              // Kind::kFloat
  void append_bytes(std::string_view appended);  // Kind::kRaw

  // Arrow's format string and buffers, for a column with all its rows.
  std::string format() const;
  std::vector<const void*> buffers() const;
  std::int64_t null_count() const { return validity_.null_count(); }

 private:
  bool append_text(Cell cell);
  bool append_hex_bytes(Cell cell);
  void end_bytes();
  template <typename T>
  bool append_decoded(Decoded<T> decoded);
  template <typename T>
  T* values() {
    return reinterpret_cast<T*>(values_.get());
  }

  Cut cut_;
  std::size_t row_ = 0;
  Validity validity_;
  std::unique_ptr<std::byte[]> values_;
  StringBlocks blocks_;  // behind the views of a text column
  std::string bytes_;    // of a raw column, whose values are offsets
};

struct Batch {
  std::size_t rows = 0;
  std::vector<Column> columns;
};

}  // namespace erp::rfc
