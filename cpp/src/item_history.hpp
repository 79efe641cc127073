// The stock movements of one item, and the match of its issues with its receipts.
//
// An item's units are numbered by arrival, and again by departure. First in, first out says
// that the n-th unit to leave is the n-th that came. So receipts and issues are two rows of
// intervals, matched where they overlap: receipts beyond the last issue are the layers in
// stock, issues beyond the last receipt are shortages. Quantities and costs are 64-bit
// fixed-point counts, amounts 128-bit.

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fixed_point.hpp"

namespace erp {

struct Receipt {
  std::int64_t end;  // the number of its last unit
  std::int64_t unit_cost;
  std::uint32_t row;
};

struct Issue {
  std::int64_t end;
  std::uint32_t row;
};

class ItemHistory {
 public:
  // `moved_amounts`, if not null, has one amount per row of the movements, set to 0.
  explicit ItemHistory(int128* moved_amounts) : moved_amounts_(moved_amounts) {}

  // Forgets everything and makes room for another item's movements.
  void start(std::size_t movements);

  // Adds the next movement in time: above 0 a receipt, below 0 an issue, whose unit cost
  // does not matter. Throws KernelError if a sum does not fit.
  void add(std::uint32_t row, std::int64_t quantity, std::int64_t unit_cost);

  // The cost of the unit that left last or, before any left, of the last receipt.
  // Throws KernelError if nothing was received yet.
  std::int64_t known_cost() const;

  // Matches issues with receipts. Throws KernelError if the issued amount does not fit.
  void match();

  std::int64_t received() const { return received_; }
  std::int64_t issued() const { return issued_; }
  std::int64_t short_movement_count() const { return short_movement_count_; }

  // After match(): of the units that have both arrived and left; of those in stock.
  int128 issued_amount() const { return issued_amount_; }
  int128 stock_amount() const;

  // After match(): the layers in stock and the unsettled issues, oldest first. The oldest
  // may be partly used up: its first open unit follows number min(received, issued).
  std::span<const Receipt> layers() const { return {first_layer_, last_receipt_}; }
  std::span<const Issue> shortages() const { return {first_shortage_, last_issue_}; }

 private:
  void charge(const Receipt& receipt, const Issue& issue, std::int64_t quantity);

  int128* moved_amounts_;
  std::vector<Receipt> receipts_;
  std::vector<Issue> issues_;
  // Ends of what is filled, and after match() the first that is not matched to its end.
  Receipt* last_receipt_ = nullptr;
  Issue* last_issue_ = nullptr;
  const Receipt* first_layer_ = nullptr;
  const Issue* first_shortage_ = nullptr;
  std::int64_t received_ = 0;
  std::int64_t issued_ = 0;
  std::int64_t short_movement_count_ = 0;
  int128 received_amount_ = 0;
  int128 issued_amount_ = 0;
};

}  // namespace erp
