#include "arrow_cells.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "decimal128.hpp"
#include "require.hpp"

namespace erp::fuzz {
namespace {

template <typename T>
T value_at(const ArrowArray& column, std::int64_t buffer, std::int64_t index) {
  return static_cast<const T*>(column.buffers[buffer])[index];
}

bool is_null(const ArrowArray& column, std::int64_t row) {
  if (column.buffers[0] == nullptr) return false;
  return (value_at<std::uint8_t>(column, 0, row / 8) >> (row % 8) & 1) == 0;
}

std::string padded(std::int64_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

// Counts the days one by one from 1 January of year 1.
std::string day(std::int32_t days) {
  static const std::int32_t kFirst = -719162;  // 0001-01-01
  std::int32_t left = days - kFirst;
  int year = 1;
  const auto length = [](int of) {
    return ((of % 4 == 0 && of % 100 != 0) || of % 400 == 0) ? 366 : 365;
  };
  while (left >= length(year)) left -= length(year++);
  std::array months{31, length(year) - 337, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  std::size_t month = 0;
  while (left >= months[month]) left -= months[month++];
  return padded(year, 4) + "-" + padded(static_cast<std::int64_t>(month) + 1, 2) + "-" +
         padded(left + 1, 2);
}

std::string time_of_day(std::int64_t nanoseconds) {
  const std::int64_t seconds = nanoseconds / 1'000'000'000;
  return padded(seconds / 3600, 2) + padded(seconds / 60 % 60, 2) + padded(seconds % 60, 2);
}

std::string whole(int128 number) {
  if (number == 0) return "0";
  std::string text;
  for (int128 left = number; left != 0; left /= 10) {
    text.insert(text.begin(), static_cast<char>('0' + std::abs(static_cast<int>(left % 10))));
  }
  return (number < 0 ? "-" : "") + text;
}

std::string exact(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%a", number);
  return text;
}

std::string hex(const ArrowArray& column, std::int64_t row) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (auto i = value_at<std::int32_t>(column, 1, row);
       i < value_at<std::int32_t>(column, 1, row + 1); ++i) {
    const auto byte = value_at<std::uint8_t>(column, 2, i);
    text += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return text;
}

// A text of a utf8_view column: within its view, or in one of the buffers between the views and
// the list of those buffers' sizes.
std::string text(const ArrowArray& column, std::int64_t row) {
  struct View {
    std::int32_t length;
    std::array<char, 12> bytes;
  };
  const View view = value_at<View>(column, 1, row);
  if (view.length <= 12) {
    const auto end = view.bytes.begin() + view.length;
    require(std::count(end, view.bytes.end(), '\0') == 12 - view.length, "padding of a view");
    return {view.bytes.begin(), end};
  }
  std::int32_t place[2];  // buffer, offset
  std::memcpy(place, view.bytes.data() + 4, sizeof place);
  const std::int64_t blocks = column.n_buffers - 3;
  require(place[0] < blocks, "buffer of a view");
  const auto used = value_at<std::int64_t>(column, column.n_buffers - 1, place[0]);
  require(place[1] + view.length <= used, "end of a view");
  const char* const start = static_cast<const char*>(column.buffers[2 + place[0]]) + place[1];
  require(std::memcmp(start, view.bytes.data(), 4) == 0, "prefix of a view");
  return {start, static_cast<std::size_t>(view.length)};
}

// Whether a null holds zeros, or no bytes: nothing of the cell that was refused.
bool is_empty(std::string_view format, const ArrowArray& column, std::int64_t row) {
  if (format == "z") return hex(column, row).empty();
  const bool is_wide = format == "vu" || format.starts_with("d:");
  const std::int64_t width = is_wide ? 16 : format == "tdD" ? 4 : 8;
  const char* const start = static_cast<const char*>(column.buffers[1]) + row * width;
  return std::count(start, start + width, '\0') == width;
}

}  // namespace

std::optional<std::string> read_cell(const ArrowSchema& field, const ArrowArray& column,
                                     std::int64_t row) {
  const std::string_view format = field.format;
  if (is_null(column, row)) {
    require(is_empty(format, column, row), "what a null holds");
    return std::nullopt;
  }
  if (format == "vu") return text(column, row);
  if (format == "tdD") return day(value_at<std::int32_t>(column, 1, row));
  if (format == "ttn") return time_of_day(value_at<std::int64_t>(column, 1, row));
  if (format == "l") return whole(value_at<std::int64_t>(column, 1, row));
  if (format == "g") return exact(value_at<double>(column, 1, row));
  if (format == "z") return hex(column, row);
  require(format.starts_with("d:"), "format of a column");
  return whole(value_at<int128>(column, 1, row));
}

}  // namespace erp::fuzz
