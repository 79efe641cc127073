#include "failure.hpp"

#include "text.hpp"

namespace standin {
namespace {

Failure ending(Failure failure) {
  failure.ends_conversation = true;
  return failure;
}

}  // namespace

Failure::Failure(RFC_RC rc, const std::string& ascii_message)
    : Failure(rc, EXTERNAL_RUNTIME_FAILURE, name_of(rc), from_utf8(ascii_message)) {}

Failure::Failure(RFC_RC rc, RFC_ERROR_GROUP group, std::u16string key, std::u16string message)
    : rc(rc), group(group), key(std::move(key)), message(std::move(message)) {}

Failure communication_failure(const std::string& ascii_message) {
  return ending(Failure(RFC_COMMUNICATION_FAILURE, COMMUNICATION_FAILURE,
                        name_of(RFC_COMMUNICATION_FAILURE), from_utf8(ascii_message)));
}

Failure protocol_failure(const std::string& ascii_message) {
  return ending(Failure(RFC_INVALID_PROTOCOL, COMMUNICATION_FAILURE, name_of(RFC_INVALID_PROTOCOL),
                        from_utf8(ascii_message)));
}

Failure invalid_handle(const std::string& ascii_type) {
  return Failure(RFC_INVALID_HANDLE,
                 "An invalid handle '" + ascii_type + "' was passed to the API call");
}

RFC_RC report(RFC_ERROR_INFO* error, const Failure& failure) noexcept {
  if (error == nullptr) return failure.rc;
  error->code = failure.rc;
  error->group = failure.group;
  copy_text(error->key, failure.key);
  copy_text(error->message, failure.message);
  copy_text(error->abapMsgClass, failure.message_class);
  copy_text(error->abapMsgType, failure.message_type);
  copy_text(error->abapMsgNumber, failure.message_number);
  copy_text(error->abapMsgV1, failure.message_variables[0]);
  copy_text(error->abapMsgV2, failure.message_variables[1]);
  copy_text(error->abapMsgV3, failure.message_variables[2]);
  copy_text(error->abapMsgV4, failure.message_variables[3]);
  return failure.rc;
}

// Clients hand in what lies on their stack and read it after a success too. Only the first units
// are written, as this runs for each cell of a table.
RFC_RC report_success(RFC_ERROR_INFO* error) noexcept {
  if (error == nullptr) return RFC_OK;
  error->code = RFC_OK;
  error->group = OK;
  error->key[0] = error->message[0] = u'\0';
  error->abapMsgClass[0] = error->abapMsgType[0] = error->abapMsgNumber[0] = u'\0';
  error->abapMsgV1[0] = error->abapMsgV2[0] = error->abapMsgV3[0] = error->abapMsgV4[0] = u'\0';
  return RFC_OK;
}

RFC_RC not_supported(RFC_ERROR_INFO* error) noexcept {
  return report(error, Failure(RFC_NOT_SUPPORTED, "not part of the stand-in"));
}

}  // namespace standin
