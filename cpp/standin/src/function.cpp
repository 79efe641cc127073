// The container of a call: which parameters travel, and where results go.

#include <algorithm>

#include "container.hpp"
#include "failure.hpp"
#include "text.hpp"

namespace standin {
namespace {

Failure of_another_kind(const Argument& argument) {
  return Failure(RFC_INVALID_PARAMETER, "parameter '" +
                                            to_ascii(view_of(argument.parameter.description.name)) +
                                            "' is of another type");
}

// Tables always travel, so that the server knows which ones are wanted; of the others those that
// the caller touched and those that the function must have: ABAP's defaults stand for the rest.
bool travels(const Argument& argument) {
  const RFC_PARAMETER_DESC& description = argument.parameter.description;
  if (!argument.is_active || description.direction == RFC_EXPORT) return false;
  return description.direction == RFC_TABLES || argument.is_used || description.optional == 0;
}

}  // namespace

Function::Function(const FunctionDescription& description)
    : description_(description), kept_(description.weak_from_this().lock()) {
  for (const auto& parameter : description.parameters()) arguments_.emplace_back(parameter);
}

bool Function::is_active(std::u16string_view parameter) const {
  return arguments_[find(parameter)].is_active;
}

void Function::set_active(std::u16string_view parameter, bool is_active) {
  arguments_[find(parameter)].is_active = is_active;
}

Argument& Function::used(std::size_t parameter) {
  if (parameter >= arguments_.size()) {
    throw Failure(RFC_INVALID_PARAMETER, "parameter index out of range");
  }
  arguments_[parameter].is_used = true;
  return arguments_[parameter];
}

Cell Function::cell(std::size_t parameter) {
  Argument& argument = used(parameter);
  if (!argument.parameter.is_scalar()) throw of_another_kind(argument);
  return argument.container->cell(0);
}

RowContainer& Function::structure(std::size_t parameter) {
  Argument& argument = used(parameter);
  if (argument.parameter.description.type != RFCTYPE_STRUCTURE) throw of_another_kind(argument);
  return *argument.container;
}

Table& Function::table(std::size_t parameter) {
  Argument& argument = used(parameter);
  Table* table = argument.container->as_table();
  if (table == nullptr) throw of_another_kind(argument);
  return *table;
}

void Function::write_to(FrameWriter& frame) const {
  frame.text(description_.name);
  frame.u16(static_cast<std::size_t>(std::count_if(arguments_.begin(), arguments_.end(), travels)));
  for (const Argument& argument : arguments_) {
    if (!travels(argument)) continue;
    frame.text(view_of(argument.parameter.description.name));
    frame.u8(static_cast<std::uint8_t>(argument.parameter.description.type));
    argument.rows.write_to(frame);
  }
}

void Function::read_from(FrameReader& frame) {
  for (std::size_t left = frame.u16(); left > 0; --left) read_result(frame);
}

void Function::read_result(FrameReader& frame) {
  const std::u16string name = frame.text();
  const auto argument =
      std::find_if(arguments_.begin(), arguments_.end(), [&name](const Argument& candidate) {
        return view_of(candidate.parameter.description.name) == name;
      });
  if (argument == arguments_.end() || argument->parameter.description.type != frame.u8()) {
    throw protocol_failure("the server returned '" + to_ascii(name) +
                           "', which is no such parameter");
  }
  if (!argument->is_active) return Rows::skip(frame);
  argument->rows.read_from(frame);
  Table* table = argument->container->as_table();
  if (table == nullptr && argument->rows.count() != 1) {
    throw protocol_failure("the server returned '" + to_ascii(name) + "' with several rows");
  }
  if (table != nullptr) table->rewind();
}

}  // namespace standin
