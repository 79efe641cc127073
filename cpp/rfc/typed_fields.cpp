#include "typed_fields.hpp"

#include <stdexcept>
#include <utility>

#include "text.hpp"

namespace erp::rfc {
namespace {

Kind kind_of(const RFC_FIELD_DESC& field) {
  switch (field.type) {
    case RFCTYPE_NUM:
      return Kind::kNumc;
    case RFCTYPE_DATE:
      return Kind::kDate;
    case RFCTYPE_TIME:
      return Kind::kTime;
    case RFCTYPE_BCD:
      return Kind::kDecimal;
    case RFCTYPE_INT:
    case RFCTYPE_INT1:
    case RFCTYPE_INT2:
    case RFCTYPE_INT8:
      return Kind::kInt;
    case RFCTYPE_FLOAT:
      return Kind::kFloat;
    case RFCTYPE_BYTE:
    case RFCTYPE_XSTRING:
      return Kind::kRaw;
    case RFCTYPE_UTCLONG:
      return Kind::kUtclong;
    default:
      return Kind::kText;
  }
}

// The digits that fit into a packed number: two in each byte, but for the sign.
int digits_of(const RFC_FIELD_DESC& field) { return static_cast<int>(field.nucLength) * 2 - 1; }

void expect_flat(const RFC_FIELD_DESC& field) {
  if (field.type != RFCTYPE_STRUCTURE && field.type != RFCTYPE_TABLE) return;
  throw std::invalid_argument("field '" + to_utf8(text_of(field.name)) +
                              "' has fields of its own: choose columns without it");
}

TypedField find(const std::vector<RFC_FIELD_DESC>& fields, const Cut& cut) {
  for (unsigned i = 0; i < fields.size(); ++i) {
    if (to_utf8(text_of(fields[i].name)) == cut.name) return {i, fields[i], cut};
  }
  throw std::invalid_argument("the table has no field '" + cut.name + "'");
}

// How a cell travels: as what it is where the column holds the same, else as text.
enum class Way { kText, kInteger, kFloating, kBytes };

Way way_of(const TypedField& typed) {
  if (kind_of(typed.field) != typed.cut.kind) return Way::kText;
  switch (typed.cut.kind) {
    case Kind::kInt:
      return Way::kInteger;
    case Kind::kFloat:
      return Way::kFloating;
    case Kind::kRaw:
      return Way::kBytes;
    default:
      return Way::kText;
  }
}

// A field, its column and the way between them.
struct Lane {
  const TypedField& typed;
  Way way;
  Column& column;
};

class TypedReader {
 public:
  TypedReader(RowReader& rows, const std::vector<TypedField>& fields)
      : rows_(rows), batch_(std::make_shared<Batch>()) {
    batch_->rows = rows.rows();
    batch_->columns.reserve(fields.size());
    for (const TypedField& typed : fields) {
      Column& column = batch_->columns.emplace_back(typed.cut, rows.rows());
      lanes_.push_back({typed, way_of(typed), column});
    }
  }

  Package read() && {
    for (std::size_t row = 0; row < rows_.rows(); ++row) {
      rows_.move_to(row);
      for (Lane& lane : lanes_) read_cell(row, lane);
    }
    return {.batch = std::move(batch_), .refusals = std::move(refusals_)};
  }

 private:
  void read_cell(std::size_t row, Lane& lane) {
    const auto& [index, field, cut] = lane.typed;
    switch (lane.way) {
      case Way::kInteger:
        return lane.column.append_int(rows_.integer(field, index));
      case Way::kFloating:
        return lane.column.append_float(rows_.floating(index));
      case Way::kBytes:
        return lane.column.append_bytes(rows_.bytes(field, index));
      case Way::kText:
        const Cell cell = rows_.text(field, index);
        if (!lane.column.append(cell)) refusals_.add(row, cut.name, cell);
    }
  }

  RowReader& rows_;
  std::shared_ptr<Batch> batch_;
  std::vector<Lane> lanes_;
  Refusals refusals_;
};

}  // namespace

std::vector<TypedField> all_fields(const std::vector<RFC_FIELD_DESC>& fields) {
  std::vector<TypedField> typed;
  for (unsigned i = 0; i < fields.size(); ++i) {
    expect_flat(fields[i]);
    const Cut cut{.name = to_utf8(text_of(fields[i].name)),
                  .kind = kind_of(fields[i]),
                  .precision = digits_of(fields[i]),
                  .scale = static_cast<int>(fields[i].decimals),
                  // CHAR is padded with blanks, STRING is as it was written.
                  .keep_blanks = fields[i].type == RFCTYPE_STRING};
    typed.push_back({i, fields[i], cut});
  }
  return typed;
}

std::vector<TypedField> chosen_fields(const std::vector<RFC_FIELD_DESC>& fields,
                                      const std::vector<Cut>& columns) {
  std::vector<TypedField> typed;
  for (const Cut& cut : columns) {
    expect_valid(cut);
    typed.push_back(find(fields, cut));
    expect_flat(typed.back().field);
  }
  return typed;
}

Package read_typed(RowReader& rows, const std::vector<TypedField>& fields) {
  return TypedReader(rows, fields).read();
}

}  // namespace erp::rfc
