// Hands a finished batch to consumers of the Arrow C interfaces, without a copy: what is exported
// shares the batch and keeps it alive.

#pragma once

#include <memory>

#include "arrow_export.hpp"
#include "columns.hpp"

namespace erp::rfc {

using SharedBatch = std::shared_ptr<const Batch>;

Table export_table(const SharedBatch& batch);
Owned<ArrowArrayStream> export_stream(SharedBatch batch);  // of this one batch

}  // namespace erp::rfc
