#include "python_values.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "text.hpp"

namespace py = pybind11;

namespace erp::rfc {
namespace {

py::object imported(const char* module, const char* name) {
  return py::module_::import(module).attr(name);
}

std::u16string text_from(const py::handle& object) {
  if (!py::isinstance<py::str>(object)) {
    throw py::type_error("expected str, got " + std::string(Py_TYPE(object.ptr())->tp_name));
  }
  return object.cast<std::u16string>();
}

Value integer_from(const py::handle& object) {
  int overflow = 0;
  const std::int64_t number = PyLong_AsLongLongAndOverflow(object.ptr(), &overflow);
  if (overflow == 0) return {number};
  return {Number{py::str(object).cast<std::u16string>()}};
}

Value decimal_from(const py::handle& object) {
  if (!object.attr("is_finite")().cast<bool>()) throw py::value_error("a Decimal must be finite");
  return {Number{object.attr("__format__")("f").cast<std::u16string>()}};
}

Value bytes_from(const py::handle& object) {
  const auto bytes = object.cast<std::string_view>();
  return {Bytes(bytes.begin(), bytes.end())};
}

Value value_from(const py::handle& object);

Value rows_from(const py::handle& sequence) {
  Rows rows;
  for (const py::handle row : sequence) rows.push_back(value_from(row));
  return {std::move(rows)};
}

Value value_from(const py::handle& object) {
  if (object.is_none()) return {};
  if (py::isinstance<py::bool_>(object)) {
    throw py::type_error("SAP has no bool: pass 'X' or ''");
  }
  if (py::isinstance<py::str>(object)) return {text_from(object)};
  if (py::isinstance<py::int_>(object)) return integer_from(object);
  if (py::isinstance<py::float_>(object)) return {object.cast<double>()};
  if (py::isinstance<py::bytes>(object)) return bytes_from(object);
  if (py::isinstance<py::list>(object) || py::isinstance<py::tuple>(object)) {
    return rows_from(object);
  }
  if (py::isinstance(object, imported("decimal", "Decimal"))) return decimal_from(object);
  if (py::isinstance(object, imported("collections.abc", "Mapping"))) return {record_from(object)};
  throw py::type_error("cannot send a value of type " +
                       std::string(Py_TYPE(object.ptr())->tp_name));
}

// Visits each alternative of a value with the Python object it becomes.
struct ToPython {
  py::object operator()(std::monostate) const { return py::none(); }
  py::object operator()(const Text& text) const { return py::cast(text); }
  py::object operator()(std::int64_t number) const { return py::int_(number); }
  py::object operator()(double number) const { return py::float_(number); }
  py::object operator()(const Number& number) const {
    return imported("decimal", "Decimal")(number.text);
  }
  py::object operator()(const Bytes& bytes) const {
    return py::bytes(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  py::object operator()(const Record& record) const { return dict_of(record); }
  py::object operator()(const Rows& rows) const {
    py::list converted;
    for (const Value& row : rows) converted.append(std::visit(*this, row.held));
    return converted;
  }
};

Kind kind_from(const py::handle& object) {
  constexpr std::array<std::pair<std::string_view, Kind>, 9> kKinds{{
      {"text", Kind::kText},
      {"numc", Kind::kNumc},
      {"date", Kind::kDate},
      {"time", Kind::kTime},
      {"decimal", Kind::kDecimal},
      {"int", Kind::kInt},
      {"float", Kind::kFloat},
      {"raw", Kind::kRaw},
      {"utclong", Kind::kUtclong},
  }};
  const auto wanted = object.cast<std::string>();
  for (const auto& [name, kind] : kKinds) {
    if (name == wanted) return kind;
  }
  throw py::value_error("there is no kind of column '" + wanted + "'");
}

Cut cut_from(const py::handle& cut) {
  return {.name = cut.attr("name").cast<std::string>(),
          .offset = cut.attr("offset").cast<std::size_t>(),
          .length = cut.attr("length").cast<std::size_t>(),
          .kind = kind_from(cut.attr("kind")),
          .precision = cut.attr("precision").cast<int>(),
          .scale = cut.attr("scale").cast<int>(),
          .keep_blanks = cut.attr("keep_blanks").cast<bool>()};
}

py::tuple fields_of(const std::vector<Field>& fields) {
  const py::object type = imported("erp_rfc.description", "Field");
  py::tuple converted(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    converted[i] = type(field.name, name_of(field.type), field.length, field.offset, field.decimals,
                        fields_of(field.fields));
  }
  return converted;
}

}  // namespace

Record record_from(const py::handle& mapping) {
  Record record;
  for (const py::handle item : mapping.attr("items")()) {
    const auto pair = py::cast<std::pair<py::object, py::object>>(item);
    record.push_back({text_from(pair.first), value_from(pair.second)});
  }
  return record;
}

TextPairs text_pairs_from(const py::handle& mapping) {
  TextPairs pairs;
  for (const py::handle item : mapping.attr("items")()) {
    const auto pair = py::cast<std::pair<py::object, py::object>>(item);
    auto value = text_from(pair.second);
    // The SDK would silently stop reading there.
    if (value.find(u'\0') != value.npos)
      throw py::value_error("a connection parameter contains a NUL");
    pairs.emplace_back(text_from(pair.first), std::move(value));
  }
  return pairs;
}

Names names_from(const py::handle& sequence) {
  Names names;
  for (const py::handle name : sequence) names.push_back(text_from(name));
  return names;
}

std::vector<Cut> cuts_from(const py::handle& sequence) {
  std::vector<Cut> cuts;
  for (const py::handle cut : sequence) cuts.push_back(cut_from(cut));
  return cuts;
}

std::optional<char16_t> delimiter_from(const std::u16string& text) {
  if (text.size() > 1) throw py::value_error("a delimiter is one UTF-16 unit");
  return text.empty() ? std::nullopt : std::optional(text.front());
}

py::dict dict_of(const Record& record) {
  py::dict converted;
  for (const auto& [name, value] : record) {
    converted[py::cast(name)] = std::visit(ToPython(), value.held);
  }
  return converted;
}

py::list list_of(const std::vector<Refusals::Refusal>& refusals) {
  py::list converted;
  for (const auto& [row, column, text] : refusals) {
    converted.append(py::make_tuple(row, column, to_utf8(text)));
  }
  return converted;
}

py::object object_of(const Function& function) {
  const py::object type = imported("erp_rfc.description", "Parameter");
  py::tuple parameters(function.parameters.size());
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    const Parameter& each = function.parameters[i];
    parameters[i] =
        type(each.name, name_of(each.direction), name_of(each.type), each.length, each.decimals,
             each.optional, each.default_value, each.text, fields_of(each.fields));
  }
  return imported("erp_rfc.description", "Function")(function.name, parameters);
}

}  // namespace erp::rfc
