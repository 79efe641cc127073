// What can go wrong in a call of the SDK, and how it reaches the caller's RFC_ERROR_INFO.

#pragma once

#include <array>
#include <new>
#include <string>
#include <utility>

#include "nwrfc_abi.h"

namespace standin {

struct Failure {
  // An error of the library itself: its key is the code's name.
  Failure(RFC_RC rc, const std::string& ascii_message);

  // An error with a group and a key of its own.
  Failure(RFC_RC rc, RFC_ERROR_GROUP group, std::u16string key, std::u16string message);

  RFC_RC rc;
  RFC_ERROR_GROUP group;
  std::u16string key;
  std::u16string message;
  std::u16string message_class;
  std::u16string message_type;
  std::u16string message_number;
  std::array<std::u16string, 4> message_variables;
  bool ends_conversation = false;
};

// The network failed: nothing more can be said on this connection.
Failure communication_failure(const std::string& ascii_message);

// The server did not keep to the protocol: the connection is of no use either.
Failure protocol_failure(const std::string& ascii_message);

Failure invalid_handle(const std::string& ascii_type);

const char16_t* name_of(RFC_RC rc);

// Writes a failure, or success, into `error` unless that is null.
RFC_RC report(RFC_ERROR_INFO* error, const Failure& failure) noexcept;
RFC_RC report_success(RFC_ERROR_INFO* error) noexcept;

// Runs the body of an entry point and returns its value, or `otherwise` after a failure.
template <class Value, class Body>
Value guarded_value(RFC_ERROR_INFO* error, Value otherwise, Body&& body) noexcept {
  try {
    Value value = std::forward<Body>(body)();
    report_success(error);
    return value;
  } catch (const Failure& failure) {
    report(error, failure);
  } catch (const std::bad_alloc&) {
    report(error, Failure(RFC_MEMORY_INSUFFICIENT, "out of memory"));
  }
  return otherwise;
}

// The same for an entry point that returns its RFC_RC.
template <class Body>
RFC_RC guarded(RFC_ERROR_INFO* error, Body&& body) noexcept {
  try {
    std::forward<Body>(body)();
    return report_success(error);
  } catch (const Failure& failure) {
    return report(error, failure);
  } catch (const std::bad_alloc&) {
    return report(error, Failure(RFC_MEMORY_INSUFFICIENT, "out of memory"));
  }
}

// What the stand-in has no part of: servers, tRFC, bgRFC, WebSocket.
RFC_RC not_supported(RFC_ERROR_INFO* error) noexcept;

}  // namespace standin
