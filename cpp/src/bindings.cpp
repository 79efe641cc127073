// Python bindings of the kernels, erp_kernels._core: all of them that knows about Python.
//
// Rule for every kernel: take the capsule's struct while holding the GIL, release the GIL
// once around the kernel, wrap the result while holding it.

#include <pybind11/pybind11.h>

#include <optional>
#include <string>
#include <utility>

#include "arrow_capsules.hpp"
#include "decimal128.hpp"
#include "error.hpp"
#include "fifo_valuation.hpp"

namespace py = pybind11;

namespace {

struct Batch {
  erp::Owned<ArrowSchema> schema;
  erp::Owned<ArrowArray> array;
};

// Moves the stream out of a capsule; a second use of the capsule is refused.
erp::Owned<ArrowArrayStream> take_stream(const py::capsule& capsule) {
  constexpr const char* kName = "arrow_array_stream";
  if (PyCapsule_IsValid(capsule.ptr(), kName) == 0) {
    throw erp::KernelError("expected a capsule called 'arrow_array_stream'");
  }
  auto* stream = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule.ptr(), kName));
  if (stream->release == nullptr) throw erp::KernelError("the Arrow stream was already consumed");
  return erp::Owned(stream);
}

void expect_success(int status, ArrowArrayStream* stream) {
  if (status == 0) return;
  const char* reason = stream->get_last_error(stream);
  throw erp::KernelError(reason == nullptr ? "the Arrow stream failed" : reason);
}

// The one batch of a stream. Kernels look movements up by row, so chunks must be joined.
Batch read_batch(ArrowArrayStream* stream) {
  Batch batch;
  expect_success(stream->get_schema(stream, batch.schema.get()), stream);
  expect_success(stream->get_next(stream, batch.array.get()), stream);
  if (batch.array.empty()) throw erp::KernelError("the Arrow stream has no batch");
  erp::Owned<ArrowArray> another;
  expect_success(stream->get_next(stream, another.get()), stream);
  if (!another.empty()) throw erp::KernelError("expected one batch, got more: rechunk first");
  return batch;
}

py::tuple fifo_valuation(const py::capsule& movements, int amount_decimals, bool per_movement) {
  auto stream = take_stream(movements);
  if (amount_decimals < 0 || amount_decimals > erp::kMaxDecimals) {
    throw erp::KernelError("amount_decimals must be between 0 and 38");
  }
  erp::FifoTables tables;
  {
    const py::gil_scoped_release nogil;
    const Batch batch = read_batch(stream.get());
    tables =
        erp::fifo_valuation(*batch.schema.get(), *batch.array.get(),
                            {.amount_decimals = amount_decimals, .per_movement = per_movement});
  }
  py::object rows = py::none();
  if (tables.movements) rows = erp::to_capsules(std::move(*tables.movements));
  return py::make_tuple(erp::to_capsules(std::move(tables.items)), rows);
}

void translate(std::exception_ptr thrown) {
  try {
    if (thrown) std::rethrow_exception(thrown);
  } catch (const erp::KernelError& error) {
    const auto type = py::module_::import("erp_kernels.errors").attr("KernelError");
    py::set_error(type, error.what());
  }
}

}  // namespace

PYBIND11_MODULE(_core, m, py::mod_gil_not_used()) {
  m.doc() = "Arrow kernels for ERP data. Use them through erp_kernels.";
  py::register_local_exception_translator(translate);  // the only translation

  m.def("fifo_valuation", &fifo_valuation, py::arg("movements"), py::kw_only(),
        py::arg("amount_decimals"), py::arg("per_movement"),
        "Arrow stream of movements -> ((schema, array) of items, the same of movements or None).");
}
