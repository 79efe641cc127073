#include "package.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "failure.hpp"
#include "lines.hpp"
#include "rows.hpp"
#include "text.hpp"
#include "typed_fields.hpp"

namespace erp::rfc {
namespace {

// A call of which one table is read into columns.
class Reading {
 public:
  Reading(const Connection::Use& use, const TableCall& wanted)
      : wanted_(wanted), library_(use.library()), call_(use, wanted.function, wanted.parameters) {
    for (const auto& name : wanted.small_tables) call_.output(name);
    call_.leave_out([this](const RFC_PARAMETER_DESC& each) {
      return each.type == RFCTYPE_TABLE && text_of(each.name) != wanted_.table && !is_small(each);
    });
  }

  std::vector<RFC_FIELD_DESC> fields() const {
    const RFC_PARAMETER_DESC& table = call_.output(wanted_.table);
    if (table.type != RFCTYPE_TABLE) {
      throw std::invalid_argument("'" + to_utf8(wanted_.table) + "' is no table");
    }
    return fields_of(library_, table.typeDescHandle);
  }

  RowReader invoke() {
    call_.invoke();
    return RowReader(library_, call_.table(wanted_.table));
  }

  Package finish(Package package) const {
    package.invoke_seconds = call_.seconds();
    package.exports = call_.outputs([this](const RFC_PARAMETER_DESC& each) {
      return each.type != RFCTYPE_TABLE || is_small(each);
    });
    return package;
  }

 private:
  bool is_small(const RFC_PARAMETER_DESC& parameter) const {
    return contains(wanted_.small_tables, parameter);
  }

  const TableCall& wanted_;
  const Library& library_;
  Call call_;
};

RFC_FIELD_DESC line_field(const std::vector<RFC_FIELD_DESC>& fields) {
  const bool is_text = !fields.empty() && (fields.front().type == RFCTYPE_CHAR ||
                                           fields.front().type == RFCTYPE_STRING);
  if (!is_text) throw std::invalid_argument("the table's first field is no line of text");
  return fields.front();
}

}  // namespace

void Refusals::add(std::size_t row, const std::string& column, Cell text) {
  constexpr std::size_t kMostKept = 1'000;
  if (count_++ < kMostKept) kept_.push_back({row, column, std::u16string(text)});
}

Package read_lines(Connection& connection, const TableCall& wanted, const std::vector<Cut>& columns,
                   std::optional<char16_t> delimiter) {
  const Connection::Use use(connection);
  std::ranges::for_each(columns, expect_valid);
  Reading reading(use, wanted);
  const RFC_FIELD_DESC line = line_field(reading.fields());
  RowReader rows = reading.invoke();
  LineCutter cutter(columns, rows.rows(), delimiter);
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    rows.move_to(row);
    cutter.append(rows.text(line, 0));
  }
  return reading.finish(std::move(cutter).finish());
}

Package read_table(Connection& connection, const TableCall& wanted,
                   const std::optional<std::vector<Cut>>& columns) {
  const Connection::Use use(connection);
  Reading reading(use, wanted);
  const std::vector<TypedField> fields =
      columns ? chosen_fields(reading.fields(), *columns) : all_fields(reading.fields());
  RowReader rows = reading.invoke();
  return reading.finish(read_typed(rows, fields));
}

Package decode_lines(const std::vector<std::u16string>& lines, const std::vector<Cut>& columns,
                     std::optional<char16_t> delimiter) {
  LineCutter cutter(columns, lines.size(), delimiter);
  for (const auto& line : lines) cutter.append(line);
  return std::move(cutter).finish();
}

}  // namespace erp::rfc
