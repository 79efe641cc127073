// What the SDK reports when a call fails, as the one exception of this reader.

#pragma once

#include <array>
#include <stdexcept>
#include <string>

#include "nwrfc_abi.h"

namespace erp::rfc {

// RFC_ERROR_INFO in UTF-8. bindings.cpp turns it into erp_rfc.RfcError.
struct RfcFailure : std::runtime_error {
  explicit RfcFailure(const RFC_ERROR_INFO& info);
  // A refusal of the reader's own, in the SDK's terms.
  RfcFailure(RFC_RC code, std::string key, std::string message);

  RFC_RC code;
  RFC_ERROR_GROUP group;
  std::string key;
  std::string message;
  std::string abap_class;
  std::string abap_type;
  std::string abap_number;
  std::array<std::string, 4> abap_variables;
};

// An RFC_ERROR_INFO that reads as empty where the SDK left a member alone.
struct ErrorInfo : RFC_ERROR_INFO {
  ErrorInfo() {
    code = RFC_OK;
    group = OK;
    key[0] = message[0] = abapMsgClass[0] = abapMsgType[0] = abapMsgNumber[0] = 0;
    abapMsgV1[0] = abapMsgV2[0] = abapMsgV3[0] = abapMsgV4[0] = 0;
  }
};

// Calls an entry point that returns RFC_RC and takes the error last; throws RfcFailure.
template <typename EntryPoint, typename... Arguments>
void checked(EntryPoint entry_point, Arguments... arguments) {
  ErrorInfo info;
  if (entry_point(arguments..., &info) != RFC_OK) throw RfcFailure(info);
}

// The same for an entry point that returns a handle, null when it fails.
template <typename EntryPoint, typename... Arguments>
auto checked_handle(EntryPoint entry_point, Arguments... arguments) {
  ErrorInfo info;
  const auto handle = entry_point(arguments..., &info);
  if (handle == nullptr) throw RfcFailure(info);
  return handle;
}

}  // namespace erp::rfc
