#include "generated_text.hpp"

namespace erp::fuzz {
namespace {

constexpr std::u16string_view kOfNumbers =
    u"00000000111222345678999     ..--+*eEaAfFgx|\n\u00e9\u4eac\U0001f600\xd800\xdc00\u0000";
constexpr std::u16string_view kOfClock = u"000001122359\n";
constexpr std::u16string_view kBeyondAscii =
    u"\u00a0\u00e9\u0660\u0800\u4eac\uff10\uffff\U0001f600\xd800\xdc00";

char16_t unit_of(std::uint8_t byte, Alphabet alphabet) {
  if (alphabet == kClock) return kOfClock[byte % kOfClock.size()];
  if (alphabet != kAscii) return kOfNumbers[byte % kOfNumbers.size()];
  return byte < 0x80 ? static_cast<char16_t>(byte) : kBeyondAscii[byte % kBeyondAscii.size()];
}

}  // namespace

std::vector<Line> lines_of(std::span<const std::uint8_t> bytes, Alphabet alphabet) {
  std::vector<Line> lines(1);
  for (const std::uint8_t byte : bytes) {
    const char16_t unit = unit_of(byte, alphabet);
    if (unit == u'\n') {
      lines.emplace_back();
    } else {
      lines.back().push_back(unit);
    }
  }
  for (Line& line : lines) line.shrink_to_fit();
  return lines;
}

}  // namespace erp::fuzz
