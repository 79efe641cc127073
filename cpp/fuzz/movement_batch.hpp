// Builds an Arrow record batch of movements in the layouts that callers may send:
// integers or decimals, integer or text keys, slices with offsets.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "arrow_abi.hpp"
#include "fifo_oracle.hpp"
#include "fixed_point.hpp"

namespace erp::fuzz {

struct Layout {
  bool text_keys = false;
  int quantity_decimals = -1;  // below 0: an int64 column
  int cost_decimals = -1;
  std::int64_t skipped_rows = 0;     // rows of the buffers before the batch
  std::int64_t quantity_factor = 1;  // each quantity of the batch is multiplied by it
  std::int64_t unit_cost_factor = 1;
};

// Owns the memory behind the two structs, which stay valid as long as it lives.
class MovementBatch {
 public:
  MovementBatch(const std::vector<oracle::Movement>& movements, const Layout& layout);
  MovementBatch(const MovementBatch&) = delete;
  MovementBatch& operator=(const MovementBatch&) = delete;

  const ArrowSchema& schema() const { return schema_; }
  const ArrowArray& array() const { return array_; }

 private:
  static constexpr std::size_t kColumns = 5;

  struct TextView {
    std::int32_t length;
    std::array<char, 12> bytes;
  };

  // Column-wise memory; `texts` holds what is too long for a view.
  struct Child {
    std::string format;
    std::vector<std::int64_t> words;
    std::vector<TextView> views;
    std::string texts;
    std::vector<std::uint8_t> validity;
    std::array<const void*, 4> buffers;
    ArrowSchema schema;
    ArrowArray array;
  };

  void add(std::size_t column, std::int64_t value);
  void add_text(std::int64_t key);
  void add_row(const oracle::Movement& movement, const Layout& layout);
  void link(std::int64_t rows, const Layout& layout);

  std::array<Child, kColumns> children_{};
  std::array<ArrowSchema*, kColumns> schema_pointers_{};
  std::array<ArrowArray*, kColumns> array_pointers_{};
  std::array<const void*, 1> buffers_{};
  ArrowSchema schema_{};
  ArrowArray array_{};
};

}  // namespace erp::fuzz
