// The entry points of the client side of SAP's NW RFC SDK; facts and sources as in nwrfc_types.h. A
// reader that loads the SDK at run time takes the type of an entry point from its prototype:
// decltype(&RfcPing).
//
// Each writes its RFC_ERROR_INFO, on success too, and takes a null one.

#pragma once

#include "nwrfc_types.h"

#if defined(_WIN32)
#define SAP_API __stdcall
#define NWRFC_EXPORT
#else
#define SAP_API
#define NWRFC_EXPORT __attribute__((visibility("default")))
#endif

extern "C" {

#define NWRFC NWRFC_EXPORT RFC_RC SAP_API
#define NWRFC_RETURNS(type) NWRFC_EXPORT type SAP_API

// The library.
NWRFC_RETURNS(const SAP_UC*) RfcGetVersion(unsigned* major, unsigned* minor, unsigned* patchLevel);
NWRFC RfcInit();
NWRFC RfcSetIniPath(const SAP_UC* folder, RFC_ERROR_INFO*);
NWRFC RfcReloadIniFile(RFC_ERROR_INFO*);
NWRFC RfcLoadCryptoLibrary(const SAP_UC* path, RFC_ERROR_INFO*);
NWRFC RfcSetTraceLevel(RFC_CONNECTION_HANDLE, SAP_UC* destination, unsigned level, RFC_ERROR_INFO*);
NWRFC RfcSetTraceDir(SAP_UC* folder, RFC_ERROR_INFO*);
NWRFC RfcSetTraceEncoding(SAP_UC* encoding, RFC_ERROR_INFO*);
NWRFC RfcSetTraceType(SAP_UC* type, RFC_ERROR_INFO*);
NWRFC RfcSetMaximumTraceFileSize(unsigned size, SAP_UC unit, RFC_ERROR_INFO*);
NWRFC RfcSetMaximumStoredTraceFiles(int files, RFC_ERROR_INFO*);
NWRFC RfcUTF8ToSAPUC(const RFC_BYTE* utf8, unsigned utf8Length, SAP_UC* sapuc, unsigned* sapucSize,
                     unsigned* resultLength, RFC_ERROR_INFO*);
NWRFC RfcSAPUCToUTF8(const SAP_UC* sapuc, unsigned sapucLength, RFC_BYTE* utf8, unsigned* utf8Size,
                     unsigned* resultLength, RFC_ERROR_INFO*);
NWRFC_RETURNS(const SAP_UC*) RfcGetRcAsString(RFC_RC);
NWRFC_RETURNS(const SAP_UC*) RfcGetTypeAsString(RFCTYPE);
NWRFC_RETURNS(const SAP_UC*) RfcGetDirectionAsString(RFC_DIRECTION);
NWRFC RfcLanguageIsoToSap(const SAP_UC* iso, SAP_UC* sap, RFC_ERROR_INFO*);
NWRFC RfcLanguageSapToIso(const SAP_UC* sap, SAP_UC* iso, RFC_ERROR_INFO*);

// Connections: one thread at a time, but for RfcCancel.
NWRFC_RETURNS(RFC_CONNECTION_HANDLE)
RfcOpenConnection(const RFC_CONNECTION_PARAMETER*, unsigned count, RFC_ERROR_INFO*);
NWRFC RfcCloseConnection(RFC_CONNECTION_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcIsConnectionHandleValid(RFC_CONNECTION_HANDLE, RFC_INT* isValid, RFC_ERROR_INFO*);
NWRFC RfcCancel(RFC_CONNECTION_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcPing(RFC_CONNECTION_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcResetServerContext(RFC_CONNECTION_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcGetConnectionAttributes(RFC_CONNECTION_HANDLE, RFC_ATTRIBUTES*, RFC_ERROR_INFO*);
NWRFC RfcInvoke(RFC_CONNECTION_HANDLE, RFC_FUNCTION_HANDLE, RFC_ERROR_INFO*);

// Descriptions. Those of a repository (a system's ID) belong to the library.
NWRFC_RETURNS(RFC_FUNCTION_DESC_HANDLE)
RfcGetFunctionDesc(RFC_CONNECTION_HANDLE, const SAP_UC* function, RFC_ERROR_INFO*);
NWRFC_RETURNS(RFC_FUNCTION_DESC_HANDLE)
RfcGetCachedFunctionDesc(const SAP_UC* repository, const SAP_UC* function, RFC_ERROR_INFO*);
NWRFC_RETURNS(RFC_FUNCTION_DESC_HANDLE)
RfcDescribeFunction(RFC_FUNCTION_HANDLE, RFC_ERROR_INFO*);
NWRFC_RETURNS(RFC_FUNCTION_DESC_HANDLE)
RfcCreateFunctionDesc(const SAP_UC* name, RFC_ERROR_INFO*);
NWRFC RfcDestroyFunctionDesc(RFC_FUNCTION_DESC_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcAddFunctionDesc(const SAP_UC* repository, RFC_FUNCTION_DESC_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcRemoveFunctionDesc(const SAP_UC* repository, const SAP_UC* function, RFC_ERROR_INFO*);
NWRFC RfcGetFunctionName(RFC_FUNCTION_DESC_HANDLE, RFC_ABAP_NAME name, RFC_ERROR_INFO*);
NWRFC RfcAddParameter(RFC_FUNCTION_DESC_HANDLE, const RFC_PARAMETER_DESC*, RFC_ERROR_INFO*);
NWRFC RfcGetParameterCount(RFC_FUNCTION_DESC_HANDLE, unsigned* count, RFC_ERROR_INFO*);
NWRFC RfcGetParameterDescByIndex(RFC_FUNCTION_DESC_HANDLE, unsigned index, RFC_PARAMETER_DESC*,
                                 RFC_ERROR_INFO*);
NWRFC RfcGetParameterDescByName(RFC_FUNCTION_DESC_HANDLE, const SAP_UC* name, RFC_PARAMETER_DESC*,
                                RFC_ERROR_INFO*);
NWRFC_RETURNS(RFC_TYPE_DESC_HANDLE)
RfcGetTypeDesc(RFC_CONNECTION_HANDLE, const SAP_UC* type, RFC_ERROR_INFO*);
NWRFC_RETURNS(RFC_TYPE_DESC_HANDLE) RfcDescribeType(DATA_CONTAINER_HANDLE, RFC_ERROR_INFO*);
NWRFC_RETURNS(RFC_TYPE_DESC_HANDLE) RfcCreateTypeDesc(const SAP_UC* name, RFC_ERROR_INFO*);
NWRFC RfcDestroyTypeDesc(RFC_TYPE_DESC_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcRemoveTypeDesc(const SAP_UC* repository, const SAP_UC* type, RFC_ERROR_INFO*);
NWRFC RfcAddTypeField(RFC_TYPE_DESC_HANDLE, const RFC_FIELD_DESC*, RFC_ERROR_INFO*);
NWRFC RfcSetTypeLength(RFC_TYPE_DESC_HANDLE, unsigned nucLength, unsigned ucLength,
                       RFC_ERROR_INFO*);
NWRFC RfcGetTypeName(RFC_TYPE_DESC_HANDLE, RFC_ABAP_NAME name, RFC_ERROR_INFO*);
NWRFC RfcGetTypeLength(RFC_TYPE_DESC_HANDLE, unsigned* nucLength, unsigned* ucLength,
                       RFC_ERROR_INFO*);
NWRFC RfcGetFieldCount(RFC_TYPE_DESC_HANDLE, unsigned* count, RFC_ERROR_INFO*);
NWRFC RfcGetFieldDescByIndex(RFC_TYPE_DESC_HANDLE, unsigned index, RFC_FIELD_DESC*,
                             RFC_ERROR_INFO*);
NWRFC RfcGetFieldDescByName(RFC_TYPE_DESC_HANDLE, const SAP_UC* name, RFC_FIELD_DESC*,
                            RFC_ERROR_INFO*);
NWRFC RfcMetadataBatchQuery(RFC_CONNECTION_HANDLE, const SAP_UC** functions, unsigned functionCount,
                            const SAP_UC** types, unsigned typeCount, const SAP_UC** classes,
                            unsigned classCount, RFC_METADATA_QUERY_RESULT_HANDLE, RFC_ERROR_INFO*);

// Functions, structures and tables.
NWRFC_RETURNS(RFC_FUNCTION_HANDLE) RfcCreateFunction(RFC_FUNCTION_DESC_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcDestroyFunction(RFC_FUNCTION_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcSetParameterActive(RFC_FUNCTION_HANDLE, const SAP_UC* name, int isActive, RFC_ERROR_INFO*);
NWRFC RfcIsParameterActive(RFC_FUNCTION_HANDLE, const SAP_UC* name, int* isActive, RFC_ERROR_INFO*);
NWRFC RfcGetRowCount(RFC_TABLE_HANDLE, unsigned* rows, RFC_ERROR_INFO*);
NWRFC_RETURNS(RFC_STRUCTURE_HANDLE) RfcGetCurrentRow(RFC_TABLE_HANDLE, RFC_ERROR_INFO*);
NWRFC_RETURNS(RFC_STRUCTURE_HANDLE) RfcAppendNewRow(RFC_TABLE_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcAppendNewRows(RFC_TABLE_HANDLE, unsigned rows, RFC_ERROR_INFO*);
NWRFC RfcDeleteCurrentRow(RFC_TABLE_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcDeleteAllRows(RFC_TABLE_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcMoveTo(RFC_TABLE_HANDLE, unsigned index, RFC_ERROR_INFO*);
NWRFC RfcMoveToFirstRow(RFC_TABLE_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcMoveToLastRow(RFC_TABLE_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcMoveToNextRow(RFC_TABLE_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcMoveToPreviousRow(RFC_TABLE_HANDLE, RFC_ERROR_INFO*);

// Fields: each entry point by name and, with the suffix ByIndex, by position from 0.
#define NWRFC_FIELD(entry_point, ...)                                                         \
  NWRFC entry_point(DATA_CONTAINER_HANDLE, const SAP_UC* name, __VA_ARGS__, RFC_ERROR_INFO*); \
  NWRFC entry_point##ByIndex(DATA_CONTAINER_HANDLE, unsigned index, __VA_ARGS__, RFC_ERROR_INFO*)

NWRFC_FIELD(RfcGetStructure, RFC_STRUCTURE_HANDLE*);
NWRFC_FIELD(RfcGetTable, RFC_TABLE_HANDLE*);
NWRFC_FIELD(RfcGetChars, RFC_CHAR* units, unsigned capacity);  // blank padded, no end mark
NWRFC_FIELD(RfcGetNum, RFC_NUM* units, unsigned capacity);     // no end mark
NWRFC_FIELD(RfcGetDate, RFC_CHAR* units);                      // 8
NWRFC_FIELD(RfcGetTime, RFC_CHAR* units);                      // 6
NWRFC_FIELD(RfcGetString, SAP_UC* units, unsigned capacity, unsigned* length);  // end mark counts
NWRFC_FIELD(RfcGetStringLength, unsigned* length);
NWRFC_FIELD(RfcGetBytes, SAP_RAW* bytes, unsigned capacity);
NWRFC_FIELD(RfcGetXString, SAP_RAW* bytes, unsigned capacity, unsigned* length);
NWRFC_FIELD(RfcGetInt, RFC_INT*);
NWRFC_FIELD(RfcGetInt1, RFC_INT1*);
NWRFC_FIELD(RfcGetInt2, RFC_INT2*);
NWRFC_FIELD(RfcGetInt8, RFC_INT8*);
NWRFC_FIELD(RfcGetFloat, RFC_FLOAT*);
NWRFC_FIELD(RfcSetChars, const RFC_CHAR* units, unsigned length);
NWRFC_FIELD(RfcSetNum, const RFC_NUM* units, unsigned length);
NWRFC_FIELD(RfcSetDate, const RFC_CHAR* units);
NWRFC_FIELD(RfcSetTime, const RFC_CHAR* units);
NWRFC_FIELD(RfcSetString, const SAP_UC* units, unsigned length);
NWRFC_FIELD(RfcSetBytes, const SAP_RAW* bytes, unsigned length);
NWRFC_FIELD(RfcSetXString, const SAP_RAW* bytes, unsigned length);
NWRFC_FIELD(RfcSetInt, RFC_INT value);
NWRFC_FIELD(RfcSetInt1, RFC_INT1 value);
NWRFC_FIELD(RfcSetInt2, RFC_INT2 value);
NWRFC_FIELD(RfcSetInt8, RFC_INT8 value);
NWRFC_FIELD(RfcSetFloat, RFC_FLOAT value);

// Throughput: times in microseconds.
NWRFC_RETURNS(RFC_THROUGHPUT_HANDLE) RfcCreateThroughput(RFC_ERROR_INFO*);
NWRFC RfcDestroyThroughput(RFC_THROUGHPUT_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcSetThroughputOnConnection(RFC_CONNECTION_HANDLE, RFC_THROUGHPUT_HANDLE, RFC_ERROR_INFO*);
NWRFC_RETURNS(RFC_THROUGHPUT_HANDLE)
RfcGetThroughputFromConnection(RFC_CONNECTION_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcRemoveThroughputFromConnection(RFC_CONNECTION_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcResetThroughput(RFC_THROUGHPUT_HANDLE, RFC_ERROR_INFO*);
NWRFC RfcGetNumberOfCalls(RFC_THROUGHPUT_HANDLE, SAP_ULLONG* calls, RFC_ERROR_INFO*);
NWRFC RfcGetTotalTime(RFC_THROUGHPUT_HANDLE, SAP_ULLONG* time, RFC_ERROR_INFO*);
NWRFC RfcGetSerializationTime(RFC_THROUGHPUT_HANDLE, SAP_ULLONG* time, RFC_ERROR_INFO*);
NWRFC RfcGetDeserializationTime(RFC_THROUGHPUT_HANDLE, SAP_ULLONG* time, RFC_ERROR_INFO*);
NWRFC RfcGetApplicationTime(RFC_THROUGHPUT_HANDLE, SAP_ULLONG* time, RFC_ERROR_INFO*);
NWRFC RfcGetSentBytes(RFC_THROUGHPUT_HANDLE, SAP_ULLONG* bytes, RFC_ERROR_INFO*);
NWRFC RfcGetReceivedBytes(RFC_THROUGHPUT_HANDLE, SAP_ULLONG* bytes, RFC_ERROR_INFO*);

}  // extern "C"
