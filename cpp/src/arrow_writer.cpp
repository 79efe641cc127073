#include "arrow_writer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

namespace erp {
namespace {

// calloc, because the system hands out large blocks as zero pages: what stays zero costs nothing.
std::shared_ptr<void> allocate_zeroed(std::size_t count, std::size_t width) {
  void* const memory = std::calloc(std::max(count, std::size_t{1}), width);
  if (memory == nullptr) throw std::bad_alloc();
  return {memory, std::free};
}

}  // namespace

void* BatchWriter::add(std::string name, std::string format, std::size_t width) {
  auto values = allocate_zeroed(static_cast<std::size_t>(rows_), width);
  void* const start = values.get();
  schemas_.push_back(make_field(std::move(name), std::move(format)));
  arrays_.push_back(make_column(rows_, {nullptr, start}, std::move(values)));
  return start;
}

std::int64_t* BatchWriter::add_int64(std::string name) {
  return static_cast<std::int64_t*>(add(std::move(name), "l", sizeof(std::int64_t)));
}

int128* BatchWriter::add_decimal(std::string name, int decimals) {
  const std::string format = "d:" + std::to_string(kMaxDecimals) + "," + std::to_string(decimals);
  return static_cast<int128*>(add(std::move(name), format, sizeof(int128)));
}

Table BatchWriter::finish() && {
  return {.schema = make_struct_schema(std::move(schemas_)),
          .array = make_struct_array(rows_, std::move(arrays_))};
}

}  // namespace erp
