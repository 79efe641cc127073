// Writes a record batch of fixed-width columns without nulls.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arrow_export.hpp"
#include "decimal128.hpp"

namespace erp {

class BatchWriter {
 public:
  explicit BatchWriter(std::int64_t rows) : rows_(rows) {}

  // Adds a column and returns its `rows` values, all 0. They keep their place in memory
  // when the table is finished or moved.
  std::int64_t* add_int64(std::string name);
  int128* add_decimal(std::string name, int decimals);  // 38 digits

  Table finish() &&;

 private:
  void* add(std::string name, std::string format, std::size_t width);

  std::int64_t rows_;
  std::vector<Owned<ArrowSchema>> schemas_;
  std::vector<Owned<ArrowArray>> arrays_;
};

}  // namespace erp
