// Python bindings of the RFC reader: erp_rfc._core. See erp_rfc/_core.pyi for what each does.
//
// Rule for every method: convert the arguments while holding the GIL, release it once around the
// SDK and the walk over rows, convert the result while holding it.

#include <pybind11/pybind11.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "arrow_capsules.hpp"
#include "batch_export.hpp"
#include "call.hpp"
#include "connection.hpp"
#include "failure.hpp"
#include "library.hpp"
#include "package.hpp"
#include "python_values.hpp"

namespace py = pybind11;
namespace rfc = erp::rfc;

namespace {

template <typename Action>
auto without_gil(Action action) {
  const py::gil_scoped_release nogil;
  return action();
}

py::tuple to_array(const rfc::Package& package, const py::object& /*requested_schema*/) {
  return erp::to_capsules(rfc::export_table(package.batch));
}

py::capsule to_stream(const rfc::Package& package, const py::object& /*requested_schema*/) {
  return erp::to_capsule(rfc::export_stream(package.batch), "arrow_array_stream");
}

using SharedLibrary = std::shared_ptr<const rfc::Library>;

std::unique_ptr<rfc::Connection> connect(const SharedLibrary& library, const py::object& settings) {
  const rfc::TextPairs parameters = rfc::text_pairs_from(settings);
  return without_gil([&] { return std::make_unique<rfc::Connection>(library, parameters); });
}

py::dict call(rfc::Connection& connection, const std::u16string& function,
              const py::object& parameters, const py::object& wanted) {
  const rfc::Record record = rfc::record_from(parameters);
  std::optional<rfc::Names> names;
  if (!wanted.is_none()) names = rfc::names_from(wanted);
  return rfc::dict_of(without_gil([&] { return rfc::call(connection, function, record, names); }));
}

rfc::Package read_lines(rfc::Connection& connection, const std::u16string& function,
                        const py::object& parameters, const std::u16string& table,
                        const py::object& columns, const std::u16string& delimiter,
                        const py::object& tables) {
  const rfc::TableCall wanted{function, rfc::record_from(parameters), table,
                              rfc::names_from(tables)};
  const auto cuts = rfc::cuts_from(columns);
  const auto separator = rfc::delimiter_from(delimiter);
  return without_gil([&] { return rfc::read_lines(connection, wanted, cuts, separator); });
}

rfc::Package read_table(rfc::Connection& connection, const std::u16string& function,
                        const py::object& parameters, const std::u16string& table,
                        const py::object& columns, const py::object& tables) {
  const rfc::TableCall wanted{function, rfc::record_from(parameters), table,
                              rfc::names_from(tables)};
  std::optional<std::vector<rfc::Cut>> cuts;
  if (!columns.is_none()) cuts = rfc::cuts_from(columns);
  return without_gil([&] { return rfc::read_table(connection, wanted, cuts); });
}

rfc::Package decode_lines(const py::object& lines, const py::object& columns,
                          const std::u16string& delimiter) {
  const rfc::Names texts = rfc::names_from(lines);
  const auto cuts = rfc::cuts_from(columns);
  const auto separator = rfc::delimiter_from(delimiter);
  return without_gil([&] { return rfc::decode_lines(texts, cuts, separator); });
}

void raise_rfc_error(const rfc::RfcFailure& failure) {
  const py::object type = py::module_::import("erp_rfc.errors").attr("RfcError");
  const auto& variables = failure.abap_variables;
  const py::object error =
      type(static_cast<int>(failure.code), static_cast<int>(failure.group), failure.key,
           failure.message, failure.abap_class, failure.abap_type, failure.abap_number,
           py::make_tuple(variables[0], variables[1], variables[2], variables[3]));
  py::set_error(type, error);
}

void translate(std::exception_ptr thrown) {
  try {
    if (thrown) std::rethrow_exception(thrown);
  } catch (const rfc::RfcFailure& failure) {
    raise_rfc_error(failure);
  } catch (const rfc::LoadError& error) {
    py::set_error(PyExc_OSError, error.what());
  }
}

void bind_library(py::module_& m) {
  py::class_<rfc::Library, std::shared_ptr<rfc::Library>>(m, "Library")
      .def(py::init<std::string>(), py::arg("path"), py::call_guard<py::gil_scoped_release>())
      .def_property_readonly("path", &rfc::Library::path)
      .def_property_readonly("version",
                             [](const rfc::Library& library) {
                               const auto [major, minor, patch_level] = library.version();
                               return py::make_tuple(major, minor, patch_level);
                             })
      .def("set_ini_path", &rfc::Library::set_ini_path, py::arg("folder"))
      .def("connect", &connect, py::arg("parameters"));
}

void bind_connection(py::module_& m) {
  using py::arg;
  using NoGil = py::call_guard<py::gil_scoped_release>;
  py::class_<rfc::Connection>(m, "Connection", py::release_gil_before_calling_cpp_dtor())
      .def("ping", &rfc::Connection::ping, NoGil())
      .def("close", &rfc::Connection::close, NoGil())
      .def("cancel", &rfc::Connection::cancel, NoGil())
      .def("is_valid", &rfc::Connection::is_valid, NoGil())
      .def("attributes",
           [](rfc::Connection& connection) { return rfc::dict_of_pairs(connection.attributes()); })
      .def(
          "describe",
          [](rfc::Connection& connection, const std::u16string& function) {
            return rfc::object_of(without_gil([&] { return connection.describe(function); }));
          },
          arg("function"))
      .def("forget", &rfc::Connection::forget, arg("function"), NoGil())
      .def("call", &call, arg("function"), arg("parameters"), py::kw_only(),
           arg("wanted") = py::none())
      .def("read_lines", &read_lines, arg("function"), arg("parameters"), arg("table"),
           arg("columns"), py::kw_only(), arg("delimiter") = std::u16string(),
           arg("tables") = py::tuple())
      .def("read_table", &read_table, arg("function"), arg("parameters"), arg("table"),
           arg("columns") = py::none(), py::kw_only(), arg("tables") = py::tuple())
      .def("throughput",
           [](rfc::Connection& connection) { return rfc::dict_of_pairs(connection.throughput()); });
}

void bind_package(py::module_& m) {
  py::class_<rfc::Package>(m, "Package")
      .def_property_readonly("rows",
                             [](const rfc::Package& package) { return package.batch->rows; })
      .def_property_readonly(
          "refused",
          [](const rfc::Package& package) { return rfc::list_of(package.refusals.kept()); })
      .def_property_readonly("refused_count",
                             [](const rfc::Package& package) { return package.refusals.count(); })
      .def_readonly("invoke_seconds", &rfc::Package::invoke_seconds)
      .def_property_readonly(
          "exports", [](const rfc::Package& package) { return rfc::dict_of(package.exports); })
      .def("__arrow_c_array__", &to_array, py::arg("requested_schema") = py::none())
      .def("__arrow_c_stream__", &to_stream, py::arg("requested_schema") = py::none());
}

}  // namespace

PYBIND11_MODULE(_core, m) {
  m.doc() = "SAP's NW RFC SDK, opened at run time, with tables as Arrow. Use it through erp_rfc.";
  py::register_local_exception_translator(translate);  // the only translation
  bind_library(m);
  bind_connection(m);
  bind_package(m);
  m.def("decode_lines", &decode_lines, py::arg("lines"), py::arg("columns"), py::kw_only(),
        py::arg("delimiter") = std::u16string());
}
