#include "columns.hpp"

#include <limits>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace erp::rfc {
namespace {

std::size_t width_of(Kind kind) {
  switch (kind) {
    case Kind::kText:
    case Kind::kNumc:
    case Kind::kUtclong:
      return sizeof(StringView);
    case Kind::kDecimal:
      return sizeof(int128);
    case Kind::kTime:
    case Kind::kInt:
    case Kind::kFloat:
      return sizeof(std::int64_t);
    case Kind::kDate:
    case Kind::kRaw:
      return sizeof(std::int32_t);
  }
  throw std::invalid_argument("unknown kind of column");
}

}  // namespace

void expect_valid(const Cut& cut) {
  if (cut.kind != Kind::kDecimal) return;
  const bool in_range = cut.precision >= 1 && cut.precision <= kMaxDecimals && cut.scale >= 0 &&
                        cut.scale <= cut.precision;
  if (!in_range) {
    throw std::invalid_argument("column '" + cut.name +
                                "': a decimal has a precision of 1 to 38 and a scale within it");
  }
}

void Validity::set_null(std::size_t row) {
  if (bits_.empty()) bits_.assign((rows_ + 7) / 8, 0xFF);
  bits_[row / 8] = static_cast<std::uint8_t>(bits_[row / 8] & ~(1U << (row % 8)));
  ++null_count_;
}

Column::Column(Cut cut, std::size_t rows)
    : cut_(std::move(cut)),
      validity_(rows),
      // One more: the end of a raw column's last value.
      values_(std::make_unique_for_overwrite<std::byte[]>((rows + 1) * width_of(cut_.kind))) {
  expect_valid(cut_);
  if (cut_.kind == Kind::kRaw) values<std::int32_t>()[0] = 0;
}

bool Column::append(Cell cell) {
  switch (cut_.kind) {
    case Kind::kText:
    case Kind::kNumc:
      return append_text(cut_.keep_blanks ? cell : without_trailing_blanks(cell));
    case Kind::kUtclong:
      return append_text(without_trailing_blanks(cell));
    case Kind::kDate:
      return append_decoded(decode_date(cell));
    case Kind::kTime:
      return append_decoded(decode_time(cell));
    case Kind::kDecimal:
      return append_decoded(decode_decimal(cell, cut_.precision, cut_.scale));
    case Kind::kInt:
      return append_decoded(decode_int(cell));
    case Kind::kFloat:
      return append_decoded(decode_float(cell));
    case Kind::kRaw:
      return append_hex_bytes(cell);
  }
  return false;
}

void Column::append_null() {
  validity_.set_null(row_);
  if (cut_.kind == Kind::kRaw) return end_bytes();
  const std::size_t width = width_of(cut_.kind);
  std::fill_n(values_.get() + row_++ * width, width, std::byte{0});
}

void Column::append_int(std::int64_t number) { values<std::int64_t>()[row_++] = number; }

void Column::append_float(double number) { values<double>()[row_++] = number; }

void Column::append_bytes(std::string_view appended) {
  bytes_ += appended;
  end_bytes();
}

bool Column::append_text(Cell cell) {
  const bool stored = blocks_.store(cell, &values<StringView>()[row_]);
  if (!stored) validity_.set_null(row_);
  ++row_;
  return stored;
}

bool Column::append_hex_bytes(Cell cell) {
  const bool is_hex = append_hex(cell, &bytes_);
  if (!is_hex) validity_.set_null(row_);
  end_bytes();
  return is_hex;
}

void Column::end_bytes() {
  if (bytes_.size() > std::numeric_limits<std::int32_t>::max()) {
    throw std::length_error("column '" + cut_.name +
                            "' holds more than 2 GiB: ask for fewer rows a package");
  }
  values<std::int32_t>()[++row_] = static_cast<std::int32_t>(bytes_.size());
}

template <typename T>
bool Column::append_decoded(Decoded<T> decoded) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (decoded.outcome != Outcome::kValue) validity_.set_null(row_);
  values<T>()[row_++] = decoded.value;
  return decoded.outcome != Outcome::kRefused;
}

std::string Column::format() const {
  switch (cut_.kind) {
    case Kind::kText:
    case Kind::kNumc:
    case Kind::kUtclong:
      return "vu";
    case Kind::kDate:
      return "tdD";
    case Kind::kTime:
      return "ttn";
    case Kind::kDecimal:
      return "d:" + std::to_string(cut_.precision) + "," + std::to_string(cut_.scale);
    case Kind::kInt:
      return "l";
    case Kind::kFloat:
      return "g";
    case Kind::kRaw:
      return "z";
  }
  throw std::invalid_argument("unknown kind of column");
}

std::vector<const void*> Column::buffers() const {
  std::vector<const void*> buffers{validity_.bits(), values_.get()};
  if (format() == "z") buffers.push_back(bytes_.data());
  if (format() == "vu") {
    for (std::size_t i = 0; i < blocks_.count(); ++i) buffers.push_back(blocks_.block(i));
    buffers.push_back(blocks_.used().data());
  }
  return buffers;
}

}  // namespace erp::rfc
