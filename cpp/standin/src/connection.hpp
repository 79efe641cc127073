// A conversation with the sandbox's server: one request and its answer at a time.

#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "container.hpp"
#include "destination.hpp"
#include "frame.hpp"
#include "repository.hpp"
#include "throughput.hpp"

namespace standin {

// A place among the conversations that one process may have at a time: 200, or
// STANDIN_MAX_CONNECTIONS. Throws a communication failure when all are taken.
class ConversationPlace {
 public:
  ConversationPlace();
  ~ConversationPlace();
  ConversationPlace(const ConversationPlace&) = delete;
  ConversationPlace& operator=(const ConversationPlace&) = delete;
};

class Connection {
 public:
  // Connects and logs on. The parameters are complete: the ini file's are among them.
  explicit Connection(const TextsByName& parameters);

  // What the server said of this connection at logon: names of RFC_ATTRIBUTES' members.
  const TextsByName& attributes() const { return attributes_; }
  Repository& repository() { return repository_; }

  // All of these throw Failure: RFC_ILLEGAL_STATE when another thread uses the connection,
  // RFC_CANCELED, a communication failure, or what the server answered.
  void ping();
  void invoke(Function& function);
  const FunctionDescription& function(std::u16string_view name);
  const TypeDescription& type(std::u16string_view name);
  void close();

  // Ends the call that another thread waits for, or the next one.
  void cancel() noexcept;

  // Null takes the counters off.
  void count_in(RFC_THROUGHPUT_HANDLE handle, std::weak_ptr<Throughput> throughput);
  RFC_THROUGHPUT_HANDLE throughput_handle() const { return throughput_handle_; }

 private:
  class Use;

  // Sends the request, hands the answer to `read`, and ends the conversation where that fails.
  template <class Read>
  void exchange(FrameWriter& request, Message expected, Read read);
  TextsByName log_on(const TextsByName& parameters);

  const ConversationPlace place_;
  Socket socket_;
  std::atomic<bool> is_busy_{false};
  std::atomic<bool> is_canceled_{false};
  TextsByName attributes_;
  Repository& repository_;
  RFC_THROUGHPUT_HANDLE throughput_handle_ = nullptr;
  std::weak_ptr<Throughput> throughput_;
};

Registry<RFC_CONNECTION_HANDLE, Connection>& connections();

// Calls `action` with the connection. Its handle is invalid from the failure on that ends the
// conversation.
template <class Action>
void use_connection(RFC_CONNECTION_HANDLE handle, Action action) {
  const std::shared_ptr<Connection> connection = connections().find(handle);
  try {
    action(*connection);
  } catch (const Failure& failure) {
    if (failure.ends_conversation) connections().remove(handle);
    throw;
  }
}

}  // namespace standin
