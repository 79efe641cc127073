#include "movement_order.hpp"

#include <algorithm>
#include <cstddef>

namespace erp {
namespace {

// Items are numbered by their first row, so grouped rows have ascending numbers.
bool in_order(const Movements& movements, const std::vector<std::uint32_t>& item_of_row) {
  const Int64Column moved_at = movements.moved_at;
  const Int64Column sequence = movements.sequence_id;
  for (std::size_t i = 1; i < item_of_row.size(); ++i) {
    if (item_of_row[i] > item_of_row[i - 1]) continue;
    if (item_of_row[i] < item_of_row[i - 1]) return false;
    const auto row = static_cast<std::int64_t>(i);
    if (moved_at[row] > moved_at[row - 1]) continue;
    if (moved_at[row] < moved_at[row - 1] || sequence[row] < sequence[row - 1]) return false;
  }
  return true;
}

// Where each item begins, once the movements are grouped by item.
std::vector<std::int64_t> count_starts(const ItemIndex& items) {
  std::vector<std::int64_t> starts(items.first_row.size() + 1);
  for (const std::uint32_t item : items.item_of_row) ++starts[item + 1];
  for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
  return starts;
}

}  // namespace

OrderedMovements::OrderedMovements(const Movements& movements, const ItemIndex& items)
    : movements_(movements) {
  if (in_order(movements, items.item_of_row)) {
    starts_ = items.first_row;
    starts_.push_back(movements.rows);
  } else {
    starts_ = count_starts(items);
    sort(items);
  }
}

// Moves whole movements, because to fetch their numbers by row later costs more: each would
// be on another page.
void OrderedMovements::sort(const ItemIndex& items) {
  const auto rows = static_cast<std::uint32_t>(movements_.rows);
  sorted_ = std::make_unique_for_overwrite<Movement[]>(rows);
  std::vector<std::int64_t> next = starts_;
  for (std::uint32_t row = 0; row < rows; ++row) {
    const std::int64_t position = next[items.item_of_row[row]]++;
    sorted_[static_cast<std::size_t>(position)] = movements_[row];
  }
  for (std::size_t item = 0; item + 1 < starts_.size(); ++item) {
    Movement* const first = sorted_.get() + starts_[item];
    Movement* const last = sorted_.get() + starts_[item + 1];
    if (!std::is_sorted(first, last)) std::sort(first, last);
  }
}

}  // namespace erp
