// The one exception kernels throw; bindings.cpp turns it into erp_kernels.KernelError.

#pragma once

#include <stdexcept>

namespace erp {

struct KernelError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace erp
