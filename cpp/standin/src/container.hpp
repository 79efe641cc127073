// Functions, structures and tables: what the SDK's data container handles point to.

#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "description.hpp"
#include "rows.hpp"

namespace standin {
class Function;
class RowContainer;
class Table;
}  // namespace standin

struct NwRfcDataContainer {
  virtual ~NwRfcDataContainer() = default;

  // All of these throw Failure: RFC_INVALID_PARAMETER for a field that is not there or of another
  // kind, RFC_TABLE_MOVE_EOF for a table without a current row.
  virtual std::size_t find(std::u16string_view field) const = 0;
  virtual standin::Cell cell(std::size_t field) = 0;
  virtual standin::RowContainer& structure(std::size_t field) = 0;
  virtual standin::Table& table(std::size_t field) = 0;

  // This container as one of its kinds, or null.
  virtual standin::Function* as_function() { return nullptr; }
  virtual standin::RowContainer* as_row() { return nullptr; }
  virtual standin::Table* as_table() { return nullptr; }
};

namespace standin {

using Container = NwRfcDataContainer;

// A structure: one row, or the part of a row that a nested structure is. It names its place and
// holds no address, so that it survives growing tables.
class RowContainer : public Container {
 public:
  RowContainer(Rows& rows, std::size_t row) : RowContainer(rows, row, rows.type(), 0) {}

  const TypeDescription& type() const { return type_; }

  std::size_t find(std::u16string_view field) const override { return type_.find(field); }
  Cell cell(std::size_t field) override;
  RowContainer& structure(std::size_t field) override;
  Table& table(std::size_t field) override;
  RowContainer* as_row() override { return this; }

 protected:
  RowContainer(Rows& rows, std::size_t row, const TypeDescription& type, std::size_t offset)
      : rows_(rows), row_(row), type_(type), offset_(offset) {}

  Rows& rows_;
  std::size_t row_;

 private:
  const TypeDescription& type_;
  const std::size_t offset_;  // of this structure in the row
  std::map<std::size_t, std::unique_ptr<RowContainer>> nested_;
};

// A table, which as a container stands for its current row.
class Table final : public RowContainer {
 public:
  explicit Table(Rows& rows) : RowContainer(rows, 0) {}

  std::size_t row_count() const { return rows_.count(); }
  void rewind() { row_ = 0; }  // whether there is a first row or not
  void move_to(std::size_t row);
  void move_to_last();
  void move_to_next() { move_to(row_ + 1); }
  void move_to_previous();

  // A handle of a row names its position: after a deletion the rows behind it move up.
  RowContainer& current_row();
  RowContainer& append();
  void remove_current();
  void clear();

  Table* as_table() override { return this; }

 private:
  std::vector<std::unique_ptr<RowContainer>> handles_;  // by position, as far as asked for
};

// One parameter of a call and its value: a single row, or the rows of a table.
struct Argument {
  explicit Argument(const FunctionDescription::Parameter& parameter);

  const FunctionDescription::Parameter& parameter;
  Rows rows;
  std::unique_ptr<RowContainer> container;
  bool is_active = true;
  bool is_used = false;  // by the caller, who may have set it
};

// A call in preparation, and afterwards its results.
class Function final : public Container {
 public:
  explicit Function(const FunctionDescription& description);

  const FunctionDescription& description() const { return description_; }
  bool is_active(std::u16string_view parameter) const;
  void set_active(std::u16string_view parameter, bool is_active);

  std::size_t find(std::u16string_view parameter) const override {
    return description_.find(parameter);
  }
  Cell cell(std::size_t parameter) override;
  RowContainer& structure(std::size_t parameter) override;
  Table& table(std::size_t parameter) override;
  Function* as_function() override { return this; }

  // The request of an INVOKE, and the results of a RETURNED frame.
  void write_to(FrameWriter& frame) const;
  void read_from(FrameReader& frame);

 private:
  Argument& used(std::size_t parameter);
  void read_result(FrameReader& frame);

  const FunctionDescription& description_;
  const std::shared_ptr<const FunctionDescription> kept_;  // if it is a repository's
  std::deque<Argument> arguments_;
};

// What a handle points to. All of these throw Failure (RFC_INVALID_HANDLE).
Container& container_of(DATA_CONTAINER_HANDLE handle);
Function& function_of(RFC_FUNCTION_HANDLE handle);
RowContainer& row_of(DATA_CONTAINER_HANDLE handle);
Table& table_of(RFC_TABLE_HANDLE handle);

}  // namespace standin
