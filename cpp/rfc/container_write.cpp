#include <algorithm>
#include <limits>
#include <stdexcept>

#include "container.hpp"
#include "description.hpp"
#include "failure.hpp"
#include "text.hpp"

namespace erp::rfc {
namespace {

bool is_digit(char16_t unit) { return unit >= u'0' && unit <= u'9'; }

// Writes one value into one slot: a method for each type of value, a case for each type of slot.
class Writer {
 public:
  Writer(const Library& library, DATA_CONTAINER_HANDLE container, const Slot& slot)
      : library_(library), container_(container), slot_(slot) {}

  void operator()(std::monostate) const {}  // a new container holds initial values

  void operator()(const Text& text) const {
    switch (slot_.type) {
      case RFCTYPE_CHAR:
        return chars(text);
      case RFCTYPE_NUM:
        return digits(text);
      case RFCTYPE_DATE:
        return set(library_.RfcSetDate, exactly(text, 8).c_str());
      case RFCTYPE_TIME:
        return set(library_.RfcSetTime, exactly(text, 6).c_str());
      case RFCTYPE_STRING:
      case RFCTYPE_BCD:
      case RFCTYPE_DECF16:
      case RFCTYPE_DECF34:
      case RFCTYPE_UTCLONG:
        return string(text);
      default:
        refuse("does not take a text");
    }
  }

  void operator()(std::int64_t number) const {
    switch (slot_.type) {
      case RFCTYPE_INT1:
        return integer(number, 0, std::numeric_limits<RFC_INT1>::max());
      case RFCTYPE_INT2:
        return integer(number, std::numeric_limits<RFC_INT2>::min(),
                       std::numeric_limits<RFC_INT2>::max());
      case RFCTYPE_INT:
        return integer(number, std::numeric_limits<RFC_INT>::min(),
                       std::numeric_limits<RFC_INT>::max());
      case RFCTYPE_INT8:
        return set(library_.RfcSetInt8, RFC_INT8{number});
      case RFCTYPE_FLOAT:
        return set(library_.RfcSetFloat, static_cast<double>(number));
      default:
        return (*this)(Number{ascii(std::to_string(number))});
    }
  }

  void operator()(double number) const {
    if (slot_.type != RFCTYPE_FLOAT) refuse("does not take a float: pass a Decimal or an int");
    set(library_.RfcSetFloat, number);
  }

  void operator()(const Number& number) const {
    switch (slot_.type) {
      case RFCTYPE_BCD:
      case RFCTYPE_DECF16:
      case RFCTYPE_DECF34:
        return string(number.text);
      case RFCTYPE_NUM:
        return digits(number.text);
      default:
        refuse("does not take a number like this");
    }
  }

  void operator()(const Bytes& bytes) const {
    const auto size = static_cast<unsigned>(bytes.size());
    if (slot_.type == RFCTYPE_XSTRING) return set(library_.RfcSetXString, bytes.data(), size);
    if (slot_.type != RFCTYPE_BYTE) refuse("does not take bytes");
    if (size > slot_.length) refuse_length("bytes", size);
    set(library_.RfcSetBytes, bytes.data(), size);
  }

  void operator()(const Record& record) const {
    if (slot_.type != RFCTYPE_STRUCTURE) refuse("does not take a structure");
    RFC_STRUCTURE_HANDLE structure = nullptr;
    set(library_.RfcGetStructure, &structure);
    fields(structure, record);
  }

  void operator()(const Rows& rows) const {
    if (slot_.type != RFCTYPE_TABLE) refuse("does not take a list of rows");
    RFC_TABLE_HANDLE table = nullptr;
    set(library_.RfcGetTable, &table);
    for (const Value& row : rows) {
      const auto line = checked_handle(library_.RfcAppendNewRow, table);
      const auto* record = std::get_if<Record>(&row.held);
      record == nullptr ? plain_line(line, row) : fields(line, *record);
    }
  }

 private:
  template <typename EntryPoint, typename... Arguments>
  void set(EntryPoint entry_point, Arguments... arguments) const {
    checked(entry_point, container_, slot_.name.c_str(), arguments...);
  }

  void chars(const Text& text) const {
    if (text.size() > slot_.length) refuse_length("characters", text.size());
    set(library_.RfcSetChars, text.data(), static_cast<unsigned>(text.size()));
  }

  // NUMC is always full: 42 in four digits is 0042.
  void digits(const Text& text) const {
    if (!std::ranges::all_of(text, is_digit)) refuse("takes digits only");
    if (text.size() > slot_.length) refuse_length("digits", text.size());
    const Text full = Text(slot_.length - text.size(), u'0') + text;
    set(library_.RfcSetNum, full.data(), static_cast<unsigned>(full.size()));
  }

  void string(const Text& text) const {
    set(library_.RfcSetString, text.data(), static_cast<unsigned>(text.size()));
  }

  void integer(std::int64_t number, std::int64_t least, std::int64_t most) const {
    if (number < least || number > most) refuse("does not take " + std::to_string(number));
    set(library_.RfcSetInt, static_cast<RFC_INT>(number));
  }

  const Text& exactly(const Text& text, std::size_t units) const {
    if (text.size() != units) refuse("takes " + std::to_string(units) + " characters");
    return text;
  }

  void fields(DATA_CONTAINER_HANDLE structure, const Record& record) const {
    for (const auto& [name, value] : record) {
      ErrorInfo info;
      RFC_FIELD_DESC field{};
      const RFC_RC code = library_.RfcGetFieldDescByName(slot_.line, name.c_str(), &field, &info);
      if (code != RFC_OK) refuse("has no field '" + to_utf8(name) + "'");
      write(library_, structure, Slot(field), value);
    }
  }

  void plain_line(DATA_CONTAINER_HANDLE line, const Value& value) const {
    const auto line_fields = fields_of(library_, slot_.line);
    if (line_fields.size() != 1) refuse("takes a dict for each row");
    write(library_, line, Slot(line_fields.front()), value);
  }

  [[noreturn]] void refuse(const std::string& why) const {
    throw std::invalid_argument("'" + to_utf8(slot_.name) + "' (" + name_of(slot_.type) + ") " +
                                why);
  }

  [[noreturn]] void refuse_length(const std::string& of_what, std::size_t size) const {
    refuse("has room for " + std::to_string(slot_.length) + " " + of_what + ", not " +
           std::to_string(size));
  }

  static Text ascii(const std::string& text) { return {text.begin(), text.end()}; }

  const Library& library_;
  DATA_CONTAINER_HANDLE container_;
  const Slot& slot_;
};

}  // namespace

Slot::Slot(const RFC_PARAMETER_DESC& parameter)
    : name(text_of(parameter.name)),
      type(parameter.type),
      length(parameter.nucLength),
      line(parameter.typeDescHandle) {}

Slot::Slot(const RFC_FIELD_DESC& field)
    : name(text_of(field.name)),
      type(field.type),
      length(field.nucLength),
      line(field.typeDescHandle) {}

void write(const Library& library, DATA_CONTAINER_HANDLE container, const Slot& slot,
           const Value& value) {
  std::visit(Writer(library, container, slot), value.held);
}

}  // namespace erp::rfc
