// Writes values into the SDK's data containers and reads them, by the container's own types.

#pragma once

#include "library.hpp"
#include "value.hpp"

namespace erp::rfc {

// A parameter or a field: what is needed to reach it in its container.
struct Slot {
  explicit Slot(const RFC_PARAMETER_DESC& parameter);
  explicit Slot(const RFC_FIELD_DESC& field);

  std::u16string name;
  RFCTYPE type;
  unsigned length;  // characters, or bytes where the type has none
  RFC_TYPE_DESC_HANDLE line;
};

// Throws std::invalid_argument, naming the slot, for a value that does not fit it.
void write(const Library& library, DATA_CONTAINER_HANDLE container, const Slot& slot,
           const Value& value);

Value read(const Library& library, DATA_CONTAINER_HANDLE container, const Slot& slot);

}  // namespace erp::rfc
