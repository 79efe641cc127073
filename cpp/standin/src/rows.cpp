#include "rows.hpp"

#include <cstring>

#include "failure.hpp"
#include "text.hpp"

namespace standin {
namespace {

Failure other_layout(const TypeDescription& type, std::size_t received) {
  Failure failure(RFC_SERIALIZATION_FAILURE, "rows of '" + to_ascii(type.name) + "' have " +
                                                 std::to_string(received) + " bytes and not " +
                                                 std::to_string(type.uc_length()) +
                                                 ": remove the cached description");
  failure.ends_conversation = true;
  return failure;
}

void read_bytes(FrameReader& frame, Buffer& bytes, std::size_t size) {
  frame.expect_left(size);
  bytes.resize(size);
  frame.raw(bytes.data(), size);
}

}  // namespace

void Rows::append_initial() {
  bytes_.resize((count_ + 1) * type_.uc_length());
  std::memcpy(at(count_), type_.initial_row(), type_.uc_length());
  ++count_;
}

void Rows::remove(std::size_t row) {
  std::memmove(at(row), at(row + 1), (count_ - row - 1) * type_.uc_length());
  --count_;
  bytes_.resize(count_ * type_.uc_length());
  if (count_ == 0) heap_.resize(0);
}

void Rows::clear() {
  count_ = 0;
  bytes_.resize(0);
  heap_.resize(0);
}

void Rows::write_to(FrameWriter& frame) const {
  frame.u32(count_);
  frame.u32(type_.uc_length());
  frame.raw(bytes_.data(), count_ * type_.uc_length());
  frame.u32(heap_.size());
  frame.raw(heap_.data(), heap_.size());
}

void Rows::read_from(FrameReader& frame) {
  const std::size_t count = frame.u32();
  const std::size_t row_length = frame.u32();
  if (row_length != type_.uc_length()) throw other_layout(type_, row_length);
  clear();
  read_bytes(frame, bytes_, count * row_length);
  count_ = count;
  read_bytes(frame, heap_, frame.u32());
}

void Rows::skip(FrameReader& frame) {
  const std::size_t count = frame.u32();
  frame.skip(count * frame.u32());
  frame.skip(frame.u32());
}

}  // namespace standin
