// Entry points about the library itself: version, trace, ini file, text.

#include <cstring>

#include "destination.hpp"
#include "failure.hpp"
#include "text.hpp"

using namespace standin;

namespace {

constexpr unsigned kMajorVersion = 7500;
constexpr unsigned kMinorVersion = 0;
constexpr unsigned kPatchLevel = 12;

void set(unsigned* target, unsigned value) {
  if (target != nullptr) *target = value;
}

// Copies a converted text and its end mark; `size` learns what is needed where it is too small.
template <class Unit, class Text>
void hand_over(const Text& text, Unit* buffer, unsigned* size, unsigned* length) {
  const auto needed = static_cast<unsigned>(text.size() + 1);
  if (needed > *size) {
    *size = needed;
    throw Failure(RFC_BUFFER_TOO_SMALL, "buffer too small for the converted text");
  }
  std::memcpy(buffer, text.c_str(), needed * sizeof(Unit));
  set(length, needed - 1);
}

}  // namespace

extern "C" {

const SAP_UC* RfcGetVersion(unsigned* major, unsigned* minor, unsigned* patchLevel) {
  set(major, kMajorVersion);
  set(minor, kMinorVersion);
  set(patchLevel, kPatchLevel);
  return u"7500.0.12";
}

RFC_RC RfcInit() { return RFC_OK; }

RFC_RC RfcSetIniPath(const SAP_UC* folder, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { set_ini_folder(view_of(folder)); });
}

// The file is read for each connection that names a destination.
RFC_RC RfcReloadIniFile(RFC_ERROR_INFO* error) { return report_success(error); }

RFC_RC RfcLoadCryptoLibrary(const SAP_UC*, RFC_ERROR_INFO* error) { return not_supported(error); }

// There is no trace to set.
RFC_RC RfcSetTraceLevel(RFC_CONNECTION_HANDLE, SAP_UC*, unsigned, RFC_ERROR_INFO* error) {
  return report_success(error);
}
RFC_RC RfcSetTraceDir(SAP_UC*, RFC_ERROR_INFO* error) { return report_success(error); }
RFC_RC RfcSetTraceEncoding(SAP_UC*, RFC_ERROR_INFO* error) { return report_success(error); }
RFC_RC RfcSetTraceType(SAP_UC*, RFC_ERROR_INFO* error) { return report_success(error); }
RFC_RC RfcSetMaximumTraceFileSize(unsigned, SAP_UC, RFC_ERROR_INFO* error) {
  return report_success(error);
}
RFC_RC RfcSetMaximumStoredTraceFiles(int, RFC_ERROR_INFO* error) { return report_success(error); }

RFC_RC RfcUTF8ToSAPUC(const RFC_BYTE* utf8, unsigned utf8Length, SAP_UC* sapuc, unsigned* sapucSize,
                      unsigned* resultLength, RFC_ERROR_INFO* error) {
  return guarded(error, [&] {
    const auto* text = reinterpret_cast<const char*>(utf8);
    hand_over(from_utf8({text, utf8Length}), sapuc, sapucSize, resultLength);
  });
}

RFC_RC RfcSAPUCToUTF8(const SAP_UC* sapuc, unsigned sapucLength, RFC_BYTE* utf8, unsigned* utf8Size,
                      unsigned* resultLength, RFC_ERROR_INFO* error) {
  return guarded(error,
                 [&] { hand_over(to_utf8({sapuc, sapucLength}), utf8, utf8Size, resultLength); });
}

}  // extern "C"
