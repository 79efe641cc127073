// Texts of the stand-in: UTF-16 inside and on the wire, UTF-8 towards the operating system.

#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace standin {

// The text up to its end mark; "" for a null pointer.
std::u16string_view view_of(const char16_t* text);

// Throws Failure (RFC_CODEPAGE_CONVERSION_FAILURE) for what is no UTF-8 or UTF-16.
std::u16string from_utf8(std::string_view utf8);
std::string to_utf8(std::u16string_view units);

std::u16string upper(std::u16string_view text);  // A to Z
std::u16string_view trimmed(std::u16string_view text);
std::u16string_view trimmed_end(std::u16string_view text);

// Every unit of ASCII as one byte, any other as '?': for messages and for reading numbers.
std::string to_ascii(std::u16string_view text);

// Copies as much as fits and an end mark.
template <std::size_t capacity>
void copy_text(char16_t (&destination)[capacity], std::u16string_view text) {
  const std::size_t length = std::min(text.size(), capacity - 1);
  std::copy_n(text.data(), length, destination);
  std::fill(destination + length, destination + capacity, u'\0');
}

}  // namespace standin
