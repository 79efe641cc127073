// Handles that stay safe after their object is gone: numbers, never given twice, and not addresses.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "failure.hpp"

namespace standin {

template <class Handle, class Object>
class Registry {
 public:
  explicit Registry(const char* handle_type) : handle_type_(handle_type) {}

  Handle add(std::shared_ptr<Object> object) {
    const std::lock_guard lock(mutex_);
    const auto handle = reinterpret_cast<Handle>(next_ += kStep);
    objects_.emplace(handle, std::move(object));
    return handle;
  }

  // Throws Failure (RFC_INVALID_HANDLE) for what is not, or no longer, in use.
  std::shared_ptr<Object> find(Handle handle) const {
    const std::lock_guard lock(mutex_);
    const auto found = objects_.find(handle);
    if (found == objects_.end()) throw invalid_handle(handle_type_);
    return found->second;
  }

  void remove(Handle handle) {
    const std::lock_guard lock(mutex_);
    objects_.erase(handle);
  }

 private:
  static constexpr std::uintptr_t kStep = 16;  // looks like an address to who prints it

  const std::string handle_type_;
  mutable std::mutex mutex_;
  std::map<Handle, std::shared_ptr<Object>> objects_;
  std::uintptr_t next_ = 0;
};

}  // namespace standin
