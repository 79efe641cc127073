// Reads a record batch by typed columns. Types, names and lengths are checked when a
// column is opened, so that kernels may assume them afterwards.

#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "arrow_abi.hpp"
#include "decimal128.hpp"
#include "error.hpp"

namespace erp {

// One child of a record batch, of any type.
struct Column {
  std::string_view name;
  std::string_view format;
  const std::uint8_t* validity;  // one bit a row, or nullptr where no row is null
  const void* const* buffers;
  std::int64_t offset;  // of row 0 in the buffers

  bool is_null(std::int64_t row) const {
    if (validity == nullptr) return false;
    const std::int64_t bit = row + offset;
    return ((validity[bit / 8] >> (bit % 8)) & 1) == 0;
  }
};

// A record batch: an array of format "+s" without nulls of its own.
class RecordBatch {
 public:
  // Throws KernelError unless the schema describes a record batch. Keeps the pointers.
  RecordBatch(const ArrowSchema& schema, const ArrowArray& array);

  std::int64_t rows() const { return array_.length; }

  // Throws KernelError unless child `index` is called `name`.
  Column column(std::int64_t index, std::string_view name) const;

  // The same, for a column that must hold a value in each row.
  Column required_column(std::int64_t index, std::string_view name) const;

 private:
  const ArrowSchema& schema_;
  const ArrowArray& array_;
};

class Int64Column {
 public:
  explicit Int64Column(const Column& column);  // format "l"
  std::int64_t operator[](std::int64_t row) const { return values_[row]; }

 private:
  const std::int64_t* values_;
};

static_assert(std::endian::native == std::endian::little);

// An int64 or decimal128 column, read as 64-bit counts of its last decimal.
class FixedPointColumn {
 public:
  explicit FixedPointColumn(const Column& column);  // format "l" or "d:precision,scale"

  int decimals() const { return decimals_; }
  bool is_null(std::int64_t row) const { return column_.is_null(row); }

  // Throws KernelError if the number is beyond +-(2^63 - 1) units of the last decimal.
  std::int64_t operator[](std::int64_t row) const {
    if (!fits(row)) refuse_size();
    return low_word(row);
  }

  // Whether the number is within those limits, and then what it is.
  bool fits(std::int64_t row) const {
    const std::int64_t low = low_word(row);
    const std::int64_t high = words_[row * words_per_value_ + words_per_value_ - 1];
    return (((high ^ (low >> 63)) & high_word_mask_) == 0) & (low != INT64_MIN);
  }
  std::int64_t low_word(std::int64_t row) const { return words_[row * words_per_value_]; }

  // Asks the processor for a row that will be read soon.
  void prefetch(std::int64_t row) const { __builtin_prefetch(&words_[row * words_per_value_]); }

 private:
  [[noreturn]] void refuse_size() const;

  Column column_;
  int decimals_ = 0;
  const std::int64_t* words_ = nullptr;  // lowest first
  std::int64_t words_per_value_ = 1;
  std::int64_t high_word_mask_ = 0;  // all ones where a value has a high word of its own
};

class StringViewColumn {
 public:
  explicit StringViewColumn(const Column& column);  // format "vu"

  std::string_view operator[](std::int64_t row) const {
    const View& view = views_[row];
    const auto length = static_cast<std::size_t>(view.length);
    if (view.length <= kInlineBytes) return {view.bytes, length};
    std::int32_t place[2];  // index of the buffer, offset in it
    std::memcpy(place, view.bytes + 4, sizeof place);
    return {static_cast<const char*>(data_[place[0]]) + place[1], length};
  }

 private:
  static constexpr std::int32_t kInlineBytes = 12;
  struct View {
    std::int32_t length;
    char bytes[kInlineBytes];  // the text, or its first 4 bytes and its place
  };
  static_assert(sizeof(View) == 16);

  const View* views_;
  const void* const* data_;
};

}  // namespace erp
