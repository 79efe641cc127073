// One call of a function module, from its parameters to its results.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "connection.hpp"
#include "value.hpp"

namespace erp::rfc {

using Names = std::vector<std::u16string>;

// A function's container with all it holds: destroyed with this, rows and all.
class Call {
 public:
  using Choice = std::function<bool(const RFC_PARAMETER_DESC&)>;

  // Throws std::invalid_argument for a parameter that the function has not, or that does not fit.
  Call(const Connection::Use& use, const std::u16string& function, const Record& parameters);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // Throws std::invalid_argument if the function has no such output.
  const RFC_PARAMETER_DESC& output(const std::u16string& name) const;

  // Does not ask for these outputs. What was sent comes back nevertheless, and what a function
  // insists on is asked for.
  void leave_out(const Choice& unwanted);

  void invoke();

  double seconds() const { return seconds_; }  // that invoke() took
  RFC_TABLE_HANDLE table(const std::u16string& name) const;
  Record outputs(const Choice& wanted) const;

 private:
  void create(const std::u16string& function);
  void send(const Record& parameters);

  const Connection::Use& use_;
  std::vector<RFC_PARAMETER_DESC> parameters_;  // their types live as long as function_
  Names sent_;
  RFC_FUNCTION_HANDLE function_ = nullptr;
  double seconds_ = 0;
};

bool contains(const Names& names, const RFC_PARAMETER_DESC& parameter);

// Calls any function and returns its outputs, or those wanted.
Record call(Connection& connection, const std::u16string& function, const Record& parameters,
            const std::optional<Names>& wanted);

}  // namespace erp::rfc
