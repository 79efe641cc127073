// Values of parameters and fields between Python and the SDK, without either.

#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace erp::rfc {

struct NamedValue;
struct Value;

using Text = std::u16string;  // also dates and times
struct Number {               // of any size and with decimals: its text
  std::u16string text;
};
using Bytes = std::vector<unsigned char>;
using Record = std::vector<NamedValue>;  // a structure
using Rows = std::vector<Value>;         // a table: records, or plain values

struct Value {
  std::variant<std::monostate, Text, std::int64_t, double, Number, Bytes, Record, Rows> held;
};

struct NamedValue {
  std::u16string name;
  Value value;
};

}  // namespace erp::rfc
