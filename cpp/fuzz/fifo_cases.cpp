// One case: some bytes become movements, and the kernel must agree with the oracle.

#include <optional>
#include <span>

#include "case_bytes.hpp"
#include "error.hpp"
#include "fifo_oracle.hpp"
#include "fifo_valuation.hpp"
#include "movement_batch.hpp"
#include "require.hpp"

namespace {

using erp::int128;
using erp::fuzz::require;

constexpr std::size_t kBytesPerMovement = 4;
constexpr std::size_t kMostMovements = 64;  // the oracle counts unit by unit

struct Case {
  erp::fuzz::Layout layout;
  erp::FifoOptions options;
  std::vector<oracle::Movement> movements;

  bool large() const { return layout.quantity_factor > 1 || layout.unit_cost_factor > 1; }
};

Case decode(erp::fuzz::CaseBytes header) {
  const std::uint8_t a = header.next(), b = header.next(), c = header.next();
  Case decoded{
      .layout = {.text_keys = (a & 1) != 0,
                 .quantity_decimals = (a & 2) != 0 ? (a >> 2) & 3 : -1,
                 .cost_decimals = (a & 16) != 0 ? (a >> 5) & 3 : -1,
                 .skipped_rows = b & 3,
                 .quantity_factor = std::int64_t{1} << ((c & 3) == 3 ? 40 + (c >> 6) * 6 : 0),
                 .unit_cost_factor = std::int64_t{1} << ((c & 12) == 12 ? 58 : 0)},
      .options = {.amount_decimals = (b >> 2) & 7, .per_movement = (b & 32) != 0},
      .movements = {}};
  const std::uint8_t last_item = (b & 64) != 0 ? 31 : 3;  // many items or long histories
  std::span<const std::uint8_t> bytes = header.rest();
  while (bytes.size() >= kBytesPerMovement && decoded.movements.size() < kMostMovements) {
    const auto cost = bytes[3] & 31;
    decoded.movements.push_back({.item = bytes[0] & last_item,
                                 .moved_at = bytes[0] >> 5,
                                 .sequence = bytes[1] & 7,
                                 .quantity = (bytes[2] & 15) - 7,
                                 .unit_cost = cost == 31 ? std::nullopt : std::optional(cost)});
    bytes = bytes.subspan(kBytesPerMovement);
  }
  return decoded;
}

template <typename T>
T cell(const erp::Table& table, std::int64_t column, std::size_t row) {
  return static_cast<const T*>(table.array.get()->children[column]->buffers[1])[row];
}

// The rounding as taught at school, on one amount.
int128 rounded(int128 amount, int decimals, int wanted) {
  for (; decimals < wanted; ++decimals) amount *= 10;
  int128 divisor = 1;
  for (; decimals > wanted; --decimals) divisor *= 10;
  const int128 magnitude = amount < 0 ? -amount : amount;
  const int128 up = magnitude % divisor * 2 >= divisor ? 1 : 0;
  const int128 result = magnitude / divisor + up;
  return amount < 0 ? -result : result;
}

class Comparison {
 public:
  explicit Comparison(const Case& tested) : case_(tested) {}

  void items(const erp::Table& table, const std::vector<oracle::ItemResult>& expected) const {
    require(table.array.get()->length == std::ssize(expected), "number of items");
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const oracle::ItemResult& item = expected[i];
      require(cell<std::int64_t>(table, 0, i) == item.first_row, "first_row");
      require(cell<int128>(table, 1, i) == quantity(item.on_hand), "on_hand_qty");
      require(cell<int128>(table, 2, i) == amount(item.stock_amount), "stock_amount");
      require(cell<std::int64_t>(table, 3, i) == item.layer_count, "layer_count");
      require(cell<std::int64_t>(table, 4, i) == item.oldest_layer_at, "oldest_layer_at");
      require(cell<int128>(table, 5, i) == quantity(item.short_quantity), "short_qty");
      require(cell<int128>(table, 6, i) == amount(item.issued_amount), "issued_amount");
      require(cell<std::int64_t>(table, 7, i) == item.short_movement_count, "short_count");
    }
  }

  void movements(const erp::Table& table,
                 const std::vector<oracle::MovementResult>& expected) const {
    require(table.array.get()->length == std::ssize(expected), "number of movements");
    for (std::size_t i = 0; i < expected.size(); ++i) {
      require(cell<int128>(table, 0, i) == amount(expected[i].moved_amount), "moved_amount");
      require(cell<int128>(table, 1, i) == quantity(expected[i].short_quantity), "short_qty");
    }
  }

 private:
  int128 quantity(std::int64_t units) const { return int128{units} * case_.layout.quantity_factor; }

  int128 amount(std::int64_t units) const {
    const int decimals =
        std::max(case_.layout.quantity_decimals, 0) + std::max(case_.layout.cost_decimals, 0);
    return rounded(quantity(units) * case_.layout.unit_cost_factor, decimals,
                   case_.options.amount_decimals);
  }

  const Case& case_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Case tested = decode(erp::fuzz::CaseBytes(data, size));
  const erp::fuzz::MovementBatch batch(tested.movements, tested.layout);
  const auto expected = oracle::value(tested.movements);
  try {
    const auto tables = erp::fifo_valuation(batch.schema(), batch.array(), tested.options);
    require(expected.has_value(), "a receipt without a cost was accepted");
    Comparison(tested).items(tables.items, expected->items);
    if (tables.movements) Comparison(tested).movements(*tables.movements, expected->movements);
    require(tables.movements.has_value() == tested.options.per_movement, "movements");
  } catch (const erp::KernelError& error) {
    require(!expected || tested.large(), error.what());
  }
  return 0;
}
