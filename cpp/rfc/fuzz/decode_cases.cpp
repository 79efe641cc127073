// One case: some bytes become lines and the cuts of columns, and the decoder must agree with the
// oracle in every cell.

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "case_bytes.hpp"
#include "decode_oracle.hpp"
#include "expected_package.hpp"
#include "generated_text.hpp"
#include "lines.hpp"
#include "require.hpp"
#include "text.hpp"

namespace {

using erp::fuzz::CaseBytes;
using erp::fuzz::ExpectedRow;
using erp::fuzz::Line;
using erp::fuzz::require;
using erp::rfc::Cell;
using erp::rfc::Cut;
using erp::rfc::Kind;

constexpr std::size_t kKinds = 9;
constexpr std::size_t kLongestCell = 80;  // longer than any number: a float has 64 units at most

struct Case {
  std::vector<Cut> columns;
  std::optional<char16_t> delimiter;
  bool streamed;
  std::size_t rows;
  std::vector<Line> lines;  // of the first rows; then they come again

  Cell line(std::size_t row) const { return erp::fuzz::view_of(lines[row % lines.size()]); }
};

// As many rows as lines; or rarely none, or so many that refusals are left out and blocks fill up.
std::size_t row_count(std::uint8_t chosen, std::size_t lines) {
  constexpr std::size_t kMany = 125;
  return chosen == 0xFF ? kMany : chosen == 0xFE ? 0 : lines;
}

// Rarely more digits than Arrow has, or none, or fewer than behind the point, or than none there.
Cut decimals(std::uint8_t a, std::uint8_t b) {
  const int precision = a == 0xFF ? 39 : a == 0xFE ? 0 : 1 + a % 38;
  const int scale = b == 0xFF ? precision + 1 : b == 0xFE ? -1 : b % (precision + 1);
  return {.name = {}, .precision = precision, .scale = scale};
}

// Offsets cut all kinds from the same place; a delimiter splits lines into any number of them.
Case decode(CaseBytes bytes) {
  const std::uint8_t places = bytes.next(), length = bytes.next(), kinds = bytes.next();
  const std::uint8_t precision = bytes.next(), scale = bytes.next(), rows = bytes.next();
  const bool split = (length & 128) != 0;
  const auto alphabet = static_cast<erp::fuzz::Alphabet>(places >> 6);
  Case decoded{.columns = {},
               .delimiter = split ? std::optional(u'|') : std::nullopt,
               .streamed = (places & 32) != 0,
               .rows = 0,
               .lines = erp::fuzz::lines_of(bytes.rest(), alphabet)};
  decoded.rows = row_count(rows, decoded.lines.size());
  const std::size_t columns = split ? 1 + kinds % kKinds : kKinds;
  for (std::size_t i = 0; i < columns; ++i) {
    Cut cut = decimals(precision, scale);
    cut.name = "column" + std::to_string(i);
    cut.offset = places & 15U;
    cut.length = alphabet == erp::fuzz::kClock ? 6 + length % 3 : length % kLongestCell;
    cut.kind = static_cast<Kind>((kinds / kKinds + i) % kKinds);
    cut.keep_blanks = (places & 16) != 0;
    decoded.columns.push_back(cut);
  }
  return decoded;
}

std::vector<Cell> parts_of(Cell line, char16_t delimiter) {
  std::vector<Cell> parts;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= line.size(); ++i) {
    if (i < line.size() && line[i] != delimiter) continue;
    parts.push_back(line.substr(start, i - start));
    start = i + 1;
  }
  return parts;
}

ExpectedRow expected_row(const Case& tested, Cell line) {
  ExpectedRow row{.line = line, .cells = {}};
  if (tested.delimiter) {
    row.cells = parts_of(line, *tested.delimiter);
    if (row.cells.size() != tested.columns.size()) row.cells.clear();
    return row;
  }
  for (const Cut& cut : tested.columns) {
    row.cells.push_back(line.size() < cut.offset ? Cell() : line.substr(cut.offset, cut.length));
  }
  return row;
}

erp::rfc::Package cut(const Case& tested) {
  erp::rfc::LineCutter cutter(tested.columns, tested.rows, tested.delimiter);
  for (std::size_t row = 0; row < tested.rows; ++row) cutter.append(tested.line(row));
  return std::move(cutter).finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Case tested = decode(CaseBytes(data, size));
  for (const Line& line : tested.lines) {
    const Cell text = erp::fuzz::view_of(line);
    require(erp::rfc::to_utf8(text) == oracle::shown(text), "the text of a message");
  }
  std::vector<ExpectedRow> rows;
  for (std::size_t row = 0; row < tested.rows; ++row) {
    rows.push_back(expected_row(tested, tested.line(row)));
  }
  try {
    erp::rfc::Package package = cut(tested);
    require(erp::fuzz::are_valid(tested.columns), "digits beyond Arrow's were accepted");
    erp::fuzz::expect_package(std::move(package), tested.columns, rows, tested.streamed);
  } catch (const std::invalid_argument& error) {
    require(!erp::fuzz::are_valid(tested.columns), error.what());
  }
  return 0;
}
