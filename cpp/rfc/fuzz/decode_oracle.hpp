// What cells say, told a second time and as naively as possible: by comparing text.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace oracle {

// A value as text in one normal form, e.g. "-12.50" or "2024-02-29".
struct Reading {
  bool refused = false;
  std::optional<std::string> value{};  // none: null, or refused

  bool operator==(const Reading&) const = default;
};

// Characters beyond ASCII are '?' in `cell`: no kind but text takes them.
Reading read_date(const std::string& cell);
Reading read_time(const std::string& cell);
Reading read_decimal(const std::string& cell, int precision, int scale);
Reading read_int(const std::string& cell);
Reading read_float(const std::string& cell);
Reading read_hex(const std::string& cell);  // in lower case

// Refused where a surrogate has no partner.
Reading read_text(std::u16string_view cell, bool keep_blanks);

// A text as messages show it: a surrogate without a partner becomes U+FFFD.
std::string shown(std::u16string_view text);

}  // namespace oracle
