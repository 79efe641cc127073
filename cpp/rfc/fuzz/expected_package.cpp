#include "expected_package.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "arrow_cells.hpp"
#include "batch_export.hpp"
#include "decode_oracle.hpp"
#include "require.hpp"
#include "text.hpp"

namespace erp::fuzz {
namespace {

using oracle::Reading;
using rfc::Cell;
using rfc::Cut;
using rfc::Kind;

std::string ascii(Cell cell) {
  std::string text;
  for (const char16_t unit : cell) {
    text += unit < 0x80 && unit != 0 ? static_cast<char>(unit) : '?';
  }
  return text;
}

Reading read(Cell cell, const Cut& cut) {
  switch (cut.kind) {
    case Kind::kText:
    case Kind::kNumc:
      return oracle::read_text(cell, cut.keep_blanks);
    case Kind::kUtclong:
      return oracle::read_text(cell, false);
    case Kind::kDate:
      return oracle::read_date(ascii(cell));
    case Kind::kTime:
      return oracle::read_time(ascii(cell));
    case Kind::kDecimal:
      return oracle::read_decimal(ascii(cell), cut.precision, cut.scale);
    case Kind::kInt:
      return oracle::read_int(ascii(cell));
    case Kind::kFloat:
      return oracle::read_float(ascii(cell));
    case Kind::kRaw:
      return oracle::read_hex(ascii(cell));
  }
  std::abort();
}

class Comparison {
 public:
  Comparison(const std::vector<Cut>& columns, const std::vector<ExpectedRow>& rows)
      : columns_(columns), rows_(rows) {
    for (const ExpectedRow& row : rows) {
      std::vector<Reading>& readings = readings_.emplace_back();
      for (std::size_t i = 0; i < row.cells.size(); ++i) {
        readings.push_back(read(row.cells[i], columns[i]));
      }
    }
  }

  void refusals(const rfc::Refusals& refusals) const {
    std::size_t count = 0;
    const auto expect = [&](std::size_t row, const std::string& column, Cell text) {
      if (count++ >= refusals.kept().size()) return;
      const auto& kept = refusals.kept()[count - 1];
      if (kept.row != row || kept.column != column || kept.text != text) {
        disagree("a refusal" + at(row));
      }
    };
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (rows_[row].cells.empty()) expect(row, "", rows_[row].line);
      for (std::size_t i = 0; i < rows_[row].cells.size(); ++i) {
        if (readings_[row][i].refused) expect(row, columns_[i].name, rows_[row].cells[i]);
      }
    }
    require(refusals.count() == count, "number of refusals");
    require(refusals.kept().size() == std::min<std::size_t>(count, 1'000), "refusals kept");
  }

  void columns(const Table& table) const {
    const auto columns = std::ssize(columns_);
    require(table.schema.get()->n_children == columns, "number of fields");
    require(table.array.get()->n_children == columns, "number of columns");
    require(table.array.get()->length == std::ssize(rows_), "number of rows");
    for (std::int64_t i = 0; i < columns; ++i) {
      column(static_cast<std::size_t>(i), *table.schema.get()->children[i],
             *table.array.get()->children[i]);
    }
  }

 private:
  void column(std::size_t index, const ArrowSchema& field, const ArrowArray& array) const {
    const std::string& name = columns_[index].name;
    require(field.name == name, "name of a column");
    require(array.length == std::ssize(rows_), "length of a column");
    std::int64_t nulls = 0;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      const auto found = read_cell(field, array, static_cast<std::int64_t>(row));
      if (found != expected(row, index)) disagree(name + " as " + field.format + at(row));
      nulls += found ? 0 : 1;
    }
    require(array.null_count == nulls, "number of nulls");
  }

  std::optional<std::string> expected(std::size_t row, std::size_t column) const {
    return readings_[row].empty() ? std::nullopt : readings_[row][column].value;
  }

  std::string at(std::size_t row) const {
    std::string text = " in row " + std::to_string(row) + ":";
    for (const Cell cell : rows_[row].cells) text += " '" + rfc::to_utf8(cell) + "'";
    return text;
  }

  const std::vector<Cut>& columns_;
  const std::vector<ExpectedRow>& rows_;
  std::vector<std::vector<Reading>> readings_;
};

// The one batch of a stream, which is gone when the batch is read.
Table through_stream(rfc::SharedBatch batch) {
  auto owned = rfc::export_stream(std::move(batch));
  ArrowArrayStream* const stream = owned.get();
  ArrowSchema schema;
  ArrowArray array, end;
  require(stream->get_schema(stream, &schema) == 0, "schema of a stream");
  require(stream->get_next(stream, &array) == 0, "batch of a stream");
  require(stream->get_next(stream, &end) == 0 && end.release == nullptr, "end of a stream");
  require(std::string_view(stream->get_last_error(stream)).empty(), "error of a stream");
  return {.schema = Owned(&schema), .array = Owned(&array)};
}

}  // namespace

void expect_package(rfc::Package package, const std::vector<Cut>& columns,
                    const std::vector<ExpectedRow>& rows, bool streamed) {
  const Comparison comparison(columns, rows);
  comparison.refusals(package.refusals);
  rfc::SharedBatch batch = std::move(package.batch);
  comparison.columns(streamed ? through_stream(std::move(batch))
                              : rfc::export_table(std::exchange(batch, {})));
}

bool are_valid(const std::vector<Cut>& columns) {
  return std::ranges::all_of(columns, [](const Cut& cut) {
    return cut.kind != Kind::kDecimal || (1 <= cut.precision && cut.precision <= 38 &&
                                          0 <= cut.scale && cut.scale <= cut.precision);
  });
}

}  // namespace erp::fuzz
