#include "connection.hpp"

#include <shared_mutex>

#include "failure.hpp"
#include "text.hpp"

namespace erp::rfc {
namespace {

RFC_CONNECTION_HANDLE open(const Library& library, const TextPairs& parameters) {
  std::vector<RFC_CONNECTION_PARAMETER> pointers;
  for (const auto& [name, value] : parameters) pointers.push_back({name.c_str(), value.c_str()});
  return checked_handle(library.RfcOpenConnection, pointers.data(),
                        static_cast<unsigned>(pointers.size()));
}

RFC_ATTRIBUTES attributes_of(const Connection::Use& use) {
  RFC_ATTRIBUTES attributes{};
  checked(use.library().RfcGetConnectionAttributes, use.handle(), &attributes);
  return attributes;
}

std::string trimmed(std::u16string_view text) {
  while (!text.empty() && text.back() == u' ') text.remove_suffix(1);
  return to_utf8(text);
}

// Removes a description from the SDK's cache of a system, where it may be gone already.
template <typename EntryPoint>
void remove(EntryPoint entry_point, const SAP_UC* system, const std::u16string& name) {
  ErrorInfo info;
  const RFC_RC code = entry_point(system, name.c_str(), &info);
  if (code != RFC_OK && code != RFC_NOT_FOUND) throw RfcFailure(info);
}

}  // namespace

Connection::Use::Use(Connection& connection) : connection_(connection) {
  if (connection.in_use_.exchange(true)) {
    throw RfcFailure(RFC_ILLEGAL_STATE, "RFC_ILLEGAL_STATE",
                     "the connection is in use by another thread");
  }
  if (connection.handle_ != nullptr) return;
  connection.in_use_ = false;
  throw RfcFailure(RFC_INVALID_HANDLE, "RFC_INVALID_HANDLE", "the connection is closed");
}

Connection::Connection(std::shared_ptr<const Library> library, const TextPairs& parameters)
    : library_(std::move(library)), handle_(open(*library_, parameters)) {
  try {
    count_throughput();
  } catch (...) {
    end_session();
    throw;
  }
}

// Nobody else holds the connection any more, and nobody is left to hear of a failure.
Connection::~Connection() { end_session(); }

void Connection::count_throughput() {
  throughput_ = checked_handle(library_->RfcCreateThroughput);
  checked(library_->RfcSetThroughputOnConnection, handle_.load(), throughput_);
}

void Connection::end_session() {
  ErrorInfo ignored;
  if (handle_ != nullptr) library_->RfcCloseConnection(handle_.load(), &ignored);
  if (throughput_ != nullptr) library_->RfcDestroyThroughput(throughput_, &ignored);
  handle_ = nullptr;
  throughput_ = nullptr;
}

void Connection::ping() {
  const Use use(*this);
  checked(library_->RfcPing, use.handle());
}

void Connection::close() {
  if (handle_ == nullptr) return;
  const Use use(*this);
  const std::lock_guard lock(ending_);
  end_session();
}

void Connection::cancel() {
  const std::lock_guard lock(ending_);
  if (handle_ != nullptr) checked(library_->RfcCancel, handle_.load());
}

bool Connection::is_valid() {
  if (handle_ == nullptr) return false;
  const Use use(*this);
  RFC_INT valid = 0;
  ErrorInfo info;
  return library_->RfcIsConnectionHandleValid(use.handle(), &valid, &info) == RFC_OK && valid != 0;
}

std::vector<std::pair<std::string, std::string>> Connection::attributes() {
  const Use use(*this);
  const RFC_ATTRIBUTES a = attributes_of(use);
  return {{"dest", trimmed(text_of(a.dest))},
          {"host", trimmed(text_of(a.host))},
          {"partnerHost", trimmed(text_of(a.partnerHost))},
          {"sysNumber", trimmed(text_of(a.sysNumber))},
          {"sysId", trimmed(text_of(a.sysId))},
          {"client", trimmed(text_of(a.client))},
          {"user", trimmed(text_of(a.user))},
          {"language", trimmed(text_of(a.language))},
          {"trace", trimmed(text_of(a.trace))},
          {"isoLanguage", trimmed(text_of(a.isoLanguage))},
          {"codepage", trimmed(text_of(a.codepage))},
          {"partnerCodepage", trimmed(text_of(a.partnerCodepage))},
          {"rfcRole", trimmed(text_of(a.rfcRole))},
          {"type", trimmed(text_of(a.type))},
          {"partnerType", trimmed(text_of(a.partnerType))},
          {"rel", trimmed(text_of(a.rel))},
          {"partnerRel", trimmed(text_of(a.partnerRel))},
          {"kernelRel", trimmed(text_of(a.kernelRel))},
          {"cpicConvId", trimmed(text_of(a.cpicConvId))},
          {"progName", trimmed(text_of(a.progName))},
          {"partnerBytesPerChar", trimmed(text_of(a.partnerBytesPerChar))},
          {"partnerSystemCodepage", trimmed(text_of(a.partnerSystemCodepage))},
          {"partnerIP", trimmed(text_of(a.partnerIP))},
          {"partnerIPv6", trimmed(text_of(a.partnerIPv6))}};
}

Function Connection::describe(const std::u16string& function) {
  const Use use(*this);
  const std::shared_lock lock(Library::descriptions());
  const auto found = checked_handle(library_->RfcGetFunctionDesc, use.handle(), function.c_str());
  return rfc::describe(*library_, found);
}

void Connection::forget(const std::u16string& function) {
  const Use use(*this);
  const RFC_ATTRIBUTES attributes = attributes_of(use);
  const std::unique_lock lock(Library::descriptions());
  ErrorInfo unknown;
  const auto found =
      library_->RfcGetCachedFunctionDesc(attributes.sysId, function.c_str(), &unknown);
  if (found == nullptr) return;
  // Before the function goes, and its types with it.
  const std::vector<std::u16string> types = type_names_of(*library_, found);
  remove(library_->RfcRemoveFunctionDesc, attributes.sysId, function);
  for (const auto& type : types) remove(library_->RfcRemoveTypeDesc, attributes.sysId, type);
}

std::vector<std::pair<std::string, std::uint64_t>> Connection::throughput() {
  const Use use(*this);
  const auto counter = [this](auto entry_point) {
    SAP_ULLONG count = 0;
    checked(entry_point, throughput_, &count);
    return std::uint64_t{count};
  };
  return {{"calls", counter(library_->RfcGetNumberOfCalls)},
          {"sent_bytes", counter(library_->RfcGetSentBytes)},
          {"received_bytes", counter(library_->RfcGetReceivedBytes)},
          {"total_us", counter(library_->RfcGetTotalTime)},
          {"serialization_us", counter(library_->RfcGetSerializationTime)},
          {"deserialization_us", counter(library_->RfcGetDeserializationTime)},
          {"application_us", counter(library_->RfcGetApplicationTime)}};
}

}  // namespace erp::rfc
