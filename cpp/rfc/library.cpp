#include "library.hpp"

#include <dlfcn.h>

#include <utility>

#include "failure.hpp"

namespace erp::rfc {
namespace {

std::string loader_error() {
  const char* const reason = dlerror();
  return reason == nullptr ? "the loader gives no reason" : reason;
}

void* load(const std::string& path) {
  void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) throw LoadError(loader_error());
  return handle;
}

void* find(void* library, const char* name) {
  void* const address = dlsym(library, name);
  if (address == nullptr) throw LoadError(loader_error());
  return address;
}

}  // namespace

Library::Library(std::string path) : path_(std::move(path)) {
  void* const loaded = load(path_);
#define ENTRY_POINT(name) name = reinterpret_cast<decltype(name)>(find(loaded, #name));
#include "entry_points.hpp"
#undef ENTRY_POINT
}

std::array<unsigned, 3> Library::version() const {
  std::array<unsigned, 3> version{};
  RfcGetVersion(&version[0], &version[1], &version[2]);
  return version;
}

std::shared_mutex& Library::descriptions() {
  static auto* const mutex = new std::shared_mutex;  // for threads that outlive static destructors
  return *mutex;
}

void Library::set_ini_path(const std::u16string& folder) const {
  checked(RfcSetIniPath, folder.c_str());
}

}  // namespace erp::rfc
