// A TCP connection to the sandbox's server. Whatever fails is a communication failure.

#pragma once

#include <cstddef>
#include <string>

namespace standin {

struct Endpoint {
  std::string host;
  int port;
};

class Socket {
 public:
  explicit Socket(const Endpoint& endpoint);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  void send(const void* bytes, std::size_t size);

  // Waits for at least one byte, takes at most `capacity`, returns how many.
  std::size_t receive(void* bytes, std::size_t capacity);

  // Ends both directions at once, from any thread: whoever waits in receive() fails.
  void shut_down() noexcept;

 private:
  int descriptor_;
};

}  // namespace standin
