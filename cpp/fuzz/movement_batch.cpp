#include "movement_batch.hpp"

#include <cstring>

namespace erp::fuzz {
namespace {

enum : std::size_t { kItem, kMovedAt, kSequence, kQuantity, kUnitCost };

constexpr std::array<const char*, 5> kNames{"item_id", "moved_at", "sequence_id", "moved_qty",
                                            "unit_cost_amount"};

std::string number_format(int decimals) {
  return decimals < 0 ? "l" : "d:38," + std::to_string(decimals);
}

}  // namespace

MovementBatch::MovementBatch(const std::vector<oracle::Movement>& movements, const Layout& layout) {
  children_[kItem].format = layout.text_keys ? "vu" : "l";
  children_[kMovedAt].format = children_[kSequence].format = "l";
  children_[kQuantity].format = number_format(layout.quantity_decimals);
  children_[kUnitCost].format = number_format(layout.cost_decimals);
  const oracle::Movement skipped{-1, -1, -1, 1, std::nullopt};
  for (std::int64_t i = 0; i < layout.skipped_rows; ++i) add_row(skipped, layout);
  for (const auto& movement : movements) add_row(movement, layout);
  link(static_cast<std::int64_t>(movements.size()), layout);
}

void MovementBatch::add(std::size_t column, std::int64_t value) {
  children_[column].words.push_back(value);
  if (children_[column].format != "l") children_[column].words.push_back(value < 0 ? -1 : 0);
}

// Odd keys are too long to be stored inside their view.
void MovementBatch::add_text(std::int64_t key) {
  const std::string text = (key % 2 == 0 ? "I-" : "ITEM-NUMBER-") + std::to_string(key);
  TextView view{static_cast<std::int32_t>(text.size()), {}};
  if (text.size() <= view.bytes.size()) {
    std::memcpy(view.bytes.data(), text.data(), text.size());
  } else {
    const std::int32_t place[2] = {0, static_cast<std::int32_t>(children_[kItem].texts.size())};
    std::memcpy(view.bytes.data(), text.data(), 4);
    std::memcpy(view.bytes.data() + 4, place, sizeof place);
    children_[kItem].texts += text;
  }
  children_[kItem].views.push_back(view);
}

void MovementBatch::add_row(const oracle::Movement& movement, const Layout& layout) {
  if (layout.text_keys) {
    add_text(movement.item);
  } else {
    add(kItem, movement.item);
  }
  add(kMovedAt, movement.moved_at);
  add(kSequence, movement.sequence);
  add(kQuantity, movement.quantity * layout.quantity_factor);
  add(kUnitCost, movement.unit_cost.value_or(0) * layout.unit_cost_factor);
  auto& bits = children_[kUnitCost].validity;
  const std::size_t row = children_[kMovedAt].words.size() - 1;
  if (row % 8 == 0) bits.push_back(0);
  if (movement.unit_cost) bits.back() = static_cast<std::uint8_t>(bits.back() | (1U << (row % 8)));
}

// The batch skips rows in both ways that Arrow has: one by the children's own offset,
// the others by that of the batch.
void MovementBatch::link(std::int64_t rows, const Layout& layout) {
  const std::int64_t child_offset = layout.skipped_rows > 0 ? 1 : 0;
  const std::int64_t batch_offset = layout.skipped_rows - child_offset;
  for (std::size_t i = 0; i < kColumns; ++i) {
    Child& child = children_[i];
    const bool text = child.format == "vu";
    const void* values = text ? static_cast<const void*>(child.views.data()) : child.words.data();
    child.buffers = {child.validity.empty() ? nullptr : child.validity.data(), values,
                     child.texts.data(), nullptr};
    child.schema.format = child.format.c_str();
    child.schema.name = kNames[i];
    child.array.length = rows + batch_offset;
    child.array.offset = child_offset;
    child.array.n_buffers = text ? 4 : 2;
    child.array.buffers = child.buffers.data();
    schema_pointers_[i] = &child.schema;
    array_pointers_[i] = &child.array;
  }
  schema_.format = "+s";
  schema_.n_children = array_.n_children = kColumns;
  schema_.children = schema_pointers_.data();
  array_.children = array_pointers_.data();
  array_.length = rows;
  array_.offset = batch_offset;
  array_.n_buffers = 1;
  array_.buffers = buffers_.data();
}

}  // namespace erp::fuzz
