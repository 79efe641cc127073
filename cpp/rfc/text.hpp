// UTF-16, as the SDK has it, to UTF-8, as Arrow and Python have it.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace erp::rfc {

// No unit of UTF-16 needs more bytes in UTF-8; a pair of surrogates needs four.
constexpr std::size_t kMostBytesPerUnit = 3;

// Writes text as UTF-8 to `output`, which has room for kMostBytesPerUnit bytes a unit, and returns
// the end of what was written; nullptr if a surrogate has no partner.
char* write_utf8(std::u16string_view text, char* output);

// The text in an array of the SDK's, which ends in a zero unit.
template <std::size_t size>
std::u16string_view text_of(const char16_t (&units)[size]) {
  const std::u16string_view all(units, size);
  return all.substr(0, all.find(u'\0'));
}

// For names and messages: a surrogate without a partner becomes U+FFFD.
std::string to_utf8(std::u16string_view text);

}  // namespace erp::rfc
