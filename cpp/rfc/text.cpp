#include "text.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

namespace erp::rfc {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool is_high_surrogate(char16_t unit) { return (unit & 0xFC00) == 0xD800; }
bool is_low_surrogate(char16_t unit) { return (unit & 0xFC00) == 0xDC00; }
bool is_surrogate(char16_t unit) { return (unit & 0xF800) == 0xD800; }

// Writes what leads of four units at a time while all are ASCII; returns how many units it took.
std::size_t write_ascii(std::u16string_view text, char* output) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::uint64_t kBeyondAscii = 0xFF80'FF80'FF80'FF80;
  std::size_t taken = 0;
  for (; taken + 4 <= text.size(); taken += 4) {
    std::uint64_t four = 0;
    std::memcpy(&four, text.data() + taken, sizeof four);
    if ((four & kBeyondAscii) != 0) break;
    four = (four | four >> 8) & 0x0000'FFFF'0000'FFFF;
    const auto bytes = static_cast<std::uint32_t>(four | four >> 16);
    std::memcpy(output + taken, &bytes, sizeof bytes);
  }
  return taken;
}

// The code point that begins a text, and how many units it has; 0 without a partner.
struct CodePoint {
  char32_t value;
  std::size_t units;
};

CodePoint first_code_point(std::u16string_view text) {
  const char16_t first = text.front();
  if (!is_surrogate(first)) return {first, 1};
  if (!is_high_surrogate(first) || text.size() < 2 || !is_low_surrogate(text[1])) return {0, 0};
  const char32_t high = first & 0x3FFU, low = text[1] & 0x3FFU;
  return {0x10000 + (high << 10 | low), 2};
}

char* write_code_point(char32_t point, char* output) {
  const auto continuation = [point](int shift) {
    return static_cast<char>(0x80 | ((point >> shift) & 0x3F));
  };
  if (point < 0x80) {
    *output++ = static_cast<char>(point);
  } else if (point < 0x800) {
    *output++ = static_cast<char>(0xC0 | point >> 6);
    *output++ = continuation(0);
  } else if (point < 0x10000) {
    *output++ = static_cast<char>(0xE0 | point >> 12);
    *output++ = continuation(6);
    *output++ = continuation(0);
  } else {
    *output++ = static_cast<char>(0xF0 | point >> 18);
    *output++ = continuation(12);
    *output++ = continuation(6);
    *output++ = continuation(0);
  }
  return output;
}

}  // namespace

char* write_utf8(std::u16string_view text, char* output) {
  while (!text.empty()) {
    const std::size_t ascii = write_ascii(text, output);
    text.remove_prefix(ascii);
    output += ascii;
    if (text.empty()) break;
    const CodePoint point = first_code_point(text);
    if (point.units == 0) return nullptr;
    output = write_code_point(point.value, output);
    text.remove_prefix(point.units);
  }
  return output;
}

std::string to_utf8(std::u16string_view text) {
  std::string utf8;
  char bytes[4];  // the longest code point
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    char* const end = write_code_point(point.units == 0 ? kReplacement : point.value, bytes);
    utf8.append(static_cast<const char*>(bytes), static_cast<const char*>(end));
    text.remove_prefix(point.units == 0 ? 1 : point.units);
  }
  return utf8;
}

}  // namespace erp::rfc
