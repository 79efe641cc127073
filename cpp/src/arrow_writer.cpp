#include "arrow_writer.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

namespace erp {
namespace {

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

using ZeroedMemory = std::unique_ptr<void, Free>;

// calloc, because the system hands out large blocks as zero pages: what stays zero costs nothing.
ZeroedMemory allocate(std::size_t count, std::size_t width) {
  ZeroedMemory memory(std::calloc(std::max(count, std::size_t{1}), width));
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

// What an exported struct keeps alive until its release. Children that a consumer has
// moved out are empty by then and released by that consumer.
template <typename Struct>
struct Children {
  std::vector<Owned<Struct>> owned;
  std::vector<Struct*> pointers;

  explicit Children(std::vector<Owned<Struct>> from) : owned(std::move(from)) {
    for (auto& child : owned) pointers.push_back(child.get());
  }
};

struct SchemaMemory {
  std::string name;
  std::string format;
  Children<ArrowSchema> children;
};

struct ArrayMemory {
  ZeroedMemory values;
  std::array<const void*, 2> buffers;  // validity, values
  Children<ArrowArray> children;
};

template <typename Struct, typename Memory>
void release(Struct* exported) {
  delete static_cast<Memory*>(exported->private_data);
  exported->release = nullptr;
}

Owned<ArrowSchema> make_schema(std::string name, std::string format,
                               std::vector<Owned<ArrowSchema>> children) {
  auto memory = std::make_unique<SchemaMemory>(
      SchemaMemory{std::move(name), std::move(format), Children(std::move(children))});
  ArrowSchema schema{};
  schema.name = memory->name.c_str();
  schema.format = memory->format.c_str();
  schema.n_children = static_cast<std::int64_t>(memory->children.pointers.size());
  schema.children = memory->children.pointers.data();
  schema.release = release<ArrowSchema, SchemaMemory>;
  schema.private_data = memory.release();
  return Owned(&schema);
}

Owned<ArrowArray> make_array(std::int64_t rows, std::int64_t n_buffers, ZeroedMemory values,
                             std::vector<Owned<ArrowArray>> children) {
  auto memory = std::make_unique<ArrayMemory>(
      ArrayMemory{std::move(values), {}, Children(std::move(children))});
  memory->buffers = {nullptr, memory->values.get()};
  ArrowArray array{};
  array.length = rows;
  array.n_buffers = n_buffers;
  array.buffers = memory->buffers.data();
  array.n_children = static_cast<std::int64_t>(memory->children.pointers.size());
  array.children = memory->children.pointers.data();
  array.release = release<ArrowArray, ArrayMemory>;
  array.private_data = memory.release();
  return Owned(&array);
}

}  // namespace

void* BatchWriter::add(std::string name, std::string format, std::size_t width) {
  ZeroedMemory values = allocate(static_cast<std::size_t>(rows_), width);
  void* const start = values.get();
  schemas_.push_back(make_schema(std::move(name), std::move(format), {}));
  arrays_.push_back(make_array(rows_, 2, std::move(values), {}));
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
  return {.schema = make_schema("", "+s", std::move(schemas_)),
          .array = make_array(rows_, 1, nullptr, std::move(arrays_))};
}

}  // namespace erp
