// Runs generated cases where there is no libFuzzer: the same seed gives the same cases.
// Usage: <program> [cases] [seed]

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// A case is too short for a long quarantine or deep stacks to tell more.
extern "C" const char* __asan_default_options() {
  return "quarantine_size_mb=8:malloc_context_size=8";
}

int main(int argc, char** argv) {
  constexpr std::size_t kShortCase = 40;  // bytes; most errors need few movements
  constexpr std::size_t kLongCase = 260;
  const std::uint64_t cases = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  std::mt19937_64 random(seed);
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < cases; ++i) {
    // A fresh block of the exact size, so that the sanitizer sees a read past its end.
    const std::size_t longest = i % 16 == 0 ? kLongCase : kShortCase;
    std::vector<std::uint8_t> bytes(random() % longest);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::cout << cases << " cases of seed " << seed << " agree, "
            << static_cast<double>(cases) / seconds.count() << " per second\n";
}
