// Bytes of a generated case as lines of text.

#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace erp::fuzz {

// A block of its own and of its exact size, so that the sanitizer sees a read past the end.
using Line = std::vector<char16_t>;

inline std::u16string_view view_of(const Line& line) { return {line.data(), line.size()}; }

// What bytes stand for: mostly what makes numbers, or days and times, so that many cells of random
// bytes are values; or themselves, as far as they are ASCII, which makes any text.
enum Alphabet : std::uint8_t { kNumbers, kMoreNumbers, kClock, kAscii };

// A new line begins at each line feed.
std::vector<Line> lines_of(std::span<const std::uint8_t> bytes, Alphabet alphabet);

}  // namespace erp::fuzz
