#include "connection.hpp"

#include <chrono>
#include <cstdlib>

#include "failure.hpp"
#include "text.hpp"

namespace standin {
namespace {

constexpr int kMostConversations = 200;  // the SDK's own limit

std::atomic<int>& open_conversations() {
  static std::atomic<int> count{0};
  return count;
}

int most_conversations() {
  const char* text = std::getenv("STANDIN_MAX_CONNECTIONS");
  return text == nullptr ? kMostConversations : std::atoi(text);
}

Failure canceled() {
  Failure failure(RFC_CANCELED, COMMUNICATION_FAILURE, name_of(RFC_CANCELED),
                  u"Connection was canceled.");
  failure.ends_conversation = true;
  return failure;
}

// What is left of the answer would be taken for the next one.
Failure no_memory_for_the_answer() {
  Failure failure(RFC_MEMORY_INSUFFICIENT, "out of memory");
  failure.ends_conversation = true;
  return failure;
}

// The server's own words for what went wrong.
Failure read_failure(FrameReader& frame) {
  const unsigned rc = frame.u32();
  const unsigned group = frame.u32();
  if (rc > RFC_LOCKING_FAILURE || group > EXTERNAL_AUTHORIZATION_FAILURE) {
    return protocol_failure("the server failed with an unknown code");
  }
  std::u16string key = frame.text();
  Failure failure(static_cast<RFC_RC>(rc), static_cast<RFC_ERROR_GROUP>(group), std::move(key),
                  frame.text());
  failure.message_class = frame.text();
  failure.message_type = frame.text();
  failure.message_number = frame.text();
  for (std::u16string& variable : failure.message_variables) variable = frame.text();
  failure.ends_conversation = frame.u8() != 0;
  frame.expect_end();
  return failure;
}

TextsByName read_texts_by_name(FrameReader& frame) {
  TextsByName texts;
  for (std::size_t left = frame.u16(); left > 0; --left) {
    std::u16string name = frame.text();
    texts.insert_or_assign(std::move(name), frame.text());
  }
  return texts;
}

// Adds the time since the last lap to a counter.
class Stopwatch {
 public:
  void lap(std::atomic<std::uint64_t>& microseconds) {
    using std::chrono::duration_cast;
    const auto now = std::chrono::steady_clock::now();
    microseconds +=
        static_cast<std::uint64_t>(duration_cast<std::chrono::microseconds>(now - start_).count());
    start_ = now;
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

ConversationPlace::ConversationPlace() {
  const int most = most_conversations();
  if (++open_conversations() <= most) return;
  --open_conversations();
  throw communication_failure("max no of " + std::to_string(most) + " conversations exceeded");
}

ConversationPlace::~ConversationPlace() { --open_conversations(); }

// Marks the connection as in use by this thread.
class Connection::Use {
 public:
  explicit Use(Connection& connection) : connection_(connection) {
    if (!connection.is_busy_.exchange(true)) return;
    throw Failure(RFC_ILLEGAL_STATE, "The connection is in use by another thread");
  }
  ~Use() { connection_.is_busy_ = false; }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

 private:
  Connection& connection_;
};

Connection::Connection(const TextsByName& parameters)
    : socket_(endpoint_of(parameters)),
      attributes_(log_on(parameters)),
      repository_(Repository::of(value_of(attributes_, u"sysId"))) {}

template <class Read>
void Connection::exchange(FrameWriter& request, Message expected, Read read) {
  const Use use(*this);
  try {
    const auto& bytes = request.finished();
    socket_.send(bytes.data(), bytes.size());
    FrameReader answer(socket_);
    if (answer.message() == Message::kFailed) throw read_failure(answer);
    if (answer.message() != expected) throw protocol_failure("the server answered out of turn");
    read(answer);
    answer.expect_end();
  } catch (Failure& failure) {
    if (failure.ends_conversation && is_canceled_) throw canceled();
    throw;
  } catch (const std::bad_alloc&) {
    throw no_memory_for_the_answer();
  }
}

TextsByName Connection::log_on(const TextsByName& parameters) {
  FrameWriter request(Message::kLogon);
  request.u16(parameters.size());
  for (const auto& [name, value] : parameters) {
    request.text(name);
    request.text(value);
  }
  TextsByName attributes;
  exchange(request, Message::kLoggedOn,
           [&attributes](FrameReader& answer) { attributes = read_texts_by_name(answer); });
  attributes.insert({{u"dest", std::u16string(value_of(parameters, u"DEST"))},
                     {u"rfcRole", u"C"},
                     {u"type", u"E"},
                     {u"codepage", u"4103"}});
  return attributes;
}

void Connection::ping() {
  FrameWriter request(Message::kPing);
  exchange(request, Message::kPong, [](FrameReader&) {});
}

void Connection::invoke(Function& function) {
  Throughput unwatched;
  const std::shared_ptr<Throughput> watched = throughput_.lock();
  Throughput& counters = watched == nullptr ? unwatched : *watched;
  Stopwatch whole, part;
  FrameWriter request(Message::kInvoke);
  function.write_to(request);
  part.lap(counters.serialization_time);
  counters.sent_bytes += request.finished().size();
  ++counters.calls;
  exchange(request, Message::kReturned, [&](FrameReader& answer) {
    part.lap(counters.application_time);
    counters.received_bytes += answer.size();
    function.read_from(answer);
    part.lap(counters.deserialization_time);
  });
  whole.lap(counters.total_time);
}

const FunctionDescription& Connection::function(std::u16string_view name) {
  if (const auto* cached = repository_.function(name)) return *cached;
  FrameWriter request(Message::kDescribe);
  request.text(name);
  const FunctionDescription* function = nullptr;
  exchange(request, Message::kDescribed, [this, &function](FrameReader& answer) {
    function = &repository_.add_function(answer);
  });
  return *function;
}

const TypeDescription& Connection::type(std::u16string_view name) {
  if (const auto* cached = repository_.type(name)) return *cached;
  FrameWriter request(Message::kDescribeType);
  request.text(name);
  const TypeDescription* type = nullptr;
  exchange(request, Message::kTypeDescribed,
           [this, &type](FrameReader& answer) { type = &repository_.add_type(answer); });
  return *type;
}

void Connection::close() {
  const Use use(*this);
  FrameWriter request(Message::kClose);
  const auto& bytes = request.finished();
  socket_.send(bytes.data(), bytes.size());
}

void Connection::cancel() noexcept {
  is_canceled_ = true;
  socket_.shut_down();
}

void Connection::count_in(RFC_THROUGHPUT_HANDLE handle, std::weak_ptr<Throughput> throughput) {
  throughput_handle_ = handle;
  throughput_ = std::move(throughput);
}

// Never destroyed, like the repositories: clients close connections when the process ends, too.
Registry<RFC_CONNECTION_HANDLE, Connection>& connections() {
  static auto* const registry =
      new Registry<RFC_CONNECTION_HANDLE, Connection>("RFC_CONNECTION_HANDLE");
  return *registry;
}

}  // namespace standin
