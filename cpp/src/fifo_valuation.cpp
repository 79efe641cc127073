#include "fifo_valuation.hpp"

#include <algorithm>
#include <string>

#include "arrow_reader.hpp"
#include "error.hpp"
#include "item_history.hpp"
#include "item_index.hpp"
#include "movement_order.hpp"
#include "movements.hpp"

namespace erp {
namespace {

int128 rounded(int128 amount, const Movements& movements, FifoOptions options) {
  int128 result = 0;
  if (!rescale(amount, movements.amount_decimals(), options.amount_decimals, &result)) {
    throw KernelError("the amount has more than 38 digits: ask for fewer amount_decimals");
  }
  return result;
}

class ItemTable {
 public:
  ItemTable(const Movements& movements, const ItemIndex& index, FifoOptions options)
      : movements_(movements),
        index_(index),
        options_(options),
        writer_(static_cast<std::int64_t>(index.first_row.size())) {}

  void set(std::size_t item, const ItemHistory& history) {
    const auto layers = history.layers();
    const int128 on_hand = int128{history.received()} - history.issued();
    first_row_[item] = index_.first_row[item];
    on_hand_[item] = on_hand;
    stock_[item] = rounded(history.stock_amount(), movements_, options_);
    layer_count_[item] = std::ssize(layers);
    if (!layers.empty()) oldest_at_[item] = movements_.moved_at[layers.front().row];
    short_[item] = std::max(-on_hand, int128{0});
    issued_[item] = rounded(history.issued_amount(), movements_, options_);
    short_count_[item] = history.short_movement_count();
  }

  Table finish() && { return std::move(writer_).finish(); }

 private:
  const Movements& movements_;
  const ItemIndex& index_;
  FifoOptions options_;
  BatchWriter writer_;
  std::int64_t* first_row_ = writer_.add_int64("first_row");
  int128* on_hand_ = writer_.add_decimal("on_hand_qty", movements_.quantity.decimals());
  int128* stock_ = writer_.add_decimal("stock_amount", options_.amount_decimals);
  std::int64_t* layer_count_ = writer_.add_int64("layer_count");
  std::int64_t* oldest_at_ = writer_.add_int64("oldest_layer_at");
  int128* short_ = writer_.add_decimal("short_qty", movements_.quantity.decimals());
  int128* issued_ = writer_.add_decimal("issued_amount", options_.amount_decimals);
  std::int64_t* short_count_ = writer_.add_int64("short_movement_count");
};

// The optional second table; its amounts are exact until `finish` rounds them.
class MovementTable {
 public:
  MovementTable(const Movements& movements, FifoOptions options)
      : movements_(movements), options_(options), writer_(movements.rows) {
    if (!options.per_movement) return;
    amounts_ = writer_.add_decimal("moved_amount", options.amount_decimals);
    shortages_ = writer_.add_decimal("short_qty", movements.quantity.decimals());
  }

  int128* amounts() { return amounts_; }

  void set_shortages(const ItemHistory& history) {
    if (!options_.per_movement) return;
    std::int64_t begin = history.received();
    for (const Issue& issue : history.shortages()) {
      shortages_[issue.row] = issue.end - begin;
      begin = issue.end;
    }
  }

  std::optional<Table> finish() && {
    if (!options_.per_movement) return std::nullopt;
    for (std::int64_t row = 0; row < movements_.rows; ++row) {
      amounts_[row] = rounded(amounts_[row], movements_, options_);
    }
    return std::move(writer_).finish();
  }

 private:
  const Movements& movements_;
  FifoOptions options_;
  BatchWriter writer_;
  int128* amounts_ = nullptr;
  int128* shortages_ = nullptr;
};

// Fills in what is not plain: a receipt without a cost. Throws KernelError for numbers
// beyond 64 bits.
void resolve(Movement& movement, const Movements& movements, const ItemHistory& history) {
  movement.quantity = movements.quantity[movement.row];
  const bool missing = movements.unit_cost.is_null(movement.row);
  movement.unit_cost = missing ? history.known_cost() : movements.unit_cost[movement.row];
}

void read_item(ItemHistory& history, const Movements& movements, const OrderedMovements& ordered,
               std::size_t item, std::uint32_t* row) {
  const std::int64_t begin = ordered.begin(item), end = ordered.begin(item + 1);
  history.start(static_cast<std::size_t>(end - begin));
  for (std::int64_t position = begin; position < end; ++position) {
    Movement movement = ordered[position];
    *row = movement.row;
    if (!movement.is_plain) resolve(movement, movements, history);
    history.add(movement.row, movement.quantity, movement.unit_cost);
  }
  history.match();
}

// What goes wrong is reported with the item and the row that was read last.
[[noreturn]] void refuse(const Movements& movements, std::uint32_t row, const KernelError& error) {
  throw KernelError("item " + item_label(movements.item_id, row) + ", row " + std::to_string(row) +
                    ": " + error.what());
}

}  // namespace

FifoTables fifo_valuation(const ArrowSchema& schema, const ArrowArray& array, FifoOptions options) {
  const Movements movements{RecordBatch(schema, array)};
  const ItemIndex index = index_items(movements.item_id, movements.rows);
  const OrderedMovements ordered(movements, index);
  ItemTable items(movements, index, options);
  MovementTable rows(movements, options);
  ItemHistory history(rows.amounts());
  std::uint32_t row = 0;
  try {
    for (std::size_t item = 0; item < index.first_row.size(); ++item) {
      read_item(history, movements, ordered, item, &row);
      items.set(item, history);
      rows.set_shortages(history);
    }
  } catch (const KernelError& error) {
    refuse(movements, row, error);
  }
  return {.items = std::move(items).finish(), .movements = std::move(rows).finish()};
}

}  // namespace erp
