// Names of the SDK's enumerations.

#include "failure.hpp"
#include "nwrfc_other_abi.h"

namespace {

#define NAME(enumerator) \
  case enumerator:       \
    return u"" #enumerator

const char16_t* name_of_type(RFCTYPE type) {
  switch (type) {
    NAME(RFCTYPE_CHAR);
    NAME(RFCTYPE_DATE);
    NAME(RFCTYPE_BCD);
    NAME(RFCTYPE_TIME);
    NAME(RFCTYPE_BYTE);
    NAME(RFCTYPE_TABLE);
    NAME(RFCTYPE_NUM);
    NAME(RFCTYPE_FLOAT);
    NAME(RFCTYPE_INT);
    NAME(RFCTYPE_INT2);
    NAME(RFCTYPE_INT1);
    NAME(RFCTYPE_NULL);
    NAME(RFCTYPE_ABAPOBJECT);
    NAME(RFCTYPE_STRUCTURE);
    NAME(RFCTYPE_DECF16);
    NAME(RFCTYPE_DECF34);
    NAME(RFCTYPE_XMLDATA);
    NAME(RFCTYPE_STRING);
    NAME(RFCTYPE_XSTRING);
    NAME(RFCTYPE_INT8);
    NAME(RFCTYPE_UTCLONG);
    NAME(RFCTYPE_UTCSECOND);
    NAME(RFCTYPE_UTCMINUTE);
    NAME(RFCTYPE_DTDAY);
    NAME(RFCTYPE_DTWEEK);
    NAME(RFCTYPE_DTMONTH);
    NAME(RFCTYPE_TSECOND);
    NAME(RFCTYPE_TMINUTE);
    NAME(RFCTYPE_CDAY);
    NAME(RFCTYPE_BOX);
    NAME(RFCTYPE_GENERIC_BOX);
  }
  return u"";
}

const char16_t* name_of_direction(RFC_DIRECTION direction) {
  switch (direction) {
    NAME(RFC_IMPORT);
    NAME(RFC_EXPORT);
    NAME(RFC_CHANGING);
    NAME(RFC_TABLES);
  }
  return u"";
}

const char16_t* name_of_server_state(RFC_SERVER_STATE state) {
  switch (state) {
    NAME(RFC_SERVER_INITIAL);
    NAME(RFC_SERVER_STARTING);
    NAME(RFC_SERVER_RUNNING);
    NAME(RFC_SERVER_BROKEN);
    NAME(RFC_SERVER_STOPPING);
    NAME(RFC_SERVER_STOPPED);
  }
  return u"";
}

}  // namespace

const char16_t* standin::name_of(RFC_RC rc) {
  switch (rc) {
    NAME(RFC_OK);
    NAME(RFC_COMMUNICATION_FAILURE);
    NAME(RFC_LOGON_FAILURE);
    NAME(RFC_ABAP_RUNTIME_FAILURE);
    NAME(RFC_ABAP_MESSAGE);
    NAME(RFC_ABAP_EXCEPTION);
    NAME(RFC_CLOSED);
    NAME(RFC_CANCELED);
    NAME(RFC_TIMEOUT);
    NAME(RFC_MEMORY_INSUFFICIENT);
    NAME(RFC_VERSION_MISMATCH);
    NAME(RFC_INVALID_PROTOCOL);
    NAME(RFC_SERIALIZATION_FAILURE);
    NAME(RFC_INVALID_HANDLE);
    NAME(RFC_RETRY);
    NAME(RFC_EXTERNAL_FAILURE);
    NAME(RFC_EXECUTED);
    NAME(RFC_NOT_FOUND);
    NAME(RFC_NOT_SUPPORTED);
    NAME(RFC_ILLEGAL_STATE);
    NAME(RFC_INVALID_PARAMETER);
    NAME(RFC_CODEPAGE_CONVERSION_FAILURE);
    NAME(RFC_CONVERSION_FAILURE);
    NAME(RFC_BUFFER_TOO_SMALL);
    NAME(RFC_TABLE_MOVE_BOF);
    NAME(RFC_TABLE_MOVE_EOF);
    NAME(RFC_START_SAPGUI_FAILURE);
    NAME(RFC_ABAP_CLASS_EXCEPTION);
    NAME(RFC_UNKNOWN_ERROR);
    NAME(RFC_AUTHORIZATION_FAILURE);
    NAME(RFC_AUTHENTICATION_FAILURE);
    NAME(RFC_CRYPTOLIB_FAILURE);
    NAME(RFC_IO_FAILURE);
    NAME(RFC_LOCKING_FAILURE);
  }
  return u"RFC_UNKNOWN_ERROR";
}

#undef NAME

extern "C" {

const SAP_UC* RfcGetRcAsString(RFC_RC rc) { return standin::name_of(rc); }
const SAP_UC* RfcGetTypeAsString(RFCTYPE type) { return name_of_type(type); }
const SAP_UC* RfcGetDirectionAsString(RFC_DIRECTION direction) {
  return name_of_direction(direction);
}
const SAP_UC* RfcGetServerStateAsString(RFC_SERVER_STATE state) {
  return name_of_server_state(state);
}

}  // extern "C"
