#include "text.hpp"

#include <cstdint>

#include "failure.hpp"

namespace standin {
namespace {

constexpr std::uint32_t kFirstBeyondBasicPlane = 0x10000;
constexpr std::uint32_t kLastCodePoint = 0x10FFFF;
constexpr std::uint32_t kFirstHighSurrogate = 0xD800;
constexpr std::uint32_t kFirstLowSurrogate = 0xDC00;
constexpr std::uint32_t kFirstAfterSurrogates = 0xE000;

[[noreturn]] void refuse(std::string_view encoding) {
  throw Failure(RFC_CODEPAGE_CONVERSION_FAILURE, "the text is no valid " + std::string(encoding));
}

bool is_surrogate(std::uint32_t code) {
  return code >= kFirstHighSurrogate && code < kFirstAfterSurrogates;
}

// Number of bytes that follow the first one; the first byte's own bits remain in `code`.
std::size_t following_bytes(std::uint32_t& code) {
  if (code < 0x80) return 0;
  if (code >> 5 == 0b110) return code &= 0x1F, 1;
  if (code >> 4 == 0b1110) return code &= 0x0F, 2;
  if (code >> 3 == 0b11110) return code &= 0x07, 3;
  refuse("UTF-8");
}

std::uint32_t next_code_point(std::string_view utf8, std::size_t& position) {
  constexpr std::uint32_t smallest[] = {0, 0x80, 0x800, kFirstBeyondBasicPlane};
  std::uint32_t code = static_cast<unsigned char>(utf8[position++]);
  const std::size_t following = following_bytes(code);
  if (utf8.size() - position < following) refuse("UTF-8");
  for (std::size_t i = 0; i < following; ++i) {
    const auto byte = static_cast<unsigned char>(utf8[position++]);
    if (byte >> 6 != 0b10) refuse("UTF-8");
    code = code << 6 | (byte & 0x3F);
  }
  if (code < smallest[following] || code > kLastCodePoint || is_surrogate(code)) refuse("UTF-8");
  return code;
}

std::uint32_t next_code_point(std::u16string_view units, std::size_t& position) {
  const std::uint32_t unit = units[position++];
  if (!is_surrogate(unit)) return unit;
  if (unit >= kFirstLowSurrogate || position == units.size()) refuse("UTF-16");
  const std::uint32_t low = units[position++];
  if (low < kFirstLowSurrogate || low >= kFirstAfterSurrogates) refuse("UTF-16");
  return kFirstBeyondBasicPlane + ((unit - kFirstHighSurrogate) << 10) + (low - kFirstLowSurrogate);
}

void append(std::u16string& units, std::uint32_t code) {
  if (code < kFirstBeyondBasicPlane) {
    units += static_cast<char16_t>(code);
    return;
  }
  code -= kFirstBeyondBasicPlane;
  units += static_cast<char16_t>(kFirstHighSurrogate + (code >> 10));
  units += static_cast<char16_t>(kFirstLowSurrogate + (code & 0x3FF));
}

void append(std::string& utf8, std::uint32_t code) {
  const auto put = [&utf8](std::uint32_t byte) { utf8 += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | code >> 6);
  } else {
    if (code < kFirstBeyondBasicPlane) {
      put(0xE0 | code >> 12);
    } else {
      put(0xF0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3F));
    }
    put(0x80 | (code >> 6 & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

template <class Target, class Source>
Target converted(Source source) {
  Target target;
  target.reserve(source.size());
  for (std::size_t position = 0; position < source.size();) {
    append(target, next_code_point(source, position));
  }
  return target;
}

}  // namespace

std::u16string_view view_of(const char16_t* text) {
  return text == nullptr ? std::u16string_view() : std::u16string_view(text);
}

std::u16string from_utf8(std::string_view utf8) { return converted<std::u16string>(utf8); }

std::string to_utf8(std::u16string_view units) { return converted<std::string>(units); }

std::u16string upper(std::u16string_view text) {
  std::u16string result(text);
  for (char16_t& unit : result) {
    if (unit >= u'a' && unit <= u'z') unit = static_cast<char16_t>(unit - u'a' + u'A');
  }
  return result;
}

std::u16string_view trimmed(std::u16string_view text) {
  while (!text.empty() && text.front() == u' ') text.remove_prefix(1);
  return trimmed_end(text);
}

std::u16string_view trimmed_end(std::u16string_view text) {
  while (!text.empty() && text.back() == u' ') text.remove_suffix(1);
  return text;
}

std::string to_ascii(std::u16string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char16_t unit : text) result += unit < 0x80 ? static_cast<char>(unit) : '?';
  return result;
}

}  // namespace standin
