#include "batch_export.hpp"

#include <cerrno>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace erp::rfc {
namespace {

constexpr std::int64_t kNullable = 2;  // ARROW_FLAG_NULLABLE

Owned<ArrowSchema> export_schema(const Batch& batch) {
  std::vector<Owned<ArrowSchema>> fields;
  for (const Column& column : batch.columns) {
    fields.push_back(make_field(column.cut().name, column.format(), kNullable));
  }
  return make_struct_schema(std::move(fields));
}

Owned<ArrowArray> export_array(const SharedBatch& batch) {
  const auto rows = static_cast<std::int64_t>(batch->rows);
  std::vector<Owned<ArrowArray>> columns;
  for (const Column& column : batch->columns) {
    columns.push_back(make_column(rows, column.buffers(), batch, column.null_count()));
  }
  return make_struct_array(rows, std::move(columns));
}

struct StreamMemory {
  SharedBatch batch;
  bool delivered = false;
  std::string error{};
};

// Runs one callback of a stream; the interface is C, so an exception becomes an errno.
template <typename Action>
int answer(ArrowArrayStream* stream, Action action) noexcept {
  auto* memory = static_cast<StreamMemory*>(stream->private_data);
  try {
    action(memory);
    return 0;
  } catch (const std::exception& error) {
    memory->error = error.what();
    return ENOMEM;
  }
}

int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
  return answer(stream, [&](StreamMemory* memory) { *out = export_schema(*memory->batch).take(); });
}

int get_next(ArrowArrayStream* stream, ArrowArray* out) {
  return answer(stream, [&](StreamMemory* memory) {
    *out = memory->delivered ? ArrowArray{} : export_array(memory->batch).take();
    memory->delivered = true;
  });
}

const char* get_last_error(ArrowArrayStream* stream) {
  return static_cast<StreamMemory*>(stream->private_data)->error.c_str();
}

void release(ArrowArrayStream* stream) {
  delete static_cast<StreamMemory*>(stream->private_data);
  stream->release = nullptr;
}

}  // namespace

Table export_table(const SharedBatch& batch) {
  return {.schema = export_schema(*batch), .array = export_array(batch)};
}

Owned<ArrowArrayStream> export_stream(SharedBatch batch) {
  ArrowArrayStream stream{.get_schema = get_schema,
                          .get_next = get_next,
                          .get_last_error = get_last_error,
                          .release = release,
                          .private_data = new StreamMemory{.batch = std::move(batch)}};
  return Owned(&stream);
}

}  // namespace erp::rfc
