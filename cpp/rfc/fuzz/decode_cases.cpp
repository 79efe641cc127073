// One case: some bytes become a line of cells, and the decoder must agree with the oracle.

#include <array>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <span>
#include <string>
#include <string_view>

#include "batch_export.hpp"
#include "decode.hpp"
#include "decode_oracle.hpp"
#include "lines.hpp"
#include "text.hpp"

namespace {

using erp::int128;
using erp::rfc::Cell;
using erp::rfc::Decoded;
using erp::rfc::Outcome;
using oracle::Reading;

constexpr std::size_t kHeaderBytes = 4;

// Mostly what numbers, days and hex digits are made of, so that many cells are values.
constexpr std::u16string_view kAlphabet =
    u"00000000111222345678999     ..--+*eEaAfFgx|\u00e9\u4eac\U0001f600\xd800\xdc00\u0000";

// What days and times are made of: they are rare among the others.
constexpr std::u16string_view kClock = u"000001122359";

std::u16string decode_units(std::span<const std::uint8_t> bytes, std::u16string_view alphabet) {
  std::u16string units;
  for (const std::uint8_t byte : bytes) units += alphabet[byte % alphabet.size()];
  return units;
}

void require(bool condition, std::string_view what, Cell cell) {
  if (condition) return;
  std::cerr << "the decoder and the oracle disagree: " << what << " '" << erp::rfc::to_utf8(cell)
            << "'\n";
  std::abort();
}

std::string ascii(Cell cell) {
  std::string text;
  for (const char16_t unit : cell) {
    text += unit < 0x80 && unit != 0 ? static_cast<char>(unit) : '?';
  }
  return text;
}

template <typename T, typename Format>
Reading reading_of(const Decoded<T>& decoded, Format format) {
  if (decoded.outcome == Outcome::kValue) return {.value = format(decoded.value)};
  return {.refused = decoded.outcome == Outcome::kRefused};
}

std::string padded(std::int64_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

// Counts the days one by one from 1 January of year 1, by the oracle's calendar.
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

std::string units(int128 number) {
  if (number == 0) return "0";
  std::string text;
  for (int128 left = number < 0 ? -number : number; left > 0; left /= 10) {
    text.insert(text.begin(), static_cast<char>('0' + static_cast<int>(left % 10)));
  }
  return (number < 0 ? "-" : "") + text;
}

std::string exact(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%a", number);
  return text;
}

Reading hex_reading(Cell cell) {
  std::string bytes = "before";
  if (!erp::rfc::append_hex(cell, &bytes)) return {.refused = bytes == "before"};
  std::string text;
  for (const char byte : bytes.substr(6)) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += kDigits[static_cast<std::uint8_t>(byte) >> 4];
    text += kDigits[static_cast<std::uint8_t>(byte) & 15];
  }
  return {.value = text};
}

void compare_cell(Cell cell, int precision, int scale) {
  using namespace erp::rfc;  // NOLINT: the functions under test
  const std::string text = ascii(cell);
  require(reading_of(decode_date(cell), day) == oracle::read_date(text), "date", cell);
  require(reading_of(decode_time(cell), time_of_day) == oracle::read_time(text), "time", cell);
  require(reading_of(decode_decimal(cell, precision, scale), units) ==
              oracle::read_decimal(text, precision, scale),
          "decimal", cell);
  require(reading_of(decode_int(cell), units) == oracle::read_int(text), "int", cell);
  require(reading_of(decode_float(cell), exact) == oracle::read_float(text), "float", cell);
  require(hex_reading(cell) == oracle::read_hex(text), "hex", cell);
}

// All kinds at once from one line, beyond its end too: for the sanitizers.
void cut_line(Cell line, std::size_t offset, std::size_t length, bool split) {
  using erp::rfc::Kind;
  std::vector<erp::rfc::Cut> columns;
  for (int kind = 0; kind <= static_cast<int>(Kind::kUtclong); ++kind) {
    columns.push_back({.name = "c" + std::to_string(kind),
                       .offset = offset,
                       .length = length,
                       .kind = static_cast<Kind>(kind),
                       .precision = 38,
                       .scale = 5});
  }
  const auto delimiter = split ? std::optional(u'|') : std::nullopt;
  erp::rfc::LineCutter cutter(columns, 2, delimiter);
  cutter.append(line);
  cutter.append(line.substr(line.size() / 2));
  const erp::rfc::Package package = std::move(cutter).finish();
  const erp::Table table = erp::rfc::export_table(package.batch);
  require(table.schema.get()->n_children == table.array.get()->n_children, "columns", line);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < kHeaderBytes) return 0;
  const int precision = 1 + data[0] % erp::kMaxDecimals;
  const int scale = data[1] % (precision + 1);
  const bool is_clock = (data[2] & 128) != 0;
  const std::u16string line =
      decode_units({data + kHeaderBytes, size - kHeaderBytes}, is_clock ? kClock : kAlphabet);
  const std::size_t offset = data[2] % 16, length = is_clock ? 6 + data[3] % 3 : data[3] % 32;
  const Cell cell = Cell(line).substr(std::min(offset, line.size()), length);
  compare_cell(cell, precision, scale);
  cut_line(line, offset, length, (data[3] & 128) != 0);
  return 0;
}
