// What a consumer of the Arrow interfaces finds in the cells of an exported table, as text in the
// oracle's normal form.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "arrow_abi.hpp"

namespace erp::fuzz {

// A cell's value, or nothing for a null. Aborts if the column's layout breaks Arrow's rules.
std::optional<std::string> read_cell(const ArrowSchema& field, const ArrowArray& column,
                                     std::int64_t row);

}  // namespace erp::fuzz
