// Descriptions that the servers of one system gave, kept for all its connections.

#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "description.hpp"
#include "frame.hpp"

namespace standin {

class Repository {
 public:
  // The repository of a system's ID. It is never destroyed: at the process's end others may still
  // hold descriptions.
  static Repository& of(std::u16string_view system);

  // What is cached, or null. It may end at any time, when another thread removes it, unless
  // something is made of it.
  const FunctionDescription* function(std::u16string_view name) const;
  const TypeDescription* type(std::u16string_view name) const;

  // Takes over the answer to DESCRIBE or DESCRIBE_TYPE. What another thread cached first stays.
  const FunctionDescription& add_function(FrameReader& frame);
  const TypeDescription& add_type(FrameReader& frame);
  void add(std::unique_ptr<FunctionDescription> function);

  // Forgets the description, which ends where nothing is made of it. False if there is none.
  bool remove_function(std::u16string_view name);
  bool remove_type(std::u16string_view name);

 private:
  template <class Description>
  using ByName = std::map<std::u16string, std::shared_ptr<Description>, std::less<>>;

  friend class TypeBuilder;

  mutable std::mutex mutex_;
  ByName<FunctionDescription> functions_;
  ByName<TypeDescription> types_;
};

}  // namespace standin
