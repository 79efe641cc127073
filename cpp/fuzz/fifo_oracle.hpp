// A naive FIFO valuation to judge the kernel by: sorted copies, plain queues, no cleverness.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace oracle {

struct Movement {
  std::int64_t item;
  std::int64_t moved_at;
  std::int64_t sequence;
  std::int64_t quantity;
  std::optional<std::int64_t> unit_cost;
};

struct ItemResult {
  std::int64_t first_row = 0;
  std::int64_t on_hand = 0;
  std::int64_t stock_amount = 0;
  std::int64_t layer_count = 0;
  std::int64_t oldest_layer_at = 0;
  std::int64_t short_quantity = 0;
  std::int64_t issued_amount = 0;
  std::int64_t short_movement_count = 0;

  bool operator==(const ItemResult&) const = default;
};

struct MovementResult {
  std::int64_t moved_amount = 0;
  std::int64_t short_quantity = 0;

  bool operator==(const MovementResult&) const = default;
};

struct Result {
  std::vector<ItemResult> items;  // in the order of their first rows
  std::vector<MovementResult> movements;

  bool operator==(const Result&) const = default;
};

// Values the movements unit by unit; nothing if a receipt has no cost. Numbers must be
// small: a unit is an entry of a queue, and 64 bits hold every amount.
std::optional<Result> value(const std::vector<Movement>& movements);

}  // namespace oracle
