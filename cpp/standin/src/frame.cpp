#include "frame.hpp"

#include <algorithm>
#include <limits>

#include "failure.hpp"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the protocol is little-endian, and so must be the processor"
#endif

namespace standin {
namespace {

constexpr std::size_t kLengthBytes = sizeof(std::uint32_t);

template <class Number>
Number narrowed(std::size_t value) {
  if (value > std::numeric_limits<Number>::max()) {
    throw Failure(RFC_SERIALIZATION_FAILURE, "too much data for one call");
  }
  return static_cast<Number>(value);
}

}  // namespace

FrameWriter::FrameWriter(Message message) {
  u32(0);  // until finished()
  u8(static_cast<std::uint8_t>(message));
}

void FrameWriter::u16(std::size_t value) { number(narrowed<std::uint16_t>(value)); }

void FrameWriter::u32(std::size_t value) { number(narrowed<std::uint32_t>(value)); }

void FrameWriter::text(std::u16string_view units) {
  u32(units.size());
  raw(units.data(), units.size() * sizeof(char16_t));
}

void FrameWriter::raw(const void* bytes, std::size_t size) {
  const std::size_t start = bytes_.size();
  bytes_.resize(start + size);
  if (size > 0) std::memcpy(bytes_.data() + start, bytes, size);
}

const std::vector<std::uint8_t>& FrameWriter::finished() {
  const auto length = narrowed<std::uint32_t>(bytes_.size() - kLengthBytes);
  std::memcpy(bytes_.data(), &length, sizeof length);
  return bytes_;
}

FrameReader::FrameReader(Socket& socket) : socket_(socket), left_(kLengthBytes) {
  size_ = u32();
  left_ = size_;
  message_ = static_cast<Message>(u8());
}

std::u16string FrameReader::text() {
  const std::size_t units = u32();
  expect_left(units * sizeof(char16_t));
  std::u16string result(units, u'\0');
  raw(result.data(), units * sizeof(char16_t));
  return result;
}

void FrameReader::raw(void* bytes, std::size_t size) {
  expect_left(size);
  left_ -= size;
  take(bytes, size);
}

// Small pieces come through the buffer, the rest of a large one goes straight to its place.
void FrameReader::take(void* bytes, std::size_t size) {
  auto* target = static_cast<std::uint8_t*>(bytes);
  while (size > 0) {
    if (position_ == buffered_ && size >= kBufferedBytes) {
      const std::size_t received = socket_.receive(target, size);
      target += received;
      size -= received;
      continue;
    }
    if (position_ == buffered_) {
      position_ = 0;
      buffered_ = socket_.receive(buffer_.data(), std::min(kBufferedBytes, size + left_));
    }
    const std::size_t taken = std::min(size, buffered_ - position_);
    std::memcpy(target, buffer_.data() + position_, taken);
    position_ += taken;
    target += taken;
    size -= taken;
  }
}

void FrameReader::skip(std::size_t size) {
  expect_left(size);
  std::array<std::uint8_t, kBufferedBytes> scratch;
  while (size > 0) {
    const std::size_t piece = std::min(size, scratch.size());
    raw(scratch.data(), piece);
    size -= piece;
  }
}

void FrameReader::expect_left(std::size_t size) const {
  if (size > left_) throw protocol_failure("a frame of the server ends too early");
}

void FrameReader::expect_end() const {
  if (left_ != 0) throw protocol_failure("a frame of the server is too long");
}

}  // namespace standin
