// Memory of an Arrow utf8_view column, written from UTF-16.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace erp::rfc {

// Arrow's view: a text of up to 12 bytes, or the first 4 of a longer one and its place in a block.
struct StringView {
  static constexpr std::size_t kInlineBytes = 12;

  std::int32_t length;
  char bytes[kInlineBytes];
};
static_assert(sizeof(StringView) == 16);

// The blocks that long texts stand in. They grow, so that narrow columns stay small.
class StringBlocks {
 public:
  // Stores a text and writes its view. False, and an empty view, if a surrogate has no partner.
  bool store(std::u16string_view text, StringView* view);

  std::size_t count() const { return blocks_.size(); }
  const void* block(std::size_t index) const { return blocks_[index].get(); }
  const std::vector<std::int64_t>& used() const { return used_; }  // bytes of each block

 private:
  char* room_for(std::size_t bytes);
  void place(const char* text, std::size_t size, StringView* view);  // too long to be inline

  std::vector<std::unique_ptr<char[]>> blocks_;
  std::vector<std::int64_t> used_;
  std::size_t capacity_ = 0;  // of the last block
};

}  // namespace erp::rfc
