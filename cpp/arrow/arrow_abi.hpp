// The structs of the Arrow C data and stream interfaces, and their owner.
//
// Field names and order are those of the Arrow specification. Nothing but Owned<T>
// calls a release callback.

#pragma once

#include <cstdint>
#include <utility>

extern "C" {

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  ArrowSchema** children;
  ArrowSchema* dictionary;
  void (*release)(ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  ArrowArray** children;
  ArrowArray* dictionary;
  void (*release)(ArrowArray*);
  void* private_data;
};

struct ArrowArrayStream {
  int (*get_schema)(ArrowArrayStream*, ArrowSchema* out);
  int (*get_next)(ArrowArrayStream*, ArrowArray* out);
  const char* (*get_last_error)(ArrowArrayStream*);
  void (*release)(ArrowArrayStream*);
  void* private_data;
};

}  // extern "C"

namespace erp {

// Move-only owner of one Arrow C struct: releases it once, or never if it was taken.
template <typename T>
class Owned {
 public:
  Owned() = default;
  // Moves the struct out of *source, which is left released.
  explicit Owned(T* source) noexcept : held_(std::exchange(*source, T{})) {}
  Owned(Owned&& other) noexcept : held_(other.take()) {}
  Owned& operator=(Owned&& other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() {
    if (!empty()) held_.release(&held_);
  }

  bool empty() const noexcept { return held_.release == nullptr; }
  T* get() noexcept { return &held_; }
  const T* get() const noexcept { return &held_; }
  T take() noexcept { return std::exchange(held_, T{}); }

 private:
  T held_{};
};

}  // namespace erp
