#include "lines.hpp"

#include <algorithm>
#include <utility>

namespace erp::rfc {

LineCutter::LineCutter(const std::vector<Cut>& columns, std::size_t rows,
                       std::optional<char16_t> delimiter)
    : batch_(std::make_shared<Batch>()), delimiter_(delimiter) {
  batch_->rows = rows;
  batch_->columns.reserve(columns.size());
  for (const Cut& cut : columns) batch_->columns.emplace_back(cut, rows);
}

void LineCutter::append(Cell line) {
  if (delimiter_) {
    append_parts(line);
  } else {
    for (Column& column : batch_->columns) {
      const std::size_t start = std::min(column.cut().offset, line.size());
      append_cell(column, line.substr(start, column.cut().length));
    }
  }
  ++row_;
}

void LineCutter::append_cell(Column& column, Cell cell) {
  if (!column.append(cell)) refusals_.add(row_, column.cut().name, cell);
}

// A delimiter in a text cannot be told from one between texts: then nothing in the line is sure.
void LineCutter::append_parts(Cell line) {
  const auto parts = 1 + std::ranges::count(line, *delimiter_);
  if (parts != std::ssize(batch_->columns)) {
    refusals_.add(row_, "", line);
    for (Column& column : batch_->columns) column.append_null();
    return;
  }
  for (Column& column : batch_->columns) {
    const std::size_t end = std::min(line.find(*delimiter_), line.size());
    append_cell(column, line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
}

Package LineCutter::finish() && {
  return {.batch = std::move(batch_), .refusals = std::move(refusals_)};
}

}  // namespace erp::rfc
