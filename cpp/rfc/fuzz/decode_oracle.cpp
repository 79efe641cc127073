#include "decode_oracle.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <locale>
#include <utility>

namespace oracle {
namespace {

constexpr const char* kDigits = "0123456789";

const Reading kNull{};
const Reading kRefused{.refused = true};

Reading value(std::string text) { return {.value = std::move(text)}; }

bool only(const std::string& text, const char* allowed) {
  return text.find_first_not_of(allowed) == text.npos;
}

std::string right_trimmed(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::string trimmed(const std::string& text) {
  const std::size_t start = text.find_first_not_of(' ');
  return start == text.npos ? "" : right_trimmed(text.substr(start));
}

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_of(int year, int month) {
  if (month == 2) return is_leap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// The sign at the front, or else at the back; and the text without it.
std::pair<std::string, std::string> split_sign(const std::string& text) {
  if (only(text.substr(0, 1), "+-")) return {text.substr(0, 1), text.substr(1)};
  if (only(text.substr(text.size() - 1), "+-")) {
    return {text.substr(text.size() - 1), text.substr(0, text.size() - 1)};
  }
  return {"", text};
}

bool is_number(const std::string& text) {
  return only(text, "0123456789.") && std::ranges::count(text, '.') <= 1 &&
         text.find_first_of(kDigits) != text.npos;
}

bool is_exponent(const std::string& text) {
  const bool is_signed = !text.empty() && only(text.substr(0, 1), "+-");
  const std::string digits = text.substr(is_signed ? 1 : 0);
  return !digits.empty() && only(digits, kDigits);
}

// UTF-8 by the standard library's own converter; nothing if a surrogate has no partner.
std::optional<std::string> converted(const std::u16string& text) {
  using Utf16 = std::codecvt<char16_t, char8_t, std::mbstate_t>;
  std::u8string utf8(text.size() * 3 + 1, u8'?');
  std::mbstate_t state{};
  const char16_t* const end = text.data() + text.size();
  const char16_t* read = nullptr;
  char8_t* written = nullptr;
  const auto result =
      std::use_facet<Utf16>(std::locale::classic())
          .out(state, text.data(), end, read, utf8.data(), utf8.data() + utf8.size(), written);
  if (result != Utf16::ok || read != end) return std::nullopt;
  return std::string(utf8.data(), written);
}

}  // namespace

Reading read_date(const std::string& cell) {
  const std::string text = right_trimmed(cell);
  if (text.empty() || text == "00000000") return kNull;
  if (text.size() != 8 || !only(text, kDigits)) return kRefused;
  const int year = std::stoi(text.substr(0, 4)), month = std::stoi(text.substr(4, 2)),
            day = std::stoi(text.substr(6, 2));
  if (year == 0 || month < 1 || month > 12 || day < 1 || day > days_of(year, month)) {
    return kRefused;
  }
  return value(text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2));
}

Reading read_time(const std::string& cell) {
  const std::string text = right_trimmed(cell);
  if (text.empty()) return kNull;
  if (text.size() != 6 || !only(text, kDigits)) return kRefused;
  const bool exists =
      text.substr(0, 2) < "24" && text.substr(2, 2) < "60" && text.substr(4, 2) < "60";
  return exists ? value(text) : kRefused;
}

Reading read_decimal(const std::string& cell, int precision, int scale) {
  const std::string text = trimmed(cell);
  if (text.empty()) return kNull;
  const auto [sign, number] = split_sign(text);
  if (!is_number(number)) return kRefused;
  const std::size_t point = std::min(number.find('.'), number.size());
  std::string decimals = number.substr(std::min(point + 1, number.size()));
  decimals.erase(decimals.find_last_not_of('0') + 1);
  if (decimals.size() > static_cast<std::size_t>(scale)) return kRefused;
  decimals.resize(static_cast<std::size_t>(scale), '0');
  std::string digits = number.substr(0, point) + decimals;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.size() > static_cast<std::size_t>(precision)) return kRefused;
  if (digits.empty()) return value("0");
  return value((sign == "-" ? "-" : "") + digits);
}

Reading read_int(const std::string& cell) {
  const Reading whole = read_decimal(cell, 19, 0);
  if (!whole.value) return whole;
  errno = 0;
  std::strtoll(whole.value->c_str(), nullptr, 10);
  return errno == ERANGE ? kRefused : whole;
}

Reading read_float(const std::string& cell) {
  const std::string text = trimmed(cell);
  if (text.empty()) return kNull;
  const auto [sign, number] = split_sign(text);
  const std::size_t letter = std::min(number.find_first_of("eE"), number.size());
  const std::string mantissa = number.substr(0, letter);
  const bool has_exponent = letter < number.size();
  if (!is_number(mantissa) || number.size() > 64) return kRefused;
  if (has_exponent && !is_exponent(number.substr(letter + 1))) return kRefused;
  const double parsed = std::strtod((sign + number).c_str(), nullptr);
  if (std::isinf(parsed) || (parsed == 0 && !only(mantissa, "0."))) return kRefused;
  char exact[32];
  std::snprintf(exact, sizeof exact, "%a", parsed);
  return value(exact);
}

Reading read_hex(const std::string& cell) {
  std::string text = right_trimmed(cell);
  if (text.size() % 2 != 0 || !only(text, "0123456789abcdefABCDEF")) return kRefused;
  for (char& c : text) c = static_cast<char>(std::tolower(c));
  return value(text);
}

Reading read_text(std::u16string_view cell, bool keep_blanks) {
  std::u16string text(cell);
  if (!keep_blanks) text.erase(text.find_last_not_of(u' ') + 1);
  const auto utf8 = converted(text);
  return utf8 ? value(*utf8) : kRefused;
}

std::string shown(std::u16string_view text) {
  std::string utf8;
  while (!text.empty()) {
    const auto pair = converted(std::u16string(text.substr(0, 2)));
    const auto one = converted(std::u16string(text.substr(0, 1)));
    utf8 += one ? *one : pair ? *pair : "\uFFFD";
    text.remove_prefix(one || !pair ? 1 : 2);
  }
  return utf8;
}

}  // namespace oracle
