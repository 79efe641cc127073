#include "arrow_reader.hpp"

#include <charconv>
#include <string>

namespace erp {
namespace {

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

[[noreturn]] void refuse_type(const Column& column, std::string_view expected) {
  throw KernelError(std::string(column.name) + ": expected " + std::string(expected) +
                    ", got Arrow format " + quoted(column.format));
}

template <typename T>
const T* values_of(const Column& column) {
  const auto* values = static_cast<const T*>(column.buffers[1]);
  return values == nullptr ? nullptr : values + column.offset;
}

// The scale of "d:precision,scale" or "d:precision,scale,128", or -1 for anything else.
int decimal128_scale(std::string_view format) {
  const auto comma = format.find(',');
  if (!format.starts_with("d:") || comma == format.npos) return -1;
  const char* const end = format.data() + format.size();
  int scale = -1;
  const auto [rest, error] = std::from_chars(format.data() + comma + 1, end, scale);
  const std::string_view width(rest, static_cast<std::size_t>(end - rest));
  const bool known = error == std::errc() && (width.empty() || width == ",128");
  return known && scale >= 0 && scale <= kMaxDecimals ? scale : -1;
}

}  // namespace

RecordBatch::RecordBatch(const ArrowSchema& schema, const ArrowArray& array)
    : schema_(schema), array_(array) {
  if (std::string_view(schema.format) != "+s") {
    throw KernelError("expected a record batch, got Arrow format " + quoted(schema.format));
  }
  if (array.n_children != schema.n_children) {
    throw KernelError("the record batch and its schema differ in their number of columns");
  }
  if (array.n_buffers > 0 && array.buffers[0] != nullptr && array.null_count != 0) {
    throw KernelError("a record batch must not have null rows");
  }
}

Column RecordBatch::column(std::int64_t index, std::string_view name) const {
  if (index >= schema_.n_children || schema_.children[index]->name != name) {
    throw KernelError("expected column " + std::to_string(index) + " to be " + quoted(name));
  }
  const ArrowArray& child = *array_.children[index];
  if (child.length < array_.offset + array_.length) {
    throw KernelError(std::string(name) + ": the column is shorter than its record batch");
  }
  return Column{.name = name,
                .format = schema_.children[index]->format,
                .validity = static_cast<const std::uint8_t*>(child.buffers[0]),
                .buffers = child.buffers,
                .offset = array_.offset + child.offset};
}

Column RecordBatch::required_column(std::int64_t index, std::string_view name) const {
  const Column required = column(index, name);
  for (std::int64_t row = 0; required.validity != nullptr && row < rows(); ++row) {
    if (required.is_null(row)) {
      throw KernelError("row " + std::to_string(row) + ": " + std::string(name) + " is null");
    }
  }
  return required;
}

Int64Column::Int64Column(const Column& column) : values_(values_of<std::int64_t>(column)) {
  if (column.format != "l") refuse_type(column, "int64");
}

FixedPointColumn::FixedPointColumn(const Column& column) : column_(column) {
  if (column.format == "l") {
    words_ = values_of<std::int64_t>(column);
    return;
  }
  decimals_ = decimal128_scale(column.format);
  if (decimals_ < 0) refuse_type(column, "int64 or decimal128");
  words_ = reinterpret_cast<const std::int64_t*>(values_of<int128>(column));
  words_per_value_ = 2;
  high_word_mask_ = -1;
}

void FixedPointColumn::refuse_size() const {
  throw KernelError(std::string(column_.name) +
                    " is beyond 64 bits, counted in units of its last decimal");
}

StringViewColumn::StringViewColumn(const Column& column)
    : views_(values_of<View>(column)), data_(column.buffers + 2) {
  if (column.format != "vu") refuse_type(column, "utf8 view");
}

}  // namespace erp
