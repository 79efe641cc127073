// First-in first-out valuation of stock movements, exact in fixed-point integers.

#pragma once

#include <optional>

#include "arrow_abi.hpp"
#include "arrow_writer.hpp"

namespace erp {

struct FifoOptions {
  int amount_decimals;  // 0 to 38; amounts are rounded to them once, halves away from zero
  bool per_movement;    // also return what each movement did
};

struct FifoTables {
  Table items;                     // one row per item, in the order of their first rows
  std::optional<Table> movements;  // one row per row of the input, in its order
};

// Values a record batch of movements in any order:
//   item_id           int64 or utf8 view
//   moved_at          int64, any unit
//   sequence_id       int64; decides within one moved_at
//   moved_qty         int64 or decimal128; above 0 a receipt, below 0 an issue
//   unit_cost_amount  int64 or decimal128; ignored for issues; null for a receipt means
//                     the cost of the last unit issued, else of the last receipt
// Only unit_cost_amount may be null. The tables:
//   items      first_row, on_hand_qty, stock_amount, layer_count, oldest_layer_at (0 where
//              there is no layer), short_qty, issued_amount, short_movement_count
//   movements  moved_amount (what the row added to the stock amount), short_qty
// Throws KernelError, naming item and row, for what cannot be valued exactly.
FifoTables fifo_valuation(const ArrowSchema& schema, const ArrowArray& movements,
                          FifoOptions options);

}  // namespace erp
