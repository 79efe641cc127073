// Counters that a client can hang on to its connections.

#pragma once

#include <atomic>
#include <cstdint>

#include "nwrfc_abi.h"
#include "registry.hpp"

namespace standin {

struct Throughput {
  std::atomic<std::uint64_t> calls{0};
  std::atomic<std::uint64_t> sent_bytes{0};
  std::atomic<std::uint64_t> received_bytes{0};
  // Times in microseconds.
  std::atomic<std::uint64_t> total_time{0};
  std::atomic<std::uint64_t> serialization_time{0};
  std::atomic<std::uint64_t> application_time{0};  // from the request's end to the answer's start
  std::atomic<std::uint64_t> deserialization_time{0};

  void reset();
};

Registry<RFC_THROUGHPUT_HANDLE, Throughput>& throughputs();

}  // namespace standin
