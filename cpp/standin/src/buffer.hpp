// Growing bytes that are not cleared first and give memory back when they shrink.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

namespace standin {

class Buffer {
 public:
  std::uint8_t* data() { return bytes_.get(); }
  const std::uint8_t* data() const { return bytes_.get(); }
  std::size_t size() const { return size_; }

  // Bytes that are new hold anything.
  void resize(std::size_t size) {
    const bool must_grow = size > capacity_;
    const bool wastes_memory = capacity_ > size + size / 2 + kSpare;
    if (must_grow) reserve(size_ == 0 ? size : size + size / 2);
    if (wastes_memory) reserve(size);
    size_ = size;
  }

 private:
  static constexpr std::size_t kSpare = std::size_t{1} << 20;

  struct Free {
    void operator()(std::uint8_t* bytes) const { std::free(bytes); }
  };

  void reserve(std::size_t capacity) {
    void* bytes = std::realloc(bytes_.get(), capacity == 0 ? 1 : capacity);
    if (bytes == nullptr) throw std::bad_alloc();
    bytes_.release();
    bytes_.reset(static_cast<std::uint8_t*>(bytes));
    capacity_ = capacity;
  }

  std::unique_ptr<std::uint8_t, Free> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace standin
