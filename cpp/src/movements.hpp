// Stock movements, as columns and row by row.

#pragma once

#include <algorithm>
#include <cstdint>

#include "arrow_reader.hpp"

namespace erp {

struct Movement {
  std::int64_t moved_at;
  std::int64_t sequence;
  std::int64_t quantity;
  std::int64_t unit_cost;
  std::uint32_t row;
  // False where the two numbers are not what the columns say: look there.
  bool is_plain;

  bool operator<(const Movement& other) const {
    if (moved_at != other.moved_at) return moved_at < other.moved_at;
    if (sequence != other.sequence) return sequence < other.sequence;
    return row < other.row;
  }
};

// Wide columns are read faster than the processor fetches them by itself.
constexpr std::int64_t kRowsAhead = 64;

struct Movements {
  // Throws KernelError for columns of other names or types, and for nulls but in unit_cost.
  explicit Movements(const RecordBatch& batch)
      : rows(batch.rows()),
        item_id(batch.required_column(0, "item_id")),
        moved_at(batch.required_column(1, "moved_at")),
        sequence_id(batch.required_column(2, "sequence_id")),
        quantity(batch.required_column(3, "moved_qty")),
        unit_cost(batch.column(4, "unit_cost_amount")) {}

  int amount_decimals() const { return quantity.decimals() + unit_cost.decimals(); }

  // Never throws. Without branches, as receipts and issues follow each other unpredictably.
  Movement operator[](std::uint32_t row) const {
    const std::int64_t soon = std::min(row + kRowsAhead, rows - 1);
    quantity.prefetch(soon);
    unit_cost.prefetch(soon);
    const std::int64_t moved = quantity.low_word(row);
    const bool no_receipt = moved <= 0;
    const bool cost_fits = unit_cost.fits(row);
    const bool has_cost = !unit_cost.is_null(row) & cost_fits;
    return {.moved_at = moved_at[row],
            .sequence = sequence_id[row],
            .quantity = moved,
            .unit_cost = unit_cost.low_word(row),
            .row = row,
            .is_plain = static_cast<bool>(quantity.fits(row) & (no_receipt | has_cost))};
  }

  std::int64_t rows;
  Column item_id;
  Int64Column moved_at;
  Int64Column sequence_id;
  FixedPointColumn quantity;
  FixedPointColumn unit_cost;
};

}  // namespace erp
