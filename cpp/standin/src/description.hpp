// Descriptions of structures and function modules: what the SDK's two kinds of description handles
// point to. Checked when they are put together, so that containers need not look again.
//
// Those of a repository are shared: one that is removed lives on in the containers and descriptions
// made of it, and no handle that a client still has keeps it alive.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nwrfc_abi.h"

// A structure: fields at fixed offsets of a row.
struct NwRfcTypeDesc : std::enable_shared_from_this<NwRfcTypeDesc> {
  explicit NwRfcTypeDesc(std::u16string_view name) : name(name) {}

  // Throws Failure (RFC_INVALID_PARAMETER) for a field whose type and lengths do not agree.
  void add(const RFC_FIELD_DESC& field);
  void set_length(unsigned nuc, unsigned uc);

  // Position of a field. Throws Failure (RFC_INVALID_PARAMETER) if there is none; the empty name is
  // that of the first field, for lines that are no structures.
  std::size_t find(std::u16string_view field) const;
  const RFC_FIELD_DESC& at(std::size_t index) const;

  const std::deque<RFC_FIELD_DESC>& fields() const { return fields_; }
  unsigned nuc_length() const { return nuc_length_; }
  unsigned uc_length() const { return uc_length_; }

  // A row of initial values, uc_length() bytes.
  const std::uint8_t* initial_row() const { return initial_row_.data(); }

  const std::u16string name;
  bool is_cached = false;  // then it belongs to a repository and not to the client

 private:
  std::deque<RFC_FIELD_DESC> fields_;
  std::map<std::u16string, std::size_t, std::less<>> positions_;
  std::vector<std::shared_ptr<const NwRfcTypeDesc>> parts_;  // those of a repository, kept alive
  std::vector<std::uint8_t> initial_row_;
  unsigned nuc_length_ = 0;
  unsigned uc_length_ = 0;
};

// A function module: its parameters, each with the type of its rows.
struct NwRfcFunctionDesc : std::enable_shared_from_this<NwRfcFunctionDesc> {
  struct Parameter {
    RFC_PARAMETER_DESC description;
    // The structure named, or for a scalar one of its own with this parameter as the only field.
    const NwRfcTypeDesc* row_type;
    bool is_scalar() const { return own_type != nullptr; }
    std::unique_ptr<NwRfcTypeDesc> own_type;
    std::shared_ptr<const NwRfcTypeDesc> kept_type;  // row_type, if it is a repository's
  };

  explicit NwRfcFunctionDesc(std::u16string_view name) : name(name) {}

  // Throws Failure (RFC_INVALID_PARAMETER) like NwRfcTypeDesc::add.
  void add(const RFC_PARAMETER_DESC& parameter);

  std::size_t find(std::u16string_view parameter) const;  // throws as NwRfcTypeDesc::find does
  const Parameter& at(std::size_t index) const;
  const std::deque<Parameter>& parameters() const { return parameters_; }

  const std::u16string name;
  bool is_cached = false;  // as in NwRfcTypeDesc

 private:
  std::deque<Parameter> parameters_;
  std::map<std::u16string, std::size_t, std::less<>> positions_;
};

namespace standin {

using TypeDescription = NwRfcTypeDesc;
using FunctionDescription = NwRfcFunctionDesc;

// Bytes of a STRING or XSTRING in a row: u32 offset and u32 length in the heap.
constexpr unsigned kHeapReferenceBytes = 8;

}  // namespace standin
