// The NW RFC SDK, opened at run time: never linked, never shipped, no header of SAP's.

#pragma once

#include <array>
#include <shared_mutex>
#include <stdexcept>
#include <string>

#include "nwrfc_abi.h"

namespace erp::rfc {

// The library cannot be loaded, or is no NW RFC SDK; in the loader's words.
struct LoadError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The loaded SDK; each entry point is a member of its own name. It stays loaded until the process
// ends, because its threads and static destructors do not survive an unloading.
class Library {
 public:
  explicit Library(std::string path);  // throws LoadError

  const std::string& path() const { return path_; }
  std::array<unsigned, 3> version() const;  // major, minor, patch level
  void set_ini_path(const std::u16string& folder) const;

  // Guards the handles of the descriptions that the SDK keeps. One that is removed lives on in the
  // containers made of it, and nowhere else: whoever looks a description up holds this shared until
  // a container is made or all has been read, and whoever removes one holds it alone. One for the
  // process, as the descriptions are, however often the SDK was opened.
  static std::shared_mutex& descriptions();

#define ENTRY_POINT(name) decltype(&::name) name = nullptr;
#include "entry_points.hpp"
#undef ENTRY_POINT

 private:
  std::string path_;
};

}  // namespace erp::rfc
