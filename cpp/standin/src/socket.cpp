#include "socket.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "failure.hpp"

namespace standin {
namespace {

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

// In the words of SAP's network interface, as far as clients look for them.
Failure not_reached(const Endpoint& endpoint, const std::string& detail) {
  const std::string partner = endpoint.host + ":" + std::to_string(endpoint.port);
  return communication_failure("\nLOCATION    CPIC (TCP/IP) on local host\nERROR       partner '" +
                               partner + "' not reached\nDETAIL      " + detail + "\n");
}

Failure lost(const char* call, const char* reason) {
  return communication_failure(
      std::string("\nERROR       connection to partner broken\nDETAIL      ") + call + ": " +
      reason + "\n");
}

Addresses addresses_of(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int result =
      getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
  if (result != 0) throw not_reached(endpoint, gai_strerror(result));
  return {found, &freeaddrinfo};
}

// A connected socket, or -1 with the reason in errno.
int connected(const addrinfo& address) {
  const int descriptor =
      socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC, address.ai_protocol);
  if (descriptor < 0) return -1;
  if (connect(descriptor, address.ai_addr, address.ai_addrlen) == 0) return descriptor;
  const int reason = errno;
  close(descriptor);
  errno = reason;
  return -1;
}

int connected(const Endpoint& endpoint) {
  const Addresses addresses = addresses_of(endpoint);
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    const int descriptor = connected(*address);
    if (descriptor >= 0) return descriptor;
  }
  throw not_reached(endpoint, std::strerror(errno));
}

}  // namespace

Socket::Socket(const Endpoint& endpoint) : descriptor_(connected(endpoint)) {
  const int yes = 1;  // a request is one small packet that must not wait for another
  setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

Socket::~Socket() { close(descriptor_); }

void Socket::send(const void* bytes, std::size_t size) {
  const char* position = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t sent = ::send(descriptor_, position, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) throw lost("send", std::strerror(errno));
    position += sent;
    size -= static_cast<std::size_t>(sent);
  }
}

std::size_t Socket::receive(void* bytes, std::size_t capacity) {
  for (;;) {
    const ssize_t received = recv(descriptor_, bytes, capacity, 0);
    if (received > 0) return static_cast<std::size_t>(received);
    if (received == 0) throw lost("recv", "closed by partner");
    if (errno != EINTR) throw lost("recv", std::strerror(errno));
  }
}

void Socket::shut_down() noexcept { shutdown(descriptor_, SHUT_RDWR); }

}  // namespace standin
