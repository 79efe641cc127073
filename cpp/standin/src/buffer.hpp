// Growing bytes that are not cleared first and give memory back when they shrink or go.

#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace standin {

struct ReleaseBytes {
  std::size_t mapped = 0;  // as many came from the system itself; none came from the heap

  void operator()(std::uint8_t* bytes) const {
    if (mapped == 0) return std::free(bytes);
    munmap(bytes, mapped);
  }
};

class Buffer {
 public:
  std::uint8_t* data() { return bytes_.get(); }
  const std::uint8_t* data() const { return bytes_.get(); }
  std::size_t size() const { return size_; }

  // Bytes that are new hold anything.
  void resize(std::size_t size) {
    const bool must_grow = size > capacity_;
    const bool wastes_memory = capacity_ > size + size / 2 + kLarge;
    if (must_grow) reserve(size_ == 0 ? size : size + size / 2);
    if (wastes_memory) reserve(size);
    size_ = size;
  }

 private:
  static constexpr std::size_t kLarge = std::size_t{1} << 20;

  using Bytes = std::unique_ptr<std::uint8_t, ReleaseBytes>;

  // Large ones come from the system: what is given back to the heap stays with the process.
  static Bytes allocate(std::size_t capacity) {
    if (capacity < kLarge) {
      void* bytes = std::malloc(std::max<std::size_t>(capacity, 1));
      if (bytes == nullptr) throw std::bad_alloc();
      return Bytes(static_cast<std::uint8_t*>(bytes));
    }
    constexpr int kAccess = PROT_READ | PROT_WRITE, kOwn = MAP_PRIVATE | MAP_ANONYMOUS;
    void* bytes = mmap(nullptr, capacity, kAccess, kOwn, -1, 0);
    if (bytes == MAP_FAILED) throw std::bad_alloc();
    return Bytes(static_cast<std::uint8_t*>(bytes), ReleaseBytes{capacity});
  }

  void reserve(std::size_t capacity) {
    Bytes moved = allocate(capacity);
    const std::size_t kept = std::min(size_, capacity);
    if (kept > 0) std::memcpy(moved.get(), bytes_.get(), kept);
    bytes_ = std::move(moved);
    capacity_ = capacity;
  }

  Bytes bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace standin
