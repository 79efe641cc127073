#include "container.hpp"

#include "failure.hpp"
#include "text.hpp"

namespace standin {
namespace {

Failure of_another_kind(const RFC_CHAR* name) {
  return Failure(RFC_INVALID_PARAMETER,
                 "field '" + to_ascii(view_of(name)) + "' is of another type");
}

Failure beyond_the_end() { return Failure(RFC_TABLE_MOVE_EOF, "the table has no such row"); }

}  // namespace

Cell RowContainer::cell(std::size_t field) {
  if (row_ >= rows_.count()) throw beyond_the_end();
  const RFC_FIELD_DESC& description = type_.at(field);
  return {description, rows_.at(row_) + offset_ + description.ucOffset, rows_.heap()};
}

RowContainer& RowContainer::structure(std::size_t field) {
  const RFC_FIELD_DESC& description = cell(field).field;
  if (description.type != RFCTYPE_STRUCTURE) throw of_another_kind(description.name);
  std::unique_ptr<RowContainer>& nested = nested_[field];
  if (nested == nullptr) {
    nested.reset(
        new RowContainer(rows_, row_, *description.typeDescHandle, offset_ + description.ucOffset));
  }
  nested->row_ = row_;  // of a table: the row that is current now
  return *nested;
}

Table& RowContainer::table(std::size_t field) { throw of_another_kind(type_.at(field).name); }

void Table::move_to(std::size_t row) {
  if (row >= rows_.count()) throw beyond_the_end();
  row_ = row;
}

void Table::move_to_last() {
  if (rows_.count() == 0) throw beyond_the_end();
  row_ = rows_.count() - 1;
}

void Table::move_to_previous() {
  if (row_ == 0) throw Failure(RFC_TABLE_MOVE_BOF, "the table has no row before the first");
  --row_;
}

RowContainer& Table::current_row() {
  if (row_ >= rows_.count()) throw beyond_the_end();
  if (handles_.size() <= row_) handles_.resize(row_ + 1);
  std::unique_ptr<RowContainer>& handle = handles_[row_];
  if (handle == nullptr) handle = std::make_unique<RowContainer>(rows_, row_);
  return *handle;
}

RowContainer& Table::append() {
  rows_.append_initial();
  move_to_last();
  return current_row();
}

void Table::remove_current() {
  if (row_ >= rows_.count()) throw beyond_the_end();
  rows_.remove(row_);
  if (row_ == rows_.count() && row_ > 0) --row_;
}

void Table::clear() {
  rows_.clear();
  row_ = 0;
}

Argument::Argument(const FunctionDescription::Parameter& parameter)
    : parameter(parameter), rows(*parameter.row_type) {
  if (parameter.description.type == RFCTYPE_TABLE) {
    container = std::make_unique<Table>(rows);
  } else {
    rows.append_initial();
    container = std::make_unique<RowContainer>(rows, 0);
  }
}

Container& container_of(DATA_CONTAINER_HANDLE handle) {
  if (handle == nullptr) throw invalid_handle("DATA_CONTAINER_HANDLE");
  return *handle;
}

Function& function_of(RFC_FUNCTION_HANDLE handle) {
  Function* function = handle == nullptr ? nullptr : handle->as_function();
  if (function == nullptr) throw invalid_handle("RFC_FUNCTION_HANDLE");
  return *function;
}

RowContainer& row_of(DATA_CONTAINER_HANDLE handle) {
  RowContainer* row = handle == nullptr ? nullptr : handle->as_row();
  if (row == nullptr) throw invalid_handle("DATA_CONTAINER_HANDLE");
  return *row;
}

Table& table_of(RFC_TABLE_HANDLE handle) {
  Table* table = handle == nullptr ? nullptr : handle->as_table();
  if (table == nullptr) throw invalid_handle("RFC_TABLE_HANDLE");
  return *table;
}

}  // namespace standin
