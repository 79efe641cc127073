// Entry points about throughput counters.

#include "connection.hpp"
#include "failure.hpp"
#include "throughput.hpp"

using namespace standin;

namespace {

RFC_RC read(RFC_THROUGHPUT_HANDLE handle, std::atomic<std::uint64_t> Throughput::* counter,
            SAP_ULLONG* value, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { *value = (*throughputs().find(handle)).*counter; });
}

}  // namespace

void Throughput::reset() {
  for (auto* counter : {&calls, &sent_bytes, &received_bytes, &total_time, &serialization_time,
                        &application_time, &deserialization_time}) {
    *counter = 0;
  }
}

Registry<RFC_THROUGHPUT_HANDLE, Throughput>& standin::throughputs() {
  static auto* const registry =
      new Registry<RFC_THROUGHPUT_HANDLE, Throughput>("RFC_THROUGHPUT_HANDLE");
  return *registry;
}

extern "C" {

RFC_THROUGHPUT_HANDLE RfcCreateThroughput(RFC_ERROR_INFO* error) {
  return guarded_value(error, RFC_THROUGHPUT_HANDLE{},
                       [] { return throughputs().add(std::make_shared<Throughput>()); });
}

// A connection that still counts in it stops doing so.
RFC_RC RfcDestroyThroughput(RFC_THROUGHPUT_HANDLE handle, RFC_ERROR_INFO* error) {
  return guarded(error, [&] {
    throughputs().find(handle);
    throughputs().remove(handle);
  });
}

RFC_RC RfcSetThroughputOnConnection(RFC_CONNECTION_HANDLE connection, RFC_THROUGHPUT_HANDLE handle,
                                    RFC_ERROR_INFO* error) {
  return guarded(
      error, [&] { connections().find(connection)->count_in(handle, throughputs().find(handle)); });
}

RFC_THROUGHPUT_HANDLE RfcGetThroughputFromConnection(RFC_CONNECTION_HANDLE connection,
                                                     RFC_ERROR_INFO* error) {
  return guarded_value(error, RFC_THROUGHPUT_HANDLE{},
                       [&] { return connections().find(connection)->throughput_handle(); });
}

RFC_RC RfcRemoveThroughputFromConnection(RFC_CONNECTION_HANDLE connection, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { connections().find(connection)->count_in(nullptr, {}); });
}

RFC_RC RfcResetThroughput(RFC_THROUGHPUT_HANDLE handle, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { throughputs().find(handle)->reset(); });
}

RFC_RC RfcGetNumberOfCalls(RFC_THROUGHPUT_HANDLE handle, SAP_ULLONG* calls, RFC_ERROR_INFO* error) {
  return read(handle, &Throughput::calls, calls, error);
}
RFC_RC RfcGetTotalTime(RFC_THROUGHPUT_HANDLE handle, SAP_ULLONG* time, RFC_ERROR_INFO* error) {
  return read(handle, &Throughput::total_time, time, error);
}
RFC_RC RfcGetSerializationTime(RFC_THROUGHPUT_HANDLE handle, SAP_ULLONG* time,
                               RFC_ERROR_INFO* error) {
  return read(handle, &Throughput::serialization_time, time, error);
}
RFC_RC RfcGetDeserializationTime(RFC_THROUGHPUT_HANDLE handle, SAP_ULLONG* time,
                                 RFC_ERROR_INFO* error) {
  return read(handle, &Throughput::deserialization_time, time, error);
}
RFC_RC RfcGetApplicationTime(RFC_THROUGHPUT_HANDLE handle, SAP_ULLONG* time,
                             RFC_ERROR_INFO* error) {
  return read(handle, &Throughput::application_time, time, error);
}
RFC_RC RfcGetSentBytes(RFC_THROUGHPUT_HANDLE handle, SAP_ULLONG* bytes, RFC_ERROR_INFO* error) {
  return read(handle, &Throughput::sent_bytes, bytes, error);
}
RFC_RC RfcGetReceivedBytes(RFC_THROUGHPUT_HANDLE handle, SAP_ULLONG* bytes, RFC_ERROR_INFO* error) {
  return read(handle, &Throughput::received_bytes, bytes, error);
}

}  // extern "C"
