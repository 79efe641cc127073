// A session in an SAP system: who may use its handle, and when it ends.

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "description.hpp"
#include "library.hpp"

namespace erp::rfc {

using TextPairs = std::vector<std::pair<std::u16string, std::u16string>>;

// One thread at a time may use a connection: a second one is refused with RFC_ILLEGAL_STATE, before
// the SDK is asked. Only cancel() may be called at any time.
class Connection {
 public:
  Connection(std::shared_ptr<const Library> library, const TextPairs& parameters);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void ping();
  void close();   // once or more often
  void cancel();  // without effect on a closed connection
  bool is_valid();
  std::vector<std::pair<std::string, std::string>> attributes();
  Function describe(const std::u16string& function);
  void forget(const std::u16string& function);
  std::vector<std::pair<std::string, std::uint64_t>> throughput();

  // The right to use the handle, for as long as it lives. Throws RfcFailure if another thread has
  // it, or if the connection is closed.
  class Use {
   public:
    explicit Use(Connection& connection);
    ~Use() { connection_.in_use_ = false; }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

    const Library& library() const { return *connection_.library_; }
    RFC_CONNECTION_HANDLE handle() const { return connection_.handle_; }

   private:
    Connection& connection_;
  };

 private:
  void count_throughput();
  void end_session();

  std::shared_ptr<const Library> library_;
  std::atomic<RFC_CONNECTION_HANDLE> handle_;  // null when closed
  RFC_THROUGHPUT_HANDLE throughput_ = nullptr;
  std::atomic<bool> in_use_ = false;
  std::mutex ending_;  // between cancel() and close(): the handle must not end under RfcCancel
};

}  // namespace erp::rfc
