// Cuts lines of text into the cells of columns.

#pragma once

#include <optional>
#include <vector>

#include "columns.hpp"
#include "package.hpp"

namespace erp::rfc {

class LineCutter {
 public:
  // The columns of a batch of `rows` lines; `delimiter` splits lines, else offsets do.
  LineCutter(const std::vector<Cut>& columns, std::size_t rows, std::optional<char16_t> delimiter);

  // Lines come in the order of the rows. What lies behind the end of a short line is blank.
  void append(Cell line);

  Package finish() &&;

 private:
  void append_cell(Column& column, Cell cell);
  void append_parts(Cell line);

  std::shared_ptr<Batch> batch_;
  std::optional<char16_t> delimiter_;
  std::size_t row_ = 0;
  Refusals refusals_;
};

}  // namespace erp::rfc
