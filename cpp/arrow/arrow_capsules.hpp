// Hands Arrow structs to Python in capsules, for the binding files of the extensions.

#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <utility>

#include "arrow_export.hpp"

namespace erp {

// A capsule that owns the struct until a consumer takes it.
template <typename T>
pybind11::capsule to_capsule(Owned<T> value, const char* name) {
  auto held = std::make_unique<T>();
  pybind11::capsule capsule(held.get(), name, [](PyObject* object) {
    auto* exported = static_cast<T*>(PyCapsule_GetPointer(object, PyCapsule_GetName(object)));
    {
      const Owned<T> released(exported);
    }
    delete exported;
  });
  *held.release() = value.take();
  return capsule;
}

// What __arrow_c_array__ returns.
inline pybind11::tuple to_capsules(Table table) {
  return pybind11::make_tuple(to_capsule(std::move(table.schema), "arrow_schema"),
                              to_capsule(std::move(table.array), "arrow_array"));
}

}  // namespace erp
