// Entry points about functions, structures and tables as wholes.

#include "container.hpp"
#include "failure.hpp"
#include "text.hpp"

using namespace standin;

extern "C" {

RFC_FUNCTION_HANDLE RfcCreateFunction(RFC_FUNCTION_DESC_HANDLE description, RFC_ERROR_INFO* error) {
  return guarded_value(error, RFC_FUNCTION_HANDLE{}, [&]() -> RFC_FUNCTION_HANDLE {
    if (description == nullptr) throw invalid_handle("RFC_FUNCTION_DESC_HANDLE");
    return new Function(*description);
  });
}

RFC_RC RfcDestroyFunction(RFC_FUNCTION_HANDLE function, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { delete &function_of(function); });
}

RFC_FUNCTION_DESC_HANDLE RfcDescribeFunction(RFC_FUNCTION_HANDLE function, RFC_ERROR_INFO* error) {
  return guarded_value(error, RFC_FUNCTION_DESC_HANDLE{}, [&] {
    return const_cast<RFC_FUNCTION_DESC_HANDLE>(&function_of(function).description());
  });
}

RFC_TYPE_DESC_HANDLE RfcDescribeType(DATA_CONTAINER_HANDLE container, RFC_ERROR_INFO* error) {
  return guarded_value(error, RFC_TYPE_DESC_HANDLE{},
                       [&] { return const_cast<RFC_TYPE_DESC_HANDLE>(&row_of(container).type()); });
}

RFC_RC RfcSetParameterActive(RFC_FUNCTION_HANDLE function, const SAP_UC* name, int isActive,
                             RFC_ERROR_INFO* error) {
  return guarded(error, [&] { function_of(function).set_active(view_of(name), isActive != 0); });
}

RFC_RC RfcIsParameterActive(RFC_FUNCTION_HANDLE function, const SAP_UC* name, int* isActive,
                            RFC_ERROR_INFO* error) {
  return guarded(error, [&] { *isActive = function_of(function).is_active(view_of(name)); });
}

RFC_RC RfcGetRowCount(RFC_TABLE_HANDLE table, unsigned* rows, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { *rows = static_cast<unsigned>(table_of(table).row_count()); });
}

RFC_STRUCTURE_HANDLE RfcGetCurrentRow(RFC_TABLE_HANDLE table, RFC_ERROR_INFO* error) {
  return guarded_value(error, RFC_STRUCTURE_HANDLE{},
                       [&]() -> RFC_STRUCTURE_HANDLE { return &table_of(table).current_row(); });
}

RFC_STRUCTURE_HANDLE RfcAppendNewRow(RFC_TABLE_HANDLE table, RFC_ERROR_INFO* error) {
  return guarded_value(error, RFC_STRUCTURE_HANDLE{},
                       [&]() -> RFC_STRUCTURE_HANDLE { return &table_of(table).append(); });
}

RFC_RC RfcAppendNewRows(RFC_TABLE_HANDLE table, unsigned rows, RFC_ERROR_INFO* error) {
  return guarded(error, [&] {
    for (Table& target = table_of(table); rows > 0; --rows) target.append();
  });
}

RFC_RC RfcDeleteCurrentRow(RFC_TABLE_HANDLE table, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { table_of(table).remove_current(); });
}

RFC_RC RfcDeleteAllRows(RFC_TABLE_HANDLE table, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { table_of(table).clear(); });
}

RFC_RC RfcMoveTo(RFC_TABLE_HANDLE table, unsigned index, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { table_of(table).move_to(index); });
}

RFC_RC RfcMoveToFirstRow(RFC_TABLE_HANDLE table, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { table_of(table).move_to(0); });
}

RFC_RC RfcMoveToLastRow(RFC_TABLE_HANDLE table, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { table_of(table).move_to_last(); });
}

RFC_RC RfcMoveToNextRow(RFC_TABLE_HANDLE table, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { table_of(table).move_to_next(); });
}

RFC_RC RfcMoveToPreviousRow(RFC_TABLE_HANDLE table, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { table_of(table).move_to_previous(); });
}

}  // extern "C"
