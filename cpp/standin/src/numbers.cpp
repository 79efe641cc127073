#include "numbers.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>

namespace standin {
namespace {

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

template <class Number>
std::optional<Number> parsed(std::string_view text) {
  text = without_blanks(text);
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// A decimal number taken apart: digits * 10^exponent.
struct Decimal {
  bool is_negative = false;
  std::string digits;
  long exponent = 0;
};

// Takes a sign in front or behind off the text.
bool take_sign(std::string_view& text) {
  if (text.empty()) return false;
  const char first = text.front();
  const char last = text.back();
  if (first == '-' || first == '+') {
    text.remove_prefix(1);
    return first == '-';
  }
  if (last == '-' || last == '+') text.remove_suffix(1);
  return last == '-';
}

// Takes "E+3" off the text and returns 3.
std::optional<long> take_exponent(std::string_view& text) {
  const std::size_t mark = text.find_first_of("eE");
  if (mark == std::string_view::npos) return 0;
  std::string_view exponent = text.substr(mark + 1);
  text = text.substr(0, mark);
  if (!exponent.empty() && exponent.front() == '+') exponent.remove_prefix(1);
  const auto value = parsed<int>(exponent);
  if (!value) return std::nullopt;
  return *value;
}

std::optional<Decimal> parse_decimal(std::string_view text) {
  text = without_blanks(text);
  Decimal decimal;
  const auto exponent = take_exponent(text);
  if (!exponent) return std::nullopt;
  decimal.is_negative = take_sign(text);
  const std::size_t point = std::min(text.find('.'), text.size());
  decimal.digits = text.substr(0, point);
  if (point < text.size()) decimal.digits += text.substr(point + 1);
  decimal.exponent = *exponent - static_cast<long>(decimal.digits.size() - point);
  if (decimal.digits.empty()) return std::nullopt;
  if (!std::all_of(decimal.digits.begin(), decimal.digits.end(), is_digit)) return std::nullopt;
  return decimal;
}

void add_one(std::string& digits) {
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    if (*digit != '9') {
      ++*digit;
      return;
    }
    *digit = '0';
  }
  digits.insert(digits.begin(), '1');
}

// Drops the last `count` digits and rounds half away from zero.
void drop_last(std::string& digits, std::size_t count) {
  if (count > digits.size()) return digits.clear();
  const std::size_t kept = digits.size() - count;
  const bool rounds_up = digits[kept] >= '5';
  digits.resize(kept);
  if (rounds_up) add_one(digits);
}

// The digits in units of the last decimal; empty for zero, nothing if there are more than `most`.
std::optional<std::string> scaled_digits(Decimal decimal, std::size_t decimals, std::size_t most) {
  std::string& digits = decimal.digits;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return digits;
  const long shift = decimal.exponent + static_cast<long>(decimals);
  if (shift > static_cast<long>(most)) return std::nullopt;
  if (shift >= 0) {
    digits.append(static_cast<std::size_t>(shift), '0');
  } else {
    drop_last(digits, static_cast<std::size_t>(-shift));
  }
  if (digits.size() > most) return std::nullopt;
  return digits;
}

}  // namespace

std::string packed_to_text(const std::uint8_t* bytes, std::size_t size, std::size_t decimals) {
  std::string digits = to_hex(bytes, size);
  const char sign = digits.back();
  digits.pop_back();
  decimals = std::min(decimals, digits.size());
  std::string whole = digits.substr(0, digits.size() - decimals);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
  std::string text = sign == 'B' || sign == 'D' ? "-" : "";
  text += whole.empty() ? "0" : whole;
  if (decimals > 0) text += "." + digits.substr(digits.size() - decimals);
  return text;
}

bool text_to_packed(std::string_view text, std::uint8_t* bytes, std::size_t size,
                    std::size_t decimals) {
  const auto decimal = parse_decimal(text);
  if (!decimal) return false;
  const std::size_t capacity = size * 2 - 1;
  const auto digits = scaled_digits(*decimal, decimals, capacity);
  if (!digits) return false;
  const std::string padded = std::string(capacity - digits->size(), '0') + *digits;
  const bool is_negative = decimal->is_negative && !digits->empty();
  for (std::size_t i = 0; i < size; ++i) {
    const int high = padded[2 * i] - '0';
    const int low = i + 1 < size ? padded[2 * i + 1] - '0' : (is_negative ? 0xD : 0xC);
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

std::int64_t read_integer(const std::uint8_t* bytes, std::size_t size) {
  std::int16_t two = 0;
  std::int32_t four = 0;
  std::int64_t eight = 0;
  switch (size) {
    case 1:
      return bytes[0];
    case 2:
      return std::memcpy(&two, bytes, sizeof two), two;
    case 4:
      return std::memcpy(&four, bytes, sizeof four), four;
    default:
      return std::memcpy(&eight, bytes, sizeof eight), eight;
  }
}

bool fits_integer(std::int64_t value, std::size_t size) {
  if (size == 1) return value >= 0 && value <= UINT8_MAX;
  if (size == 2) return value >= INT16_MIN && value <= INT16_MAX;
  if (size == 4) return value >= INT32_MIN && value <= INT32_MAX;
  return true;
}

// The lowest bytes stand first.
void write_integer(std::int64_t value, std::uint8_t* bytes, std::size_t size) {
  std::memcpy(bytes, &value, size);
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  return parsed<std::int64_t>(text);
}

std::optional<double> parse_float(std::string_view text) { return parsed<double>(text); }

std::string float_to_text(double value) {
  char text[32];
  const int length = std::snprintf(text, sizeof text, "%.16E", value);
  return std::string(text, static_cast<std::size_t>(length));
}

std::string to_hex(const std::uint8_t* bytes, std::size_t size) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string text;
  text.reserve(size * 2);
  for (std::size_t i = 0; i < size; ++i) {
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 0xF];
  }
  return text;
}

}  // namespace standin
