#include "repository.hpp"

#include <set>
#include <vector>

#include "failure.hpp"
#include "text.hpp"

namespace standin {
namespace {

// A field or parameter as the wire has it: with the name of its structure.
template <class Description>
struct Received {
  Description description{};
  std::u16string structure;
};

struct ReceivedType {
  std::u16string name;
  unsigned nuc_length;
  unsigned uc_length;
  std::vector<Received<RFC_FIELD_DESC>> fields;
};

struct ReceivedFunction {
  std::u16string name;
  std::vector<Received<RFC_PARAMETER_DESC>> parameters;
  std::vector<ReceivedType> types;
};

RFCTYPE read_type_code(FrameReader& frame) {
  const unsigned code = frame.u8();
  if (code > RFCTYPE_GENERIC_BOX) throw protocol_failure("the server described an unknown type");
  return static_cast<RFCTYPE>(code);
}

RFC_DIRECTION read_direction(FrameReader& frame) {
  const unsigned code = frame.u8();
  if (code != RFC_IMPORT && code != RFC_EXPORT && code != RFC_CHANGING && code != RFC_TABLES) {
    throw protocol_failure("the server described an unknown direction");
  }
  return static_cast<RFC_DIRECTION>(code);
}

Received<RFC_FIELD_DESC> read_field(FrameReader& frame) {
  Received<RFC_FIELD_DESC> field;
  copy_text(field.description.name, frame.text());
  field.description.type = read_type_code(frame);
  field.structure = frame.text();
  field.description.nucLength = frame.u32();
  field.description.nucOffset = frame.u32();
  field.description.ucLength = frame.u32();
  field.description.ucOffset = frame.u32();
  field.description.decimals = frame.u32();
  return field;
}

Received<RFC_PARAMETER_DESC> read_parameter(FrameReader& frame) {
  Received<RFC_PARAMETER_DESC> parameter;
  copy_text(parameter.description.name, frame.text());
  parameter.description.direction = read_direction(frame);
  parameter.description.type = read_type_code(frame);
  parameter.structure = frame.text();
  parameter.description.nucLength = frame.u32();
  parameter.description.ucLength = frame.u32();
  parameter.description.decimals = frame.u32();
  parameter.description.optional = frame.u8();
  copy_text(parameter.description.defaultValue, frame.text());
  copy_text(parameter.description.parameterText, frame.text());
  return parameter;
}

ReceivedType read_type(FrameReader& frame) {
  ReceivedType type;
  type.name = frame.text();
  type.nuc_length = frame.u32();
  type.uc_length = frame.u32();
  for (std::size_t left = frame.u16(); left > 0; --left) type.fields.push_back(read_field(frame));
  return type;
}

ReceivedFunction read_function(FrameReader& frame) {
  ReceivedFunction function;
  function.name = frame.text();
  for (std::size_t left = frame.u16(); left > 0; --left) {
    function.parameters.push_back(read_parameter(frame));
  }
  for (std::size_t left = frame.u16(); left > 0; --left) {
    function.types.push_back(read_type(frame));
  }
  return function;
}

template <class ByName>
auto* found(const ByName& descriptions, std::u16string_view name) {
  const auto entry = descriptions.find(name);
  return entry == descriptions.end() ? nullptr : entry->second.get();
}

template <class ByName>
bool removed(ByName& descriptions, std::u16string_view name) {
  const auto entry = descriptions.find(name);
  if (entry == descriptions.end()) return false;
  descriptions.erase(entry);
  return true;
}

}  // namespace

// Turns the types of one answer, which may name each other in any order, into descriptions.
class TypeBuilder {
 public:
  TypeBuilder(Repository& repository, const std::vector<ReceivedType>& types)
      : repository_(repository) {
    for (const ReceivedType& type : types) received_.emplace(type.name, &type);
  }

  // Null for the empty name of a scalar.
  TypeDescription* built(const std::u16string& name) {
    if (name.empty()) return nullptr;
    if (TypeDescription* cached = found(repository_.types_, name)) return cached;
    const auto type = received_.find(name);
    if (type == received_.end() || !in_progress_.insert(name).second) {
      throw protocol_failure("the server left structure '" + to_ascii(name) + "' undescribed");
    }
    return build(*type->second);
  }

 private:
  TypeDescription* build(const ReceivedType& received) {
    auto type = std::make_shared<TypeDescription>(received.name);
    for (const auto& field : received.fields) {
      RFC_FIELD_DESC description = field.description;
      description.typeDescHandle = built(field.structure);
      type->add(description);
    }
    type->set_length(received.nuc_length, received.uc_length);
    type->is_cached = true;
    return repository_.types_.emplace(received.name, std::move(type)).first->second.get();
  }

  Repository& repository_;
  std::map<std::u16string, const ReceivedType*> received_;
  std::set<std::u16string> in_progress_;
};

Repository& Repository::of(std::u16string_view system) {
  static auto* const mutex = new std::mutex;
  static auto* const repositories =
      new std::map<std::u16string, std::unique_ptr<Repository>, std::less<>>;
  const std::lock_guard lock(*mutex);
  const auto known = repositories->find(system);
  if (known != repositories->end()) return *known->second;
  return *repositories->emplace(system, std::make_unique<Repository>()).first->second;
}

const FunctionDescription* Repository::function(std::u16string_view name) const {
  const std::lock_guard lock(mutex_);
  return found(functions_, name);
}

const TypeDescription* Repository::type(std::u16string_view name) const {
  const std::lock_guard lock(mutex_);
  return found(types_, name);
}

const FunctionDescription& Repository::add_function(FrameReader& frame) {
  const ReceivedFunction received = read_function(frame);
  frame.expect_end();
  const std::lock_guard lock(mutex_);
  if (const auto* cached = found(functions_, received.name)) return *cached;
  TypeBuilder types(*this, received.types);
  auto function = std::make_shared<FunctionDescription>(received.name);
  for (const auto& parameter : received.parameters) {
    RFC_PARAMETER_DESC description = parameter.description;
    description.typeDescHandle = types.built(parameter.structure);
    function->add(description);
  }
  function->is_cached = true;
  return *functions_.emplace(received.name, std::move(function)).first->second;
}

const TypeDescription& Repository::add_type(FrameReader& frame) {
  const std::vector<ReceivedType> received{read_type(frame)};
  frame.expect_end();
  const std::lock_guard lock(mutex_);
  return *TypeBuilder(*this, received).built(received.front().name);
}

void Repository::add(std::unique_ptr<FunctionDescription> function) {
  const std::lock_guard lock(mutex_);
  function->is_cached = true;
  std::u16string name = function->name;
  functions_.insert_or_assign(std::move(name), std::move(function));
}

bool Repository::remove_function(std::u16string_view name) {
  const std::lock_guard lock(mutex_);
  return removed(functions_, name);
}

bool Repository::remove_type(std::u16string_view name) {
  const std::lock_guard lock(mutex_);
  return removed(types_, name);
}

}  // namespace standin
