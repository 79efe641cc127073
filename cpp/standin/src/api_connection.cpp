// Entry points about connections, and the call itself.

#include "connection.hpp"
#include "failure.hpp"
#include "text.hpp"

using namespace standin;

namespace {

TextsByName parameters_of(const RFC_CONNECTION_PARAMETER* parameters, unsigned count) {
  TextsByName texts;
  for (unsigned i = 0; i < count; ++i) {
    texts.insert_or_assign(upper(view_of(parameters[i].name)), view_of(parameters[i].value));
  }
  add_destination(texts);
  return texts;
}

template <std::size_t capacity>
void fill(SAP_UC (&member)[capacity], const TextsByName& attributes, std::u16string_view name) {
  copy_text(member, value_of(attributes, name));
}

RFC_ATTRIBUTES filled_from(const TextsByName& texts) {
  RFC_ATTRIBUTES attributes{};
  fill(attributes.dest, texts, u"dest");
  fill(attributes.host, texts, u"host");
  fill(attributes.partnerHost, texts, u"partnerHost");
  fill(attributes.sysNumber, texts, u"sysNumber");
  fill(attributes.sysId, texts, u"sysId");
  fill(attributes.client, texts, u"client");
  fill(attributes.user, texts, u"user");
  fill(attributes.language, texts, u"language");
  fill(attributes.trace, texts, u"trace");
  fill(attributes.isoLanguage, texts, u"isoLanguage");
  fill(attributes.codepage, texts, u"codepage");
  fill(attributes.partnerCodepage, texts, u"partnerCodepage");
  fill(attributes.rfcRole, texts, u"rfcRole");
  fill(attributes.type, texts, u"type");
  fill(attributes.partnerType, texts, u"partnerType");
  fill(attributes.rel, texts, u"rel");
  fill(attributes.partnerRel, texts, u"partnerRel");
  fill(attributes.kernelRel, texts, u"kernelRel");
  fill(attributes.cpicConvId, texts, u"cpicConvId");
  fill(attributes.progName, texts, u"progName");
  fill(attributes.partnerBytesPerChar, texts, u"partnerBytesPerChar");
  fill(attributes.partnerSystemCodepage, texts, u"partnerSystemCodepage");
  fill(attributes.partnerIP, texts, u"partnerIP");
  fill(attributes.partnerIPv6, texts, u"partnerIPv6");
  return attributes;
}

}  // namespace

extern "C" {

RFC_CONNECTION_HANDLE RfcOpenConnection(const RFC_CONNECTION_PARAMETER* parameters, unsigned count,
                                        RFC_ERROR_INFO* error) {
  return guarded_value(error, RFC_CONNECTION_HANDLE{}, [&] {
    return connections().add(std::make_shared<Connection>(parameters_of(parameters, count)));
  });
}

RFC_RC RfcCloseConnection(RFC_CONNECTION_HANDLE handle, RFC_ERROR_INFO* error) {
  return guarded(error, [&] {
    use_connection(handle, [](Connection& connection) { connection.close(); });
    connections().remove(handle);
  });
}

RFC_RC RfcIsConnectionHandleValid(RFC_CONNECTION_HANDLE handle, RFC_INT* isValid,
                                  RFC_ERROR_INFO* error) {
  *isValid = 0;
  return guarded(error, [&] {
    connections().find(handle);
    *isValid = 1;
  });
}

RFC_RC RfcCancel(RFC_CONNECTION_HANDLE handle, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { connections().find(handle)->cancel(); });
}

RFC_RC RfcPing(RFC_CONNECTION_HANDLE handle, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { use_connection(handle, [](Connection& it) { it.ping(); }); });
}

RFC_RC RfcInvoke(RFC_CONNECTION_HANDLE handle, RFC_FUNCTION_HANDLE function,
                 RFC_ERROR_INFO* error) {
  return guarded(error, [&] {
    use_connection(handle, [&](Connection& it) { it.invoke(function_of(function)); });
  });
}

RFC_RC RfcGetConnectionAttributes(RFC_CONNECTION_HANDLE handle, RFC_ATTRIBUTES* attributes,
                                  RFC_ERROR_INFO* error) {
  return guarded(error,
                 [&] { *attributes = filled_from(connections().find(handle)->attributes()); });
}

}  // extern "C"
