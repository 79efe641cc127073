#include "destination.hpp"

#include <fstream>
#include <mutex>
#include <optional>

#include "failure.hpp"
#include "numbers.hpp"
#include "text.hpp"

namespace standin {
namespace {

constexpr int kFirstPort = 3300;
constexpr int kLastSystemNumber = 99;
constexpr int kLastPort = 65535;

struct IniFolder {
  std::mutex mutex;
  std::string path = ".";
};

IniFolder& ini_folder() {
  static IniFolder folder;
  return folder;
}

std::ifstream opened_ini() {
  const std::lock_guard lock(ini_folder().mutex);
  return std::ifstream(ini_folder().path + "/sapnwrfc.ini");
}

// "NAME = value" taken apart, nothing for a comment or an empty line.
std::optional<std::pair<std::u16string, std::u16string>> assignment_in(const std::string& line) {
  const std::u16string units = from_utf8(line);
  std::u16string_view text = trimmed(units);
  if (!text.empty() && text.back() == u'\r') text = trimmed(text.substr(0, text.size() - 1));
  const std::size_t equals = text.find(u'=');
  if (text.empty() || text.front() == u'#' || equals == text.npos) return std::nullopt;
  return std::pair(upper(trimmed(text.substr(0, equals))),
                   std::u16string(trimmed(text.substr(equals + 1))));
}

// A number of at most `last` that takes up the whole value.
std::optional<int> number_in(std::u16string_view value, int last) {
  const auto number = parse_integer(to_ascii(value));
  if (!number || *number < 0 || *number > last) return std::nullopt;
  return static_cast<int>(*number);
}

// "/H/router/S/3299/H/host" names the host behind the router.
std::string host_in(std::u16string_view address) {
  constexpr std::u16string_view hop = u"/H/";
  const std::u16string upper_case = upper(address);
  const std::size_t last_hop = upper_case.rfind(hop);
  if (last_hop != upper_case.npos) address = address.substr(last_hop + hop.size());
  return to_utf8(address.substr(0, address.find(u'/')));
}

int application_server_port(const TextsByName& parameters) {
  const std::u16string_view number = value_of(parameters, u"SYSNR");
  const auto parsed = number.empty() ? 0 : number_in(number, kLastSystemNumber);
  if (!parsed) throw Failure(RFC_INVALID_PARAMETER, "SYSNR is no system number from 00 to 99");
  return kFirstPort + *parsed;
}

}  // namespace

void set_ini_folder(std::u16string_view folder) {
  const std::lock_guard lock(ini_folder().mutex);
  ini_folder().path = to_utf8(folder);
}

void add_destination(TextsByName& parameters) {
  const std::u16string destination(value_of(parameters, u"DEST"));
  if (destination.empty()) return;
  std::ifstream file = opened_ini();
  bool is_wanted = false;
  for (std::string line; std::getline(file, line);) {
    const auto assignment = assignment_in(line);
    if (!assignment) continue;
    if (assignment->first == u"DEST") is_wanted = assignment->second == destination;
    if (is_wanted) parameters.insert(*assignment);
  }
}

std::u16string_view value_of(const TextsByName& parameters, std::u16string_view name) {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::u16string_view() : std::u16string_view(found->second);
}

Endpoint endpoint_of(const TextsByName& parameters) {
  const std::u16string_view application_server = value_of(parameters, u"ASHOST");
  if (!application_server.empty()) {
    return {host_in(application_server), application_server_port(parameters)};
  }
  const std::u16string_view message_server = value_of(parameters, u"MSHOST");
  if (!message_server.empty()) {
    const auto port = number_in(value_of(parameters, u"MSSERV"), kLastPort);
    return {host_in(message_server), port.value_or(kFirstPort)};
  }
  if (!value_of(parameters, u"WSHOST").empty()) {
    throw Failure(RFC_NOT_SUPPORTED, "WebSocket RFC is not part of the stand-in");
  }
  throw Failure(RFC_INVALID_PARAMETER,
                "Parameter ASHOST, GWHOST, MSHOST or SERVER_PORT is missing.");
}

}  // namespace standin
