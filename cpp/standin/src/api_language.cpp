// Entry points between ISO 639 codes and SAP's one-character language keys.

#include <algorithm>
#include <iterator>

#include "failure.hpp"
#include "text.hpp"

using namespace standin;

namespace {

struct Language {
  std::u16string_view iso;
  char16_t key;
};

constexpr Language kLanguages[] = {
    {u"AF", u'a'}, {u"AR", u'A'}, {u"BG", u'W'}, {u"CA", u'c'}, {u"CS", u'C'}, {u"DA", u'K'},
    {u"DE", u'D'}, {u"EL", u'G'}, {u"EN", u'E'}, {u"ES", u'S'}, {u"ET", u'9'}, {u"FI", u'U'},
    {u"FR", u'F'}, {u"HE", u'B'}, {u"HR", u'6'}, {u"HU", u'H'}, {u"ID", u'i'}, {u"IS", u'b'},
    {u"IT", u'I'}, {u"JA", u'J'}, {u"KO", u'3'}, {u"LT", u'X'}, {u"LV", u'Y'}, {u"MS", u'7'},
    {u"NL", u'N'}, {u"NO", u'O'}, {u"PL", u'L'}, {u"PT", u'P'}, {u"RO", u'4'}, {u"RU", u'R'},
    {u"SK", u'Q'}, {u"SL", u'5'}, {u"SR", u'0'}, {u"SV", u'V'}, {u"TH", u'2'}, {u"TR", u'T'},
    {u"UK", u'8'}, {u"ZF", u'M'}, {u"ZH", u'1'},
};

template <class Matches>
const Language& language_that(Matches matches, const char* code, std::u16string_view value) {
  const auto* language = std::find_if(std::begin(kLanguages), std::end(kLanguages), matches);
  if (language != std::end(kLanguages)) return *language;
  throw Failure(RFC_INVALID_PARAMETER,
                std::string("Language ") + code + " code not found: " + to_ascii(value));
}

}  // namespace

extern "C" {

RFC_RC RfcLanguageIsoToSap(const SAP_UC* iso, SAP_UC* sap, RFC_ERROR_INFO* error) {
  return guarded(error, [&] {
    const std::u16string wanted = upper(view_of(iso));
    sap[0] = language_that([&](const Language& l) { return l.iso == wanted; }, "ISO", wanted).key;
  });
}

RFC_RC RfcLanguageSapToIso(const SAP_UC* sap, SAP_UC* iso, RFC_ERROR_INFO* error) {
  return guarded(error, [&] {
    const std::u16string_view wanted = view_of(sap).substr(0, 1);
    const auto has_key = [&](const Language& l) {
      return wanted == std::u16string_view(&l.key, 1);
    };
    const std::u16string_view code = language_that(has_key, "SAP", wanted).iso;
    std::copy(code.begin(), code.end(), iso);
  });
}

}  // extern "C"
