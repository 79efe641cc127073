#include "item_history.hpp"

#include <algorithm>
#include <string>

#include "error.hpp"

namespace erp {

void ItemHistory::start(std::size_t movements) {
  // One more than can be filled: add() writes to both ends before it knows which one counts.
  if (receipts_.size() <= movements) {
    receipts_.resize(movements + 1);
    issues_.resize(movements + 1);
  }
  first_layer_ = last_receipt_ = receipts_.data();
  first_shortage_ = last_issue_ = issues_.data();
  received_ = issued_ = short_movement_count_ = 0;
  received_amount_ = issued_amount_ = 0;
}

// Receipts and issues follow each other unpredictably, so this does the work of both and
// keeps one: a branch would cost more than all of it.
void ItemHistory::add(std::uint32_t row, std::int64_t quantity, std::int64_t unit_cost) {
  const std::int64_t received = std::max(quantity, std::int64_t{0});
  const std::int64_t issued = received - quantity;
  bool overflow = __builtin_add_overflow(received_, received, &received_);
  overflow |= __builtin_add_overflow(issued_, issued, &issued_);
  if (overflow) throw KernelError("the item's quantity in all is beyond 64 bits");
  if (!add_product(&received_amount_, received, unit_cost)) {
    throw KernelError("the item's received amount is beyond 128 bits");
  }
  if (moved_amounts_ != nullptr) add_product(&moved_amounts_[row], received, unit_cost);
  *last_receipt_ = {received_, unit_cost, row};
  *last_issue_ = {issued_, row};
  last_receipt_ += quantity > 0;
  last_issue_ += quantity < 0;
  short_movement_count_ += (quantity < 0) & (issued_ > received_);
}

std::int64_t ItemHistory::known_cost() const {
  if (received_ == 0) {
    throw KernelError("a receipt needs a unit_cost_amount, as the item has no earlier cost");
  }
  const std::int64_t matched = std::min(received_, issued_);
  if (matched == 0) return last_receipt_[-1].unit_cost;
  return std::ranges::lower_bound(receipts_.data(), last_receipt_, matched, {}, &Receipt::end)
      ->unit_cost;
}

void ItemHistory::match() {
  std::int64_t begin = 0;
  while (first_layer_ != last_receipt_ && first_shortage_ != last_issue_) {
    const std::int64_t end = std::min(first_layer_->end, first_shortage_->end);
    charge(*first_layer_, *first_shortage_, end - begin);
    begin = end;
    const bool issue_done = first_shortage_->end == end;
    first_layer_ += first_layer_->end == end;
    first_shortage_ += issue_done;
  }
}

void ItemHistory::charge(const Receipt& receipt, const Issue& issue, std::int64_t quantity) {
  if (!add_product(&issued_amount_, quantity, receipt.unit_cost)) {
    throw KernelError("the item's issued amount is beyond 128 bits");
  }
  // Cannot overflow: a row's quantities add up to less than 2^63.
  if (moved_amounts_ != nullptr) {
    add_product(&moved_amounts_[issue.row], -quantity, receipt.unit_cost);
  }
}

int128 ItemHistory::stock_amount() const {
  int128 amount = 0;
  if (__builtin_sub_overflow(received_amount_, issued_amount_, &amount)) {
    throw KernelError("the item's stock amount is beyond 128 bits");
  }
  return amount;
}

}  // namespace erp
