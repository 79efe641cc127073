// Brings movements into the order in which they happened, item by item.

#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "item_index.hpp"
#include "movements.hpp"

namespace erp {

// Movements item by item, and by (moved_at, sequence) within an item; equal ones keep
// their order. Refers to the columns and the index, which must outlive it.
class OrderedMovements {
 public:
  OrderedMovements(const Movements& movements, const ItemIndex& items);

  // The positions of an item's movements are those from begin(item) to begin(item + 1).
  std::int64_t begin(std::size_t item) const { return starts_[item]; }

  Movement operator[](std::int64_t position) const {
    return sorted_ ? sorted_[static_cast<std::size_t>(position)]
                   : movements_[static_cast<std::uint32_t>(position)];
  }

 private:
  void sort(const ItemIndex& items);

  const Movements& movements_;
  std::vector<std::int64_t> starts_;    // one per item, and one that ends the last
  std::unique_ptr<Movement[]> sorted_;  // empty if the rows come in this order
};

}  // namespace erp
