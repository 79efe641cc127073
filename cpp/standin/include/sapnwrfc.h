// The header that pyrfc's build includes: the binary interface, and the helpers for UTF-16 texts
// that pyrfc calls. The helpers are inline, so that nothing is needed of the second library
// (sapucum) and the same pyrfc runs on SAP's own.

#pragma once

#include <stdlib.h>
#include <string.h>

#include "nwrfc_other_abi.h"

using SAP_CHAR = SAP_UC;
using SAP_UTF16 = SAP_UC;
using SAP_USHORT = unsigned short;

inline size_t strlenU(const SAP_UC* text) {
  size_t length = 0;
  while (text != nullptr && text[length] != 0) ++length;
  return length;
}

inline SAP_UC* mallocU(size_t units) {
  return static_cast<SAP_UC*>(malloc((units == 0 ? 1 : units) * sizeof(SAP_UC)));
}

inline void strncpyU(SAP_UC* target, const SAP_UC* source, size_t capacity) {
  size_t i = 0;
  for (; i < capacity && source[i] != 0; ++i) target[i] = source[i];
  for (; i < capacity; ++i) target[i] = 0;
}

inline void memsetR(void* target, unsigned short value, size_t bytes) {
  memset(target, value, bytes);
}
