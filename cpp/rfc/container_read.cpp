#include <algorithm>

#include "container.hpp"
#include "decode.hpp"
#include "description.hpp"
#include "failure.hpp"

namespace erp::rfc {
namespace {

// Reads one slot of a container.
class Reader {
 public:
  Reader(const Library& library, DATA_CONTAINER_HANDLE container, const Slot& slot)
      : library_(library), container_(container), slot_(slot) {}

  Value value() const {
    switch (slot_.type) {
      case RFCTYPE_CHAR:
        return {chars(library_.RfcGetChars, slot_.length)};
      case RFCTYPE_NUM:
        return {chars(library_.RfcGetNum, slot_.length)};
      case RFCTYPE_DATE:
        return {units(library_.RfcGetDate, 8)};
      case RFCTYPE_TIME:
        return {units(library_.RfcGetTime, 6)};
      case RFCTYPE_INT:
        return {number<RFC_INT>(library_.RfcGetInt)};
      case RFCTYPE_INT1:
        return {number<RFC_INT1>(library_.RfcGetInt1)};
      case RFCTYPE_INT2:
        return {number<RFC_INT2>(library_.RfcGetInt2)};
      case RFCTYPE_INT8:
        return {number<RFC_INT8>(library_.RfcGetInt8)};
      case RFCTYPE_FLOAT:
        return {floating()};
      case RFCTYPE_BCD:
      case RFCTYPE_DECF16:
      case RFCTYPE_DECF34:
        return {Number{short_text()}};
      case RFCTYPE_BYTE:
        return {fixed_bytes()};
      case RFCTYPE_XSTRING:
        return {bytes()};
      case RFCTYPE_STRING:
        return {string()};
      case RFCTYPE_STRUCTURE:
        return {structure()};
      case RFCTYPE_TABLE:
        return {rows()};
      default:
        return {short_text()};
    }
  }

 private:
  template <typename EntryPoint, typename... Arguments>
  void get(EntryPoint entry_point, Arguments... arguments) const {
    checked(entry_point, container_, slot_.name.c_str(), arguments...);
  }

  template <typename EntryPoint>
  Text chars(EntryPoint entry_point, unsigned length) const {
    Text text(length, u' ');
    get(entry_point, text.data(), length);
    return Text(without_trailing_blanks(text));
  }

  template <typename EntryPoint>
  Text units(EntryPoint entry_point, std::size_t length) const {
    Text text(length, u' ');
    get(entry_point, text.data());
    return text;
  }

  template <typename Integer, typename EntryPoint>
  std::int64_t number(EntryPoint entry_point) const {
    Integer integer = 0;
    get(entry_point, &integer);
    return integer;
  }

  double floating() const {
    double number = 0;
    get(library_.RfcGetFloat, &number);
    return number;
  }

  // Numbers and moments: the longest that ABAP has are below this.
  Text short_text() const {
    constexpr unsigned kCapacity = 128;
    return text_within(kCapacity);
  }

  Text string() const {
    unsigned length = 0;
    get(library_.RfcGetStringLength, &length);
    return text_within(length + 1);
  }

  Text text_within(unsigned capacity) const {
    Text text(capacity, u'\0');
    unsigned length = 0;
    get(library_.RfcGetString, text.data(), capacity, &length);
    text.resize(std::min(length, capacity));
    return text;
  }

  Bytes fixed_bytes() const {
    Bytes bytes(slot_.length);
    get(library_.RfcGetBytes, bytes.data(), slot_.length);
    return bytes;
  }

  Bytes bytes() const {
    unsigned length = 0;
    get(library_.RfcGetStringLength, &length);
    Bytes bytes(length + 1);  // never a null buffer
    get(library_.RfcGetXString, bytes.data(), length, &length);
    bytes.resize(length);
    return bytes;
  }

  Record structure() const {
    RFC_STRUCTURE_HANDLE inner = nullptr;
    get(library_.RfcGetStructure, &inner);
    return record(inner, fields_of(library_, slot_.line));
  }

  Record record(DATA_CONTAINER_HANDLE from, const std::vector<RFC_FIELD_DESC>& fields) const {
    Record record;
    for (const RFC_FIELD_DESC& field : fields) {
      const Slot slot(field);
      record.push_back({slot.name, read(library_, from, slot)});
    }
    return record;
  }

  Rows rows() const {
    RFC_TABLE_HANDLE table = nullptr;
    get(library_.RfcGetTable, &table);
    unsigned count = 0;
    checked(library_.RfcGetRowCount, table, &count);
    const auto fields = fields_of(library_, slot_.line);
    Rows rows;
    for (unsigned i = 0; i < count; ++i) {
      checked(library_.RfcMoveTo, table, i);
      rows.push_back(line(table, fields));
    }
    return rows;
  }

  // A line that is no structure has one field without a name.
  Value line(RFC_TABLE_HANDLE table, const std::vector<RFC_FIELD_DESC>& fields) const {
    if (fields.size() == 1 && fields.front().name[0] == 0) {
      return read(library_, table, Slot(fields.front()));
    }
    return {record(table, fields)};
  }

  const Library& library_;
  DATA_CONTAINER_HANDLE container_;
  const Slot& slot_;
};

}  // namespace

Value read(const Library& library, DATA_CONTAINER_HANDLE container, const Slot& slot) {
  return Reader(library, container, slot).value();
}

}  // namespace erp::rfc
