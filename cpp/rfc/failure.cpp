#include "failure.hpp"

#include <utility>

#include "text.hpp"

namespace erp::rfc {

RfcFailure::RfcFailure(const RFC_ERROR_INFO& info)
    : std::runtime_error(to_utf8(text_of(info.message))),
      code(info.code),
      group(info.group),
      key(to_utf8(text_of(info.key))),
      message(what()),
      abap_class(to_utf8(text_of(info.abapMsgClass))),
      abap_type(to_utf8(text_of(info.abapMsgType))),
      abap_number(to_utf8(text_of(info.abapMsgNumber))),
      abap_variables{to_utf8(text_of(info.abapMsgV1)), to_utf8(text_of(info.abapMsgV2)),
                     to_utf8(text_of(info.abapMsgV3)), to_utf8(text_of(info.abapMsgV4))} {}

RfcFailure::RfcFailure(RFC_RC failed, std::string its_key, std::string its_message)
    : std::runtime_error(its_message),
      code(failed),
      group(EXTERNAL_RUNTIME_FAILURE),
      key(std::move(its_key)),
      message(std::move(its_message)) {}

}  // namespace erp::rfc
