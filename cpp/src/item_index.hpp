// Numbers the distinct items of a column 0, 1, 2, … in the order of their first row.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arrow_reader.hpp"

namespace erp {

struct ItemIndex {
  std::vector<std::uint32_t> item_of_row;
  std::vector<std::int64_t> first_row;  // one per item
};

// Reads an int64 or utf8-view column without nulls; throws KernelError for other types
// and for more than 2^32 - 2 rows.
ItemIndex index_items(const Column& column, std::int64_t rows);

// The item of a row as a person would write it, for messages.
std::string item_label(const Column& column, std::int64_t row);

}  // namespace erp
