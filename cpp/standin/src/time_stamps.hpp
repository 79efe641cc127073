// Time stamps between their number in a row and text.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace standin {

// UTCLONG: 100 ns since 0001-01-01, plus 1; 0 is the initial value. As
// "2026-11-23T08:00:00,1234567".
std::string time_stamp_to_text(std::int64_t ticks);
std::optional<std::int64_t> parse_time_stamp(std::string_view text);

}  // namespace standin
