// Types, numbers and structures of the client side of SAP's NW RFC SDK, for C++ on 64-bit
// platforms.
//
// Written from facts that open bindings publish (names, numbers, order of members, types of
// arguments: PyRFC's .pxd, Apache-2.0; SapNwRfc, MIT; sapnwrfc-d, BSD). No text of SAP's header is
// used. Types keep the SDK's names.

#pragma once

// ---- Characters and values ----------------------------------------------------------------------

using SAP_UC = char16_t;  // one UTF-16 unit
using SAP_RAW = unsigned char;
using SAP_ULLONG = unsigned long long;

using RFC_CHAR = SAP_UC;
using RFC_NUM = RFC_CHAR;
using RFC_BYTE = SAP_RAW;
using RFC_INT1 = SAP_RAW;
using RFC_INT2 = short;
using RFC_INT = int;
using RFC_INT8 = long long;
using RFC_FLOAT = double;
using RFC_DATE = RFC_CHAR[8];
using RFC_TIME = RFC_CHAR[6];
using RFC_ABAP_NAME = RFC_CHAR[30 + 1];
using RFC_PARAMETER_DEFVALUE = RFC_CHAR[30 + 1];
using RFC_PARAMETER_TEXT = RFC_CHAR[79 + 1];

// ---- Enumerations -------------------------------------------------------------------------------

enum RFCTYPE {
  RFCTYPE_CHAR = 0,
  RFCTYPE_DATE = 1,
  RFCTYPE_BCD = 2,
  RFCTYPE_TIME = 3,
  RFCTYPE_BYTE = 4,
  RFCTYPE_TABLE = 5,
  RFCTYPE_NUM = 6,
  RFCTYPE_FLOAT = 7,
  RFCTYPE_INT = 8,
  RFCTYPE_INT2 = 9,
  RFCTYPE_INT1 = 10,
  RFCTYPE_NULL = 14,
  RFCTYPE_ABAPOBJECT = 16,
  RFCTYPE_STRUCTURE = 17,
  RFCTYPE_DECF16 = 23,
  RFCTYPE_DECF34 = 24,
  RFCTYPE_XMLDATA = 28,
  RFCTYPE_STRING = 29,
  RFCTYPE_XSTRING = 30,
  RFCTYPE_INT8 = 31,
  RFCTYPE_UTCLONG = 32,
  RFCTYPE_UTCSECOND = 33,
  RFCTYPE_UTCMINUTE = 34,
  RFCTYPE_DTDAY = 35,
  RFCTYPE_DTWEEK = 36,
  RFCTYPE_DTMONTH = 37,
  RFCTYPE_TSECOND = 38,
  RFCTYPE_TMINUTE = 39,
  RFCTYPE_CDAY = 40,
  RFCTYPE_BOX = 41,
  RFCTYPE_GENERIC_BOX = 42,
};

enum RFC_RC {
  RFC_OK = 0,
  RFC_COMMUNICATION_FAILURE = 1,
  RFC_LOGON_FAILURE = 2,
  RFC_ABAP_RUNTIME_FAILURE = 3,
  RFC_ABAP_MESSAGE = 4,
  RFC_ABAP_EXCEPTION = 5,
  RFC_CLOSED = 6,
  RFC_CANCELED = 7,
  RFC_TIMEOUT = 8,
  RFC_MEMORY_INSUFFICIENT = 9,
  RFC_VERSION_MISMATCH = 10,
  RFC_INVALID_PROTOCOL = 11,
  RFC_SERIALIZATION_FAILURE = 12,
  RFC_INVALID_HANDLE = 13,
  RFC_RETRY = 14,
  RFC_EXTERNAL_FAILURE = 15,
  RFC_EXECUTED = 16,
  RFC_NOT_FOUND = 17,
  RFC_NOT_SUPPORTED = 18,
  RFC_ILLEGAL_STATE = 19,
  RFC_INVALID_PARAMETER = 20,
  RFC_CODEPAGE_CONVERSION_FAILURE = 21,
  RFC_CONVERSION_FAILURE = 22,
  RFC_BUFFER_TOO_SMALL = 23,
  RFC_TABLE_MOVE_BOF = 24,
  RFC_TABLE_MOVE_EOF = 25,
  RFC_START_SAPGUI_FAILURE = 26,
  RFC_ABAP_CLASS_EXCEPTION = 27,
  RFC_UNKNOWN_ERROR = 28,
  RFC_AUTHORIZATION_FAILURE = 29,
  RFC_AUTHENTICATION_FAILURE = 30,
  RFC_CRYPTOLIB_FAILURE = 31,
  RFC_IO_FAILURE = 32,
  RFC_LOCKING_FAILURE = 33,
};

enum RFC_ERROR_GROUP {
  OK = 0,
  ABAP_APPLICATION_FAILURE = 1,
  ABAP_RUNTIME_FAILURE = 2,
  LOGON_FAILURE = 3,
  COMMUNICATION_FAILURE = 4,
  EXTERNAL_RUNTIME_FAILURE = 5,
  EXTERNAL_APPLICATION_FAILURE = 6,
  EXTERNAL_AUTHORIZATION_FAILURE = 7,
};

// Named from the function module's side: what a client sends is IMPORT.
enum RFC_DIRECTION { RFC_IMPORT = 1, RFC_EXPORT = 2, RFC_CHANGING = 3, RFC_TABLES = 7 };

// ---- Handles: each a type of its own, so that they cannot be mixed up ---------------------------

using RFC_CONNECTION_HANDLE = struct NwRfcConnection*;
using RFC_FUNCTION_DESC_HANDLE = struct NwRfcFunctionDesc*;
using RFC_TYPE_DESC_HANDLE = struct NwRfcTypeDesc*;
using RFC_THROUGHPUT_HANDLE = struct NwRfcThroughput*;
using RFC_METADATA_QUERY_RESULT_HANDLE = struct NwRfcMetadataQueryResult*;

// A function, a structure, or a table, which stands for its current row.
using DATA_CONTAINER_HANDLE = struct NwRfcDataContainer*;
using RFC_FUNCTION_HANDLE = DATA_CONTAINER_HANDLE;
using RFC_STRUCTURE_HANDLE = DATA_CONTAINER_HANDLE;
using RFC_TABLE_HANDLE = DATA_CONTAINER_HANDLE;

// ---- Structures ---------------------------------------------------------------------------------

// Texts end in a zero unit.
struct RFC_ERROR_INFO {
  RFC_RC code;
  RFC_ERROR_GROUP group;
  SAP_UC key[128];
  SAP_UC message[512];
  SAP_UC abapMsgClass[20 + 1];
  SAP_UC abapMsgType[1 + 1];
  RFC_NUM abapMsgNumber[3 + 1];
  SAP_UC abapMsgV1[50 + 1];
  SAP_UC abapMsgV2[50 + 1];
  SAP_UC abapMsgV3[50 + 1];
  SAP_UC abapMsgV4[50 + 1];
};

struct RFC_CONNECTION_PARAMETER {
  const SAP_UC* name;
  const SAP_UC* value;
};

struct RFC_ATTRIBUTES {
  SAP_UC dest[64 + 1];
  SAP_UC host[100 + 1];
  SAP_UC partnerHost[100 + 1];
  SAP_UC sysNumber[2 + 1];
  SAP_UC sysId[8 + 1];
  SAP_UC client[3 + 1];
  SAP_UC user[12 + 1];
  SAP_UC language[2 + 1];
  SAP_UC trace[1 + 1];
  SAP_UC isoLanguage[2 + 1];
  SAP_UC codepage[4 + 1];
  SAP_UC partnerCodepage[4 + 1];
  SAP_UC rfcRole[1 + 1];
  SAP_UC type[1 + 1];
  SAP_UC partnerType[1 + 1];
  SAP_UC rel[4 + 1];
  SAP_UC partnerRel[4 + 1];
  SAP_UC kernelRel[4 + 1];
  SAP_UC cpicConvId[8 + 1];
  SAP_UC progName[128 + 1];
  SAP_UC partnerBytesPerChar[1 + 1];
  SAP_UC partnerSystemCodepage[4 + 1];
  SAP_UC partnerIP[15 + 1];
  SAP_UC partnerIPv6[45 + 1];
  SAP_UC reserved[17];
};

// Lengths and offsets in bytes: nuc of a system with one byte a character, uc of a Unicode system.
struct RFC_PARAMETER_DESC {
  RFC_ABAP_NAME name;
  RFCTYPE type;
  RFC_DIRECTION direction;
  unsigned nucLength;
  unsigned ucLength;
  unsigned decimals;
  RFC_TYPE_DESC_HANDLE typeDescHandle;  // of a structure or table, else null
  RFC_PARAMETER_DEFVALUE defaultValue;
  RFC_PARAMETER_TEXT parameterText;
  RFC_BYTE optional;
  void* extendedDescription;
};

struct RFC_FIELD_DESC {
  RFC_ABAP_NAME name;
  RFCTYPE type;
  unsigned nucLength;
  unsigned nucOffset;
  unsigned ucLength;
  unsigned ucOffset;
  unsigned decimals;
  RFC_TYPE_DESC_HANDLE typeDescHandle;  // of a structure or table, else null
  void* extendedDescription;
};

static_assert(sizeof(void*) != 8 || sizeof(RFC_ERROR_INFO) == 1752);
static_assert(sizeof(void*) != 8 || sizeof(RFC_ATTRIBUTES) == 1118);
static_assert(sizeof(void*) != 8 || sizeof(RFC_PARAMETER_DESC) == 328);
static_assert(sizeof(void*) != 8 || sizeof(RFC_FIELD_DESC) == 104);
