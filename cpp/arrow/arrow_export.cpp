#include "arrow_export.hpp"

#include <utility>

namespace erp {
namespace {

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
  std::vector<const void*> buffers;
  std::shared_ptr<const void> memory;
  Children<ArrowArray> children;
};

template <typename Struct, typename Memory>
void release(Struct* exported) {
  delete static_cast<Memory*>(exported->private_data);
  exported->release = nullptr;
}

Owned<ArrowSchema> make_schema(SchemaMemory held, std::int64_t flags) {
  auto memory = std::make_unique<SchemaMemory>(std::move(held));
  ArrowSchema schema{};
  schema.name = memory->name.c_str();
  schema.format = memory->format.c_str();
  schema.flags = flags;
  schema.n_children = std::ssize(memory->children.pointers);
  schema.children = memory->children.pointers.data();
  schema.release = release<ArrowSchema, SchemaMemory>;
  schema.private_data = memory.release();
  return Owned(&schema);
}

Owned<ArrowArray> make_array(ArrayMemory held, std::int64_t rows, std::int64_t null_count) {
  auto memory = std::make_unique<ArrayMemory>(std::move(held));
  ArrowArray array{};
  array.length = rows;
  array.null_count = null_count;
  array.n_buffers = std::ssize(memory->buffers);
  array.buffers = memory->buffers.data();
  array.n_children = std::ssize(memory->children.pointers);
  array.children = memory->children.pointers.data();
  array.release = release<ArrowArray, ArrayMemory>;
  array.private_data = memory.release();
  return Owned(&array);
}

}  // namespace

Owned<ArrowSchema> make_field(std::string name, std::string format, std::int64_t flags) {
  return make_schema({std::move(name), std::move(format), Children<ArrowSchema>({})}, flags);
}

Owned<ArrowSchema> make_struct_schema(std::vector<Owned<ArrowSchema>> fields) {
  return make_schema({"", "+s", Children(std::move(fields))}, 0);
}

Owned<ArrowArray> make_column(std::int64_t rows, std::vector<const void*> buffers,
                              std::shared_ptr<const void> memory, std::int64_t null_count) {
  return make_array({std::move(buffers), std::move(memory), Children<ArrowArray>({})}, rows,
                    null_count);
}

Owned<ArrowArray> make_struct_array(std::int64_t rows, std::vector<Owned<ArrowArray>> columns) {
  return make_array({{nullptr}, nullptr, Children(std::move(columns))}, rows, 0);
}

}  // namespace erp
