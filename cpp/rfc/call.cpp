#include "call.hpp"

#include <algorithm>
#include <chrono>
#include <shared_mutex>
#include <stdexcept>

#include "container.hpp"
#include "failure.hpp"
#include "text.hpp"

namespace erp::rfc {
namespace {

RFC_FUNCTION_DESC_HANDLE find(const Connection::Use& use, const std::u16string& function) {
  return checked_handle(use.library().RfcGetFunctionDesc, use.handle(), function.c_str());
}

const RFC_PARAMETER_DESC& named(const std::vector<RFC_PARAMETER_DESC>& parameters,
                                const std::u16string& name) {
  const auto found = std::ranges::find_if(
      parameters, [&](const RFC_PARAMETER_DESC& each) { return text_of(each.name) == name; });
  if (found != parameters.end()) return *found;
  throw std::invalid_argument("the function has no parameter '" + to_utf8(name) + "'");
}

}  // namespace

bool contains(const Names& names, const RFC_PARAMETER_DESC& parameter) {
  return std::ranges::find(names, text_of(parameter.name)) != names.end();
}

Call::Call(const Connection::Use& use, const std::u16string& function, const Record& parameters)
    : use_(use) {
  create(function);
  try {
    send(parameters);
  } catch (...) {
    use_.library().RfcDestroyFunction(function_, nullptr);
    throw;
  }
}

Call::~Call() { use_.library().RfcDestroyFunction(function_, nullptr); }

void Call::create(const std::u16string& function) {
  const std::shared_lock lock(Library::descriptions());
  const auto description = find(use_, function);
  parameters_ = parameters_of(use_.library(), description);
  function_ = checked_handle(use_.library().RfcCreateFunction, description);
}

void Call::send(const Record& parameters) {
  for (const auto& [name, value] : parameters) {
    const RFC_PARAMETER_DESC& parameter = named(parameters_, name);
    if (parameter.direction == RFC_EXPORT) {
      throw std::invalid_argument("'" + to_utf8(name) + "' is an output of the function");
    }
    write(use_.library(), function_, Slot(parameter), value);
    sent_.push_back(name);
  }
}

const RFC_PARAMETER_DESC& Call::output(const std::u16string& name) const {
  const RFC_PARAMETER_DESC& parameter = named(parameters_, name);
  if (parameter.direction != RFC_IMPORT) return parameter;
  throw std::invalid_argument("'" + to_utf8(name) + "' is no output of the function");
}

void Call::leave_out(const Choice& unwanted) {
  for (const RFC_PARAMETER_DESC& parameter : parameters_) {
    const bool is_free = parameter.direction == RFC_EXPORT ||
                         (parameter.direction != RFC_IMPORT && parameter.optional != 0);
    if (!is_free || contains(sent_, parameter) || !unwanted(parameter)) continue;
    checked(use_.library().RfcSetParameterActive, function_, parameter.name, 0);
  }
}

void Call::invoke() {
  const auto start = std::chrono::steady_clock::now();
  checked(use_.library().RfcInvoke, use_.handle(), function_);
  seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

RFC_TABLE_HANDLE Call::table(const std::u16string& name) const {
  RFC_TABLE_HANDLE table = nullptr;
  checked(use_.library().RfcGetTable, function_, name.c_str(), &table);
  return table;
}

Record Call::outputs(const Choice& wanted) const {
  Record outputs;
  for (const RFC_PARAMETER_DESC& parameter : parameters_) {
    if (parameter.direction == RFC_IMPORT || !wanted(parameter)) continue;
    const Slot slot(parameter);
    outputs.push_back({slot.name, read(use_.library(), function_, slot)});
  }
  return outputs;
}

Record call(Connection& connection, const std::u16string& function, const Record& parameters,
            const std::optional<Names>& wanted) {
  const Connection::Use use(connection);
  Call call(use, function, parameters);
  const auto is_wanted = [&](const RFC_PARAMETER_DESC& each) {
    return !wanted || contains(*wanted, each);
  };
  if (wanted) {
    for (const auto& name : *wanted) call.output(name);
  }
  call.leave_out(std::not_fn(is_wanted));
  call.invoke();
  return call.outputs(is_wanted);
}

}  // namespace erp::rfc
