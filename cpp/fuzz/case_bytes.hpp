// The bytes of a generated case, which its driver takes one by one.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace erp::fuzz {

class CaseBytes {
 public:
  CaseBytes(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

  // The next byte, or 0 behind the last.
  std::uint8_t next() {
    if (rest_.empty()) return 0;
    const std::uint8_t first = rest_.front();
    rest_ = rest_.subspan(1);
    return first;
  }

  std::span<const std::uint8_t> rest() const { return rest_; }

 private:
  std::span<const std::uint8_t> rest_;
};

}  // namespace erp::fuzz
