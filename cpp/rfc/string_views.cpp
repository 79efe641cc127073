#include "string_views.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "text.hpp"

namespace erp::rfc {
namespace {

constexpr std::size_t kFirstBlock = std::size_t{16} << 10;
constexpr std::size_t kLargestBlock = std::size_t{2} << 20;
constexpr std::size_t kLargestOffset = std::numeric_limits<std::int32_t>::max();

// Stores a text that is inline as UTF-8, or says no: most are, and need no block.
bool store_inline(std::u16string_view text, StringView* view) {
  if (text.size() > StringView::kInlineBytes) return false;
  char bytes[StringView::kInlineBytes * kMostBytesPerUnit] = {};
  const char* const end = write_utf8(text, bytes);
  if (end == nullptr || end > bytes + StringView::kInlineBytes) return false;
  view->length = static_cast<std::int32_t>(end - bytes);
  std::memcpy(view->bytes, bytes, StringView::kInlineBytes);  // its end is zero, as Arrow wants it
  return true;
}

}  // namespace

bool StringBlocks::store(std::u16string_view text, StringView* view) {
  if (store_inline(text, view)) return true;
  *view = StringView{};
  char* const start = room_for(text.size() * kMostBytesPerUnit);
  const char* const end = write_utf8(text, start);
  if (end == nullptr) return false;
  place(start, static_cast<std::size_t>(end - start), view);
  return true;
}

char* StringBlocks::room_for(std::size_t bytes) {
  if (bytes > kLargestOffset) throw std::length_error("a text is longer than Arrow's 2 GiB");
  if (blocks_.empty() || capacity_ - static_cast<std::size_t>(used_.back()) < bytes) {
    const std::size_t grown = capacity_ == 0 ? kFirstBlock : capacity_ * 2;
    capacity_ = std::max(std::min(grown, kLargestBlock), bytes);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(capacity_));
    used_.push_back(0);
  }
  return blocks_.back().get() + used_.back();
}

void StringBlocks::place(const char* text, std::size_t size, StringView* view) {
  constexpr std::size_t kPrefix = 4;
  view->length = static_cast<std::int32_t>(size);
  const std::int32_t position[2] = {static_cast<std::int32_t>(blocks_.size() - 1),
                                    static_cast<std::int32_t>(used_.back())};
  std::memcpy(view->bytes, text, kPrefix);
  std::memcpy(view->bytes + kPrefix, position, sizeof position);
  used_.back() += static_cast<std::int64_t>(size);
}

}  // namespace erp::rfc
