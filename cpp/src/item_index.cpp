#include "item_index.hpp"

#include <cstddef>
#include <functional>

namespace erp {
namespace {

constexpr std::uint32_t kFree = UINT32_MAX;
constexpr std::size_t kSmallestTable = 16;

std::uint64_t hash_of(std::int64_t key) {
  auto bits = static_cast<std::uint64_t>(key) * 0x9E3779B97F4A7C15U;  // 2^64 / golden ratio
  return bits ^ (bits >> 32);
}

std::uint64_t hash_of(std::string_view key) { return std::hash<std::string_view>{}(key); }

// Open addressing with linear probing; the slots hold item numbers.
template <typename Key>
class KeyTable {
 public:
  // The number of the key, or the next free one if the key is new.
  std::uint32_t number_of(Key key) {
    std::size_t slot = find(key);
    if (slots_[slot] != kFree) return slots_[slot];
    if (2 * (keys_.size() + 1) > slots_.size()) {
      grow();
      slot = find(key);
    }
    slots_[slot] = static_cast<std::uint32_t>(keys_.size());
    keys_.push_back(key);
    return slots_[slot];
  }

 private:
  std::size_t find(Key key) const {
    const std::size_t mask = slots_.size() - 1;  // the size is a power of two
    std::size_t slot = hash_of(key) & mask;
    while (slots_[slot] != kFree && keys_[slots_[slot]] != key) slot = (slot + 1) & mask;
    return slot;
  }

  void grow() {
    slots_.assign(2 * slots_.size(), kFree);
    for (std::uint32_t i = 0; i < keys_.size(); ++i) slots_[find(keys_[i])] = i;
  }

  std::vector<Key> keys_;
  std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(kSmallestTable, kFree);
};

template <typename Key, typename TypedColumn>
ItemIndex number_rows(const TypedColumn& keys, std::int64_t rows) {
  KeyTable<Key> table;
  ItemIndex index;
  index.item_of_row.resize(static_cast<std::size_t>(rows));
  std::uint32_t item = kFree;
  for (std::int64_t row = 0; row < rows; ++row) {
    const Key key = keys[row];
    // Movements mostly arrive item by item: only a change of item is looked up.
    if (row == 0 || key != keys[row - 1]) {
      item = table.number_of(key);
      if (item == index.first_row.size()) index.first_row.push_back(row);
    }
    index.item_of_row[static_cast<std::size_t>(row)] = item;
  }
  return index;
}

}  // namespace

ItemIndex index_items(const Column& column, std::int64_t rows) {
  if (rows >= kFree) throw KernelError("more than 2^32 - 2 rows: value fewer items at a time");
  if (column.format == "vu") return number_rows<std::string_view>(StringViewColumn(column), rows);
  return number_rows<std::int64_t>(Int64Column(column), rows);
}

std::string item_label(const Column& column, std::int64_t row) {
  if (column.format == "vu") return std::string(StringViewColumn(column)[row]);
  return std::to_string(Int64Column(column)[row]);
}

}  // namespace erp
