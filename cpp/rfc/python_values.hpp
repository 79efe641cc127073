// Python objects to and from the reader's plain types. Beside bindings.cpp the only file here that
// knows about Python; everything in it runs with the GIL held.

#pragma once

#include <pybind11/pybind11.h>

#include <optional>
#include <vector>

#include "connection.hpp"
#include "cut.hpp"
#include "description.hpp"
#include "package.hpp"
#include "value.hpp"

namespace erp::rfc {

// Python to C++; TypeError or ValueError says what does not fit.
Record record_from(const pybind11::handle& mapping);
TextPairs text_pairs_from(const pybind11::handle& mapping);
Names names_from(const pybind11::handle& sequence);
std::vector<Cut> cuts_from(const pybind11::handle& sequence);
std::optional<char16_t> delimiter_from(const std::u16string& text);  // empty: none

// C++ to Python.
pybind11::dict dict_of(const Record& record);
pybind11::list list_of(const std::vector<Refusals::Refusal>& refusals);
pybind11::object object_of(const Function& function);  // erp_rfc.description.Function

template <typename Pairs>
pybind11::dict dict_of_pairs(const Pairs& pairs) {
  pybind11::dict converted;
  for (const auto& [name, value] : pairs) converted[pybind11::cast(name)] = pybind11::cast(value);
  return converted;
}

}  // namespace erp::rfc
