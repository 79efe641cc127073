// The value of one parameter: rows in ABAP's layout, one after the other, and the heap that their
// STRING and XSTRING cells point into. It goes to the wire and comes from it as it lies.

#pragma once

#include <cstddef>
#include <cstdint>

#include "buffer.hpp"
#include "description.hpp"
#include "frame.hpp"

namespace standin {

class Rows {
 public:
  explicit Rows(const TypeDescription& type) : type_(type) {}

  const TypeDescription& type() const { return type_; }
  std::size_t count() const { return count_; }
  std::uint8_t* at(std::size_t row) { return bytes_.data() + row * type_.uc_length(); }
  Buffer& heap() { return heap_; }

  void append_initial();
  void remove(std::size_t row);  // cheap at the end, and gives memory back
  void clear();

  void write_to(FrameWriter& frame) const;

  // Throws Failure (RFC_SERIALIZATION_FAILURE) for rows of another length than described.
  void read_from(FrameReader& frame);
  static void skip(FrameReader& frame);

 private:
  const TypeDescription& type_;
  std::size_t count_ = 0;
  Buffer bytes_;
  Buffer heap_;
};

// One cell: its description, its place in a row, and the heap of its rows.
struct Cell {
  const RFC_FIELD_DESC& field;
  std::uint8_t* bytes;
  Buffer& heap;
};

}  // namespace standin
