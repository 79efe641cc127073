#include "decode.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

namespace erp::rfc {
namespace {

using uint128 = unsigned __int128;

constexpr char16_t kBlank = u' ';

template <typename T>
Decoded<T> null() {
  return {.outcome = Outcome::kNull};
}

template <typename T>
Decoded<T> refused() {
  return {.outcome = Outcome::kRefused};
}

template <typename T>
Decoded<T> value(T held) {
  return {.outcome = Outcome::kValue, .value = held};
}

// 0 to 9, or something above 9.
unsigned digit(char16_t unit) { return static_cast<unsigned>(unit) - u'0'; }

// The number in `digits` decimal digits, or nothing if one of them is none.
template <std::size_t digits>
std::optional<int> number_at(const char16_t* units) {
  unsigned number = 0;
  bool all_digits = true;
  for (std::size_t i = 0; i < digits; ++i) {
    all_digits &= digit(units[i]) <= 9;
    number = number * 10 + digit(units[i]);
  }
  return all_digits ? std::optional(static_cast<int>(number)) : std::nullopt;
}

Cell without_blanks(Cell cell) {
  cell = without_trailing_blanks(cell);
  while (!cell.empty() && cell.front() == kBlank) cell.remove_prefix(1);
  return cell;
}

bool is_sign(char16_t unit) { return unit == u'-' || unit == u'+'; }

struct Signed {
  bool negative;
  Cell magnitude;
};

// Takes one sign off, at either end. What is left has another one only if it is no number.
Signed split_sign(Cell cell) {
  if (is_sign(cell.front())) return {cell.front() == u'-', cell.substr(1)};
  if (is_sign(cell.back())) return {cell.back() == u'-', cell.substr(0, cell.size() - 1)};
  return {false, cell};
}

// Reads digits and one point into a count of units of the last decimal. `Units` has room for as
// many digits as may come.
template <typename Units>
class Magnitude {
 public:
  Magnitude(int precision, int scale) : precision_(precision), scale_(scale) {}

  // The number, or nothing if it is none or does not fit.
  std::optional<int128> read(Cell cell) {
    for (const char16_t unit : cell) {
      if (digit(unit) <= 9 ? !push(digit(unit)) : !point(unit)) return std::nullopt;
    }
    if (!any_digit_) return std::nullopt;
    for (int i = decimals_; i < scale_; ++i) {
      if (!append(0)) return std::nullopt;
    }
    return static_cast<int128>(units_);
  }

 private:
  bool point(char16_t unit) {
    if (unit != u'.' || behind_point_) return false;
    behind_point_ = true;
    return true;
  }

  bool push(unsigned pushed) {
    any_digit_ = true;
    if (behind_point_ && decimals_ == scale_) return pushed == 0;
    decimals_ += behind_point_ ? 1 : 0;
    return append(pushed);
  }

  // Leading zeros do not count as digits.
  bool append(unsigned appended) {
    if (units_ == 0 && appended == 0) return true;
    if (++digits_ > precision_) return false;
    units_ = units_ * 10 + appended;
    return true;
  }

  int precision_;
  int scale_;
  Units units_ = 0;
  int digits_ = 0;
  int decimals_ = 0;
  bool behind_point_ = false;
  bool any_digit_ = false;
};

std::optional<int128> magnitude(Cell cell, int precision, int scale) {
  // Most amounts fit into 64 bits, where a digit costs less.
  constexpr std::size_t kDigits64 = std::numeric_limits<std::uint64_t>::digits10;
  if (cell.size() + static_cast<std::size_t>(scale) <= kDigits64) {
    return Magnitude<std::uint64_t>(precision, scale).read(cell);
  }
  return Magnitude<uint128>(precision, scale).read(cell);
}

// The text of a float with its sign in front, as from_chars reads it; nothing if it is too long or
// begins with something else than a digit or a point ("inf").
class FloatText {
 public:
  explicit FloatText(Cell cell) {
    const auto [negative, magnitude] = split_sign(cell);
    valid_ = magnitude.size() < text_.size() && !magnitude.empty() &&
             (digit(magnitude.front()) <= 9 || magnitude.front() == u'.');
    if (!valid_) return;
    if (negative) text_[size_++] = '-';
    for (const char16_t unit : magnitude) {
      text_[size_++] = unit < 0x80 ? static_cast<char>(unit) : '?';
    }
  }

  bool valid() const { return valid_; }
  const char* begin() const { return text_.data(); }
  const char* end() const { return text_.data() + size_; }

  // Whether a digit before the exponent says that the number is not zero.
  bool nonzero() const {
    for (const char c : std::string_view(begin(), size_)) {
      if (c == 'e' || c == 'E') return false;
      if (c >= '1' && c <= '9') return true;
    }
    return false;
  }

 private:
  static constexpr std::size_t kMostUnits = 64;  // FLTP prints 22
  std::array<char, kMostUnits + 1> text_;
  std::size_t size_ = 0;
  bool valid_;
};

// 0 to 15, or 16 for what is no hex digit.
unsigned hex_digit(char16_t unit) {
  if (digit(unit) <= 9) return digit(unit);
  const unsigned letter = (static_cast<unsigned>(unit) | 0x20U) - u'a';
  return letter < 6 ? letter + 10 : 16;
}

}  // namespace

Cell without_trailing_blanks(Cell cell) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::uint64_t kFourBlanks = 0x0020'0020'0020'0020;
  std::size_t size = cell.size();
  for (std::uint64_t four = 0; size >= 4; size -= 4) {
    std::memcpy(&four, cell.data() + size - 4, sizeof four);
    if (four != kFourBlanks) break;
  }
  while (size > 0 && cell[size - 1] == kBlank) --size;
  return cell.substr(0, size);
}

Decoded<std::int32_t> decode_date(Cell cell) {
  cell = without_trailing_blanks(cell);
  if (cell.empty() || cell == u"00000000") return null<std::int32_t>();
  if (cell.size() != 8) return refused<std::int32_t>();
  const auto year = number_at<4>(cell.data());
  const auto month = number_at<2>(cell.data() + 4);
  const auto day = number_at<2>(cell.data() + 6);
  if (!year || !month || !day || *year == 0) return refused<std::int32_t>();
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return refused<std::int32_t>();
  return value(static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count()));
}

Decoded<std::int64_t> decode_time(Cell cell) {
  cell = without_trailing_blanks(cell);
  if (cell.empty()) return null<std::int64_t>();
  if (cell.size() != 6) return refused<std::int64_t>();
  const auto hour = number_at<2>(cell.data());
  const auto minute = number_at<2>(cell.data() + 2);
  const auto second = number_at<2>(cell.data() + 4);
  if (!hour || !minute || !second) return refused<std::int64_t>();
  if (*hour > 23 || *minute > 59 || *second > 59) return refused<std::int64_t>();
  const std::chrono::nanoseconds since_midnight =
      std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second);
  return value(std::int64_t{since_midnight.count()});
}

Decoded<int128> decode_decimal(Cell cell, int precision, int scale) {
  cell = without_blanks(cell);
  if (cell.empty()) return null<int128>();
  const auto [negative, digits] = split_sign(cell);
  const auto units = magnitude(digits, precision, scale);
  if (!units) return refused<int128>();
  return value(negative ? -*units : *units);
}

Decoded<std::int64_t> decode_int(Cell cell) {
  constexpr int128 kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr int128 kMost = std::numeric_limits<std::int64_t>::max();
  const auto [outcome, whole] =
      decode_decimal(cell, std::numeric_limits<std::int64_t>::digits10 + 1, 0);
  if (whole < kLeast || whole > kMost) return refused<std::int64_t>();
  return {.outcome = outcome, .value = static_cast<std::int64_t>(whole)};
}

Decoded<double> decode_float(Cell cell) {
  cell = without_blanks(cell);
  if (cell.empty()) return null<double>();
  const FloatText text(cell);
  if (!text.valid()) return refused<double>();
  double number = 0;
  const auto [rest, error] = std::from_chars(text.begin(), text.end(), number);
  const bool in_range = std::isfinite(number) && (number != 0 || !text.nonzero());
  if (error != std::errc() || rest != text.end() || !in_range) return refused<double>();
  return value(number);
}

bool append_hex(Cell cell, std::string* bytes) {
  cell = without_trailing_blanks(cell);
  if (cell.size() % 2 != 0) return false;
  const std::size_t before = bytes->size();
  for (std::size_t i = 0; i < cell.size(); i += 2) {
    const unsigned high = hex_digit(cell[i]), low = hex_digit(cell[i + 1]);
    if (high > 15 || low > 15) {
      bytes->resize(before);
      return false;
    }
    bytes->push_back(static_cast<char>(high << 4 | low));
  }
  return true;
}

}  // namespace erp::rfc
