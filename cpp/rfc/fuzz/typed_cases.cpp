// One case: some bytes become a table with typed fields. What the reader makes of it must agree
// with the oracle, which is told each cell as the SDK writes it in text.

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "case_bytes.hpp"
#include "expected_package.hpp"
#include "generated_text.hpp"
#include "library.hpp"
#include "require.hpp"
#include "text.hpp"
#include "typed_fields.hpp"
#include "typed_table.hpp"

namespace {

using erp::fuzz::CaseBytes;
using erp::fuzz::ExpectedRow;
using erp::fuzz::Line;
using erp::fuzz::require;
using erp::fuzz::TypedTable;
using erp::rfc::Cut;
using erp::rfc::Kind;

constexpr std::size_t kMostFields = 6;
constexpr std::size_t kKinds = 9;

struct FieldType {
  RFCTYPE type;
  Kind kind;      // of a column that is not chosen
  unsigned most;  // characters or bytes, where the type leaves that open
};

constexpr std::array kTypes{
    FieldType{RFCTYPE_CHAR, Kind::kText, 255},    FieldType{RFCTYPE_NUM, Kind::kNumc, 255},
    FieldType{RFCTYPE_DATE, Kind::kDate, 0},      FieldType{RFCTYPE_TIME, Kind::kTime, 0},
    FieldType{RFCTYPE_BCD, Kind::kDecimal, 20},  // 39 digits, one more than Arrow has
    FieldType{RFCTYPE_INT1, Kind::kInt, 0},       FieldType{RFCTYPE_INT2, Kind::kInt, 0},
    FieldType{RFCTYPE_INT, Kind::kInt, 0},        FieldType{RFCTYPE_INT8, Kind::kInt, 0},
    FieldType{RFCTYPE_FLOAT, Kind::kFloat, 0},    FieldType{RFCTYPE_BYTE, Kind::kRaw, 255},
    FieldType{RFCTYPE_STRING, Kind::kText, 0},    FieldType{RFCTYPE_XSTRING, Kind::kRaw, 0},
    FieldType{RFCTYPE_UTCLONG, Kind::kUtclong, 0}};

struct Case {
  bool streamed;
  bool chosen;  // columns, else all fields
  bool nested;  // one more field that is a structure
  erp::fuzz::Alphabet alphabet;
  std::vector<RFC_FIELD_DESC> fields;
  std::vector<Cut> columns;
  std::vector<unsigned> sources;  // of the columns; beyond the fields: one that the table has not
  std::vector<Line> cells;        // row by row

  bool is_readable() const {
    const auto missing = [this](unsigned source) { return source >= fields.size(); };
    return !std::ranges::any_of(sources, missing) && !(nested && !chosen) &&
           erp::fuzz::are_valid(columns);
  }
};

std::u16string name_of(std::size_t field) { return {u'F', static_cast<char16_t>(u'0' + field)}; }

// A column for each field, as the reader is to make it of the description.
void add_field(CaseBytes& bytes, Case& decoded) {
  const auto& [type, kind, most] = kTypes[bytes.next() % kTypes.size()];
  const std::size_t index = decoded.fields.size();
  const unsigned size = most == 0 ? 0 : 1 + bytes.next() % most;
  const unsigned decimals = type == RFCTYPE_BCD ? bytes.next() % (2 * size + 1) : 0;
  decoded.fields.push_back(erp::fuzz::make_field(name_of(index), type, size, decimals));
  if (decoded.chosen) return;
  decoded.sources.push_back(static_cast<unsigned>(index));
  decoded.columns.push_back({.name = erp::rfc::to_utf8(name_of(index)),
                             .kind = kind,
                             .precision = static_cast<int>(2 * size) - 1,
                             .scale = static_cast<int>(decimals),
                             .keep_blanks = type == RFCTYPE_STRING});
}

// A column of any kind of any field; rarely of one that the table has not.
void add_column(CaseBytes& bytes, Case& decoded) {
  const std::uint8_t a = bytes.next(), b = bytes.next(), c = bytes.next();
  const std::size_t source = a == 0xFF ? kMostFields : a % decoded.fields.size();
  const int precision = 1 + b % 38;
  decoded.sources.push_back(static_cast<unsigned>(source));
  decoded.columns.push_back({.name = erp::rfc::to_utf8(name_of(source)),
                             .kind = static_cast<Kind>(c % kKinds),
                             .precision = precision,
                             .scale = static_cast<int>(c / kKinds) % (precision + 1),
                             .keep_blanks = b >= 128});
}

Case decode(CaseBytes bytes) {
  const std::uint8_t a = bytes.next(), b = bytes.next();
  Case decoded{.streamed = (a & 32) != 0,
               .chosen = (b & 128) != 0,
               .nested = b % 128 == 127,
               .alphabet = static_cast<erp::fuzz::Alphabet>(a >> 6),
               .fields = {},
               .columns = {},
               .sources = {},
               .cells = {}};
  for (std::size_t i = 0; i <= (a & 31) % kMostFields; ++i) add_field(bytes, decoded);
  for (std::size_t i = 0; decoded.chosen && i <= b % kMostFields; ++i) add_column(bytes, decoded);
  decoded.cells = erp::fuzz::lines_of(bytes.rest(), decoded.alphabet);
  return decoded;
}

// Sets the cells and keeps them as the SDK writes them: of each row, the text of each field.
std::vector<std::vector<std::u16string>> fill(TypedTable& table, const std::vector<Line>& cells) {
  std::vector<std::vector<std::u16string>> texts;
  const auto fields = static_cast<unsigned>(table.fields().size());
  for (std::size_t first = 0; first < cells.size(); first += fields) {
    table.add_row();
    auto& row = texts.emplace_back();
    for (unsigned i = 0; i < fields; ++i) {
      if (first + i < cells.size()) table.set(i, cells[first + i]);
      row.push_back(table.text(i));
    }
  }
  return texts;
}

erp::rfc::Package read(const Case& tested, const TypedTable& table) {
  // Loaded already: the program is linked with the stand-in.
  static const erp::rfc::Library library("libsapnwrfc.so");
  std::vector<RFC_FIELD_DESC> fields = table.fields();
  if (tested.nested) fields.push_back(erp::fuzz::make_field(u"S", RFCTYPE_STRUCTURE, 8, 0));
  const auto typed = tested.chosen ? erp::rfc::chosen_fields(fields, tested.columns)
                                   : erp::rfc::all_fields(fields);
  erp::rfc::RowReader rows(library, table.handle());
  return erp::rfc::read_typed(rows, typed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Case tested = decode(CaseBytes(data, size));
  TypedTable table(tested.fields);
  const auto texts = fill(table, tested.cells);
  try {
    erp::rfc::Package package = read(tested, table);
    require(tested.is_readable(), "fields that make no columns were accepted");
    std::vector<ExpectedRow> rows;
    for (const auto& row : texts) {
      ExpectedRow& expected = rows.emplace_back();
      for (const unsigned source : tested.sources) expected.cells.emplace_back(row[source]);
    }
    erp::fuzz::expect_package(std::move(package), tested.columns, rows, tested.streamed);
  } catch (const std::invalid_argument& error) {
    require(!tested.is_readable(), error.what());
  }
  return 0;
}
