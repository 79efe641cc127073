// Connection parameters (names in upper case): from the caller and from sapnwrfc.ini, and the
// address they name.

#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "socket.hpp"

namespace standin {

using TextsByName = std::map<std::u16string, std::u16string, std::less<>>;

// Where sapnwrfc.ini lies; at first the working directory.
void set_ini_folder(std::u16string_view folder);

// Adds what the ini file's block of DEST says; what the caller gave goes before.
void add_destination(TextsByName& parameters);

// The value of a parameter, "" where it is missing.
std::u16string_view value_of(const TextsByName& parameters, std::u16string_view name);

// ASHOST with SYSNR is port 3300 + SYSNR. A message server (MSHOST) is not modelled: it stands for
// an application server on the same host, at MSSERV where that is a port and else at system number
// 00. A SAProuter string is taken off: the host behind it is reached directly.
// Throws Failure: RFC_INVALID_PARAMETER, or RFC_NOT_SUPPORTED for WebSocket RFC (WSHOST).
Endpoint endpoint_of(const TextsByName& parameters);

}  // namespace standin
