// Entry points of parts that the stand-in has not: exported so that clients load, and each answers
// RFC_NOT_SUPPORTED.

#include "failure.hpp"
#include "nwrfc_other_abi.h"

using standin::not_supported;

extern "C" {

// ---- Servers ------------------------------------------------------------------------------------
RFC_SERVER_HANDLE RfcCreateServer(const RFC_CONNECTION_PARAMETER*, unsigned,
                                  RFC_ERROR_INFO* error) {
  not_supported(error);
  return nullptr;
}
RFC_RC RfcLaunchServer(RFC_SERVER_HANDLE, RFC_ERROR_INFO* error) { return not_supported(error); }
RFC_RC RfcShutdownServer(RFC_SERVER_HANDLE, unsigned, RFC_ERROR_INFO* error) {
  return not_supported(error);
}
RFC_RC RfcDestroyServer(RFC_SERVER_HANDLE, RFC_ERROR_INFO* error) { return not_supported(error); }
RFC_RC RfcGetServerAttributes(RFC_SERVER_HANDLE, RFC_SERVER_ATTRIBUTES*, RFC_ERROR_INFO* error) {
  return not_supported(error);
}
RFC_RC RfcGetServerContext(RFC_CONNECTION_HANDLE, RFC_SERVER_CONTEXT*, RFC_ERROR_INFO* error) {
  return not_supported(error);
}
RFC_RC RfcListenAndDispatch(RFC_CONNECTION_HANDLE, int, RFC_ERROR_INFO* error) {
  return not_supported(error);
}
RFC_RC RfcInstallGenericServerFunction(RFC_SERVER_FUNCTION, RFC_FUNC_DESC_CALLBACK,
                                       RFC_ERROR_INFO* error) {
  return not_supported(error);
}

// ---- tRFC ---------------------------------------------------------------------------------------
RFC_RC RfcGetTransactionID(RFC_CONNECTION_HANDLE, RFC_TID, RFC_ERROR_INFO* error) {
  return not_supported(error);
}
RFC_TRANSACTION_HANDLE RfcCreateTransaction(RFC_CONNECTION_HANDLE, RFC_TID, const SAP_UC*,
                                            RFC_ERROR_INFO* error) {
  not_supported(error);
  return nullptr;
}
RFC_RC RfcInvokeInTransaction(RFC_TRANSACTION_HANDLE, RFC_FUNCTION_HANDLE, RFC_ERROR_INFO* error) {
  return not_supported(error);
}
RFC_RC RfcSubmitTransaction(RFC_TRANSACTION_HANDLE, RFC_ERROR_INFO* error) {
  return not_supported(error);
}
RFC_RC RfcConfirmTransaction(RFC_TRANSACTION_HANDLE, RFC_ERROR_INFO* error) {
  return not_supported(error);
}
RFC_RC RfcDestroyTransaction(RFC_TRANSACTION_HANDLE, RFC_ERROR_INFO* error) {
  return not_supported(error);
}

// ---- bgRFC --------------------------------------------------------------------------------------
RFC_RC RfcInstallBgRfcHandlers(const SAP_UC*, RFC_ON_CHECK_UNIT, RFC_ON_COMMIT_UNIT,
                               RFC_ON_ROLLBACK_UNIT, RFC_ON_CONFIRM_UNIT, RFC_ON_GET_UNIT_STATE,
                               RFC_ERROR_INFO* error) {
  return not_supported(error);
}
RFC_RC RfcGetUnitID(RFC_CONNECTION_HANDLE, RFC_UNITID, RFC_ERROR_INFO* error) {
  return not_supported(error);
}
RFC_UNIT_HANDLE RfcCreateUnit(RFC_CONNECTION_HANDLE, RFC_UNITID, const SAP_UC**, unsigned,
                              const RFC_UNIT_ATTRIBUTES*, RFC_UNIT_IDENTIFIER*,
                              RFC_ERROR_INFO* error) {
  not_supported(error);
  return nullptr;
}
RFC_RC RfcInvokeInUnit(RFC_UNIT_HANDLE, RFC_FUNCTION_HANDLE, RFC_ERROR_INFO* error) {
  return not_supported(error);
}
RFC_RC RfcSubmitUnit(RFC_UNIT_HANDLE, RFC_ERROR_INFO* error) { return not_supported(error); }
RFC_RC RfcConfirmUnit(RFC_CONNECTION_HANDLE, RFC_UNIT_IDENTIFIER*, RFC_ERROR_INFO* error) {
  return not_supported(error);
}
RFC_RC RfcDestroyUnit(RFC_UNIT_HANDLE, RFC_ERROR_INFO* error) { return not_supported(error); }
RFC_RC RfcGetUnitState(RFC_CONNECTION_HANDLE, RFC_UNIT_IDENTIFIER*, RFC_UNIT_STATE*,
                       RFC_ERROR_INFO* error) {
  return not_supported(error);
}

// ---- Single entry points of other parts ----
RFC_RC RfcResetServerContext(RFC_CONNECTION_HANDLE, RFC_ERROR_INFO* error) {
  return not_supported(error);
}
RFC_RC RfcMetadataBatchQuery(RFC_CONNECTION_HANDLE, const SAP_UC**, unsigned, const SAP_UC**,
                             unsigned, const SAP_UC**, unsigned, RFC_METADATA_QUERY_RESULT_HANDLE,
                             RFC_ERROR_INFO* error) {
  return not_supported(error);
}

}  // extern "C"
