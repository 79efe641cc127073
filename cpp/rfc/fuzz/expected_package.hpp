// What a package must hold, told by the cells of its rows as text, which the oracle reads.

#pragma once

#include <vector>

#include "package.hpp"

namespace erp::fuzz {

struct ExpectedRow {
  rfc::Cell line;                // as its refusal shows it
  std::vector<rfc::Cell> cells;  // one a column, or none where the whole line is refused
};

// Aborts unless the package, read through the Arrow interfaces, holds these rows. `streamed`
// chooses which of the two.
void expect_package(rfc::Package package, const std::vector<rfc::Cut>& columns,
                    const std::vector<ExpectedRow>& rows, bool streamed);

// Whether the columns have precisions and scales that Arrow has.
bool are_valid(const std::vector<rfc::Cut>& columns);

}  // namespace erp::fuzz
