// Makes the structs by which a record batch leaves C++, without a copy.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "arrow_abi.hpp"

namespace erp {

// A record batch ready for export.
struct Table {
  Owned<ArrowSchema> schema;
  Owned<ArrowArray> array;
};

// A field of Arrow's format; the names and formats are those of its C data interface.
Owned<ArrowSchema> make_field(std::string name, std::string format, std::int64_t flags = 0);
Owned<ArrowSchema> make_struct_schema(std::vector<Owned<ArrowSchema>> fields);

// A column whose buffers lie in `memory`, which it keeps alive.
Owned<ArrowArray> make_column(std::int64_t rows, std::vector<const void*> buffers,
                              std::shared_ptr<const void> memory, std::int64_t null_count = 0);
Owned<ArrowArray> make_struct_array(std::int64_t rows, std::vector<Owned<ArrowArray>> columns);

}  // namespace erp
