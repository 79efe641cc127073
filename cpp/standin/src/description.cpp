#include "description.hpp"

#include <algorithm>
#include <cstring>

#include "failure.hpp"
#include "text.hpp"

namespace {

using standin::Failure;

// Wider than any row of ABAP; what claims more is broken.
constexpr std::size_t kMaxRowBytes = std::size_t{1} << 20;

// How many bytes a type takes in a row, or 0 where that differs from field to field.
unsigned fixed_length(RFCTYPE type) {
  switch (type) {
    case RFCTYPE_DATE:
      return sizeof(RFC_DATE);
    case RFCTYPE_TIME:
      return sizeof(RFC_TIME);
    case RFCTYPE_INT1:
      return 1;
    case RFCTYPE_INT2:
      return 2;
    case RFCTYPE_INT:
      return 4;
    case RFCTYPE_INT8:
    case RFCTYPE_FLOAT:
    case RFCTYPE_UTCLONG:
      return 8;
    case RFCTYPE_STRING:
    case RFCTYPE_XSTRING:
      return standin::kHeapReferenceBytes;
    default:
      return 0;
  }
}

bool has_fields(const NwRfcTypeDesc* type) { return type != nullptr && type->uc_length() > 0; }

// A type that is not to end before what is made of it; null for a client's own, and for none.
std::shared_ptr<const NwRfcTypeDesc> kept(const NwRfcTypeDesc* type) {
  return type == nullptr ? nullptr : type->weak_from_this().lock();
}

bool has_right_length(const RFC_FIELD_DESC& field) {
  switch (field.type) {
    case RFCTYPE_CHAR:
    case RFCTYPE_NUM:
      return field.ucLength > 0 && field.ucLength % sizeof(RFC_CHAR) == 0;
    case RFCTYPE_BYTE:
    case RFCTYPE_BCD:
      return field.ucLength > 0;
    case RFCTYPE_STRUCTURE:
      return has_fields(field.typeDescHandle) &&
             field.ucLength >= field.typeDescHandle->uc_length();
    default:
      return fixed_length(field.type) != 0 && fixed_length(field.type) == field.ucLength;
  }
}

void fill_units(std::uint8_t* cell, unsigned bytes, char16_t unit) {
  for (unsigned i = 0; i < bytes; i += sizeof unit) std::memcpy(cell + i, &unit, sizeof unit);
}

// ABAP's initial value of a cell that holds zeros.
void initialize(std::uint8_t* cell, const RFC_FIELD_DESC& field) {
  constexpr std::uint8_t packed_zero = 0x0C;
  switch (field.type) {
    case RFCTYPE_CHAR:
      return fill_units(cell, field.ucLength, u' ');
    case RFCTYPE_NUM:
    case RFCTYPE_DATE:
    case RFCTYPE_TIME:
      return fill_units(cell, field.ucLength, u'0');
    case RFCTYPE_BCD:
      cell[field.ucLength - 1] = packed_zero;
      return;
    case RFCTYPE_STRUCTURE:
      std::memcpy(cell, field.typeDescHandle->initial_row(), field.typeDescHandle->uc_length());
      return;
    default:
      return;
  }
}

template <class Positions>
std::size_t position_of(const Positions& positions, std::u16string_view name, const char* kind) {
  const auto found = positions.find(name);
  if (found != positions.end()) return found->second;
  if (name.empty() && !positions.empty()) return 0;
  throw Failure(RFC_INVALID_PARAMETER,
                std::string(kind) + " '" + standin::to_ascii(name) + "' not found");
}

[[noreturn]] void refuse(const RFC_CHAR* name) {
  throw Failure(
      RFC_INVALID_PARAMETER,
      "type and length of '" + standin::to_ascii(standin::view_of(name)) + "' do not agree");
}

// The one field of a scalar parameter's row.
RFC_FIELD_DESC as_field(const RFC_PARAMETER_DESC& parameter) {
  RFC_FIELD_DESC field{};
  standin::copy_text(field.name, standin::view_of(parameter.name));
  field.type = parameter.type;
  field.nucLength = parameter.nucLength;
  field.ucLength = parameter.ucLength;
  field.decimals = parameter.decimals;
  field.typeDescHandle = parameter.typeDescHandle;
  return field;
}

}  // namespace

void NwRfcTypeDesc::add(const RFC_FIELD_DESC& field) {
  // In a row the wire has no place for a table.
  if (field.type == RFCTYPE_TABLE) throw Failure(RFC_NOT_SUPPORTED, "a table in a structure");
  const std::size_t end = std::size_t{field.ucOffset} + field.ucLength;
  if (!has_right_length(field) || end > kMaxRowBytes) refuse(field.name);
  nuc_length_ = std::max(nuc_length_, field.nucOffset + field.nucLength);
  uc_length_ = std::max(uc_length_, static_cast<unsigned>(end));
  initial_row_.resize(uc_length_);
  initialize(initial_row_.data() + field.ucOffset, field);
  positions_.emplace(standin::view_of(field.name), fields_.size());
  fields_.push_back(field);
  parts_.push_back(kept(field.typeDescHandle));
}

void NwRfcTypeDesc::set_length(unsigned nuc, unsigned uc) {
  if (uc < uc_length_ || uc > kMaxRowBytes) {
    throw Failure(RFC_INVALID_PARAMETER, "no length for these fields");
  }
  nuc_length_ = nuc;
  uc_length_ = uc;
  initial_row_.resize(uc);
}

std::size_t NwRfcTypeDesc::find(std::u16string_view field) const {
  return position_of(positions_, field, "field");
}

const RFC_FIELD_DESC& NwRfcTypeDesc::at(std::size_t index) const {
  if (index < fields_.size()) return fields_[index];
  throw Failure(RFC_INVALID_PARAMETER, "field index out of range");
}

void NwRfcFunctionDesc::add(const RFC_PARAMETER_DESC& parameter) {
  Parameter added{parameter, parameter.typeDescHandle, nullptr, kept(parameter.typeDescHandle)};
  const bool is_row = parameter.type == RFCTYPE_STRUCTURE || parameter.type == RFCTYPE_TABLE;
  if (is_row && !has_fields(parameter.typeDescHandle)) refuse(parameter.name);
  if (!is_row) {
    added.own_type = std::make_unique<NwRfcTypeDesc>(u"");
    added.own_type->add(as_field(parameter));
    added.row_type = added.own_type.get();
  }
  positions_.emplace(standin::view_of(parameter.name), parameters_.size());
  parameters_.push_back(std::move(added));
}

std::size_t NwRfcFunctionDesc::find(std::u16string_view parameter) const {
  return position_of(positions_, parameter, "field");
}

const NwRfcFunctionDesc::Parameter& NwRfcFunctionDesc::at(std::size_t index) const {
  if (index < parameters_.size()) return parameters_[index];
  throw Failure(RFC_INVALID_PARAMETER, "parameter index out of range");
}
