#include "fifo_oracle.hpp"

#include <algorithm>
#include <deque>
#include <map>

namespace oracle {
namespace {

struct Unit {
  std::size_t row;
  std::int64_t unit_cost;
};

// The history of one item, one queue entry per unit.
class Shelf {
 public:
  Shelf(const std::vector<Movement>& movements, std::vector<MovementResult>& effects)
      : movements_(movements), effects_(effects) {}

  // False if the movement is a receipt without a cost.
  bool post(std::size_t row) {
    const Movement& movement = movements_[row];
    if (movement.quantity > 0 && !remember_cost(movement)) return false;
    const std::size_t owed_before = owed_.size();
    for (std::int64_t i = 0; i < movement.quantity; ++i) receive(row);
    for (std::int64_t i = 0; i > movement.quantity; --i) issue(row);
    if (owed_.size() > owed_before) ++result_.short_movement_count;
    return true;
  }

  ItemResult finish(std::int64_t first_row) {
    result_.first_row = first_row;
    result_.on_hand =
        static_cast<std::int64_t>(units_.size()) - static_cast<std::int64_t>(owed_.size());
    result_.short_quantity = static_cast<std::int64_t>(owed_.size());
    if (!units_.empty()) result_.oldest_layer_at = movements_[units_.front().row].moved_at;
    std::size_t last_row = movements_.size();
    for (const Unit& unit : units_) {
      result_.stock_amount += unit.unit_cost;
      if (unit.row != last_row) ++result_.layer_count;
      last_row = unit.row;
    }
    for (const std::size_t row : owed_) ++effects_[row].short_quantity;
    return result_;
  }

 private:
  bool remember_cost(const Movement& movement) {
    const auto known = last_issued_ ? last_issued_ : last_received_;
    const auto cost = movement.unit_cost ? movement.unit_cost : known;
    last_received_ = cost;
    return cost.has_value();
  }

  void receive(std::size_t row) {
    effects_[row].moved_amount += *last_received_;
    if (owed_.empty()) {
      units_.push_back({row, *last_received_});
      return;
    }
    charge(owed_.front(), *last_received_);
    owed_.pop_front();
  }

  void issue(std::size_t row) {
    if (units_.empty()) {
      owed_.push_back(row);
      return;
    }
    charge(row, units_.front().unit_cost);
    units_.pop_front();
  }

  void charge(std::size_t row, std::int64_t unit_cost) {
    effects_[row].moved_amount -= unit_cost;
    result_.issued_amount += unit_cost;
    last_issued_ = unit_cost;
  }

  const std::vector<Movement>& movements_;
  std::vector<MovementResult>& effects_;
  std::deque<Unit> units_;
  std::deque<std::size_t> owed_;
  std::optional<std::int64_t> last_issued_;
  std::optional<std::int64_t> last_received_;
  ItemResult result_;
};

}  // namespace

std::optional<Result> value(const std::vector<Movement>& movements) {
  Result result;
  result.movements.resize(movements.size());
  std::map<std::int64_t, std::vector<std::size_t>> rows_of_item;
  std::vector<std::int64_t> items;
  for (std::size_t row = 0; row < movements.size(); ++row) {
    auto& rows = rows_of_item[movements[row].item];
    if (rows.empty()) items.push_back(movements[row].item);
    rows.push_back(row);
  }
  for (const std::int64_t item : items) {
    auto rows = rows_of_item[item];
    const auto first_row = static_cast<std::int64_t>(rows.front());
    std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
      return std::pair(movements[a].moved_at, movements[a].sequence) <
             std::pair(movements[b].moved_at, movements[b].sequence);
    });
    Shelf shelf(movements, result.movements);
    for (const std::size_t row : rows) {
      if (!shelf.post(row)) return std::nullopt;
    }
    result.items.push_back(shelf.finish(first_row));
  }
  return result;
}

}  // namespace oracle
