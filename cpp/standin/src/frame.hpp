// Frames of the sandbox's own protocol, erp_resources/sandbox/sap/protocol.py.

#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "socket.hpp"

namespace standin {

enum class Message : std::uint8_t {
  kLogon = 1,
  kDescribe = 2,
  kDescribeType = 3,
  kInvoke = 4,
  kPing = 5,
  kClose = 6,
  kLoggedOn = 65,
  kDescribed = 66,
  kTypeDescribed = 67,
  kReturned = 68,
  kPong = 69,
  kFailed = 127,
};

// Collects one frame.
class FrameWriter {
 public:
  explicit FrameWriter(Message message);

  void u8(std::uint8_t value) { number(value); }
  void u16(std::size_t value);
  void u32(std::size_t value);
  void text(std::u16string_view units);
  void raw(const void* bytes, std::size_t size);

  // The whole frame, its length filled in.
  const std::vector<std::uint8_t>& finished();

 private:
  template <class Number>
  void number(Number value) {
    raw(&value, sizeof value);
  }

  std::vector<std::uint8_t> bytes_;
};

// Reads one frame while it arrives. Throws a protocol failure where the frame is too short.
class FrameReader {
 public:
  explicit FrameReader(Socket& socket);

  Message message() const { return message_; }
  std::size_t size() const { return size_; }

  std::uint8_t u8() { return number<std::uint8_t>(); }
  std::uint16_t u16() { return number<std::uint16_t>(); }
  std::uint32_t u32() { return number<std::uint32_t>(); }
  std::u16string text();
  void raw(void* bytes, std::size_t size);
  void skip(std::size_t size);

  // What a frame does not hold need not be allocated first.
  void expect_left(std::size_t size) const;
  void expect_end() const;

 private:
  static constexpr std::size_t kBufferedBytes = 16384;

  template <class Number>
  Number number() {
    Number value;
    raw(&value, sizeof value);
    return value;
  }

  void take(void* bytes, std::size_t size);

  Socket& socket_;
  std::size_t left_;  // of the frame, buffered or still to arrive
  std::size_t size_ = 0;
  std::size_t position_ = 0;
  std::size_t buffered_ = 0;
  Message message_;
  std::array<std::uint8_t, kBufferedBytes> buffer_;
};

}  // namespace standin
