// Entry points about the descriptions of structures and function modules.

#include "connection.hpp"
#include "description.hpp"
#include "failure.hpp"
#include "text.hpp"

using namespace standin;

namespace {

// Handles carry no const, yet what lies in a repository is not changed through them.
RFC_FUNCTION_DESC_HANDLE handle_of(const FunctionDescription& description) {
  return const_cast<RFC_FUNCTION_DESC_HANDLE>(&description);
}
RFC_TYPE_DESC_HANDLE handle_of(const TypeDescription& description) {
  return const_cast<RFC_TYPE_DESC_HANDLE>(&description);
}

FunctionDescription& at(RFC_FUNCTION_DESC_HANDLE handle) {
  if (handle == nullptr) throw invalid_handle("RFC_FUNCTION_DESC_HANDLE");
  return *handle;
}
TypeDescription& at(RFC_TYPE_DESC_HANDLE handle) {
  if (handle == nullptr) throw invalid_handle("RFC_TYPE_DESC_HANDLE");
  return *handle;
}

template <class Description>
Description& own(Description& description) {
  if (!description.is_cached) return description;
  throw Failure(RFC_ILLEGAL_STATE, "the description belongs to a repository");
}

void set(unsigned* target, std::size_t value) {
  if (target != nullptr) *target = static_cast<unsigned>(value);
}

void expect_found(bool is_found, const SAP_UC* name) {
  if (is_found) return;
  throw Failure(RFC_NOT_FOUND, "'" + to_ascii(view_of(name)) + "' is not in the cache");
}

}  // namespace

extern "C" {

// ---- Function modules ---------------------------------------------------------------------------

RFC_FUNCTION_DESC_HANDLE RfcGetFunctionDesc(RFC_CONNECTION_HANDLE connection,
                                            const SAP_UC* function, RFC_ERROR_INFO* error) {
  return guarded_value(error, RFC_FUNCTION_DESC_HANDLE{}, [&] {
    RFC_FUNCTION_DESC_HANDLE handle = nullptr;
    use_connection(connection,
                   [&](Connection& it) { handle = handle_of(it.function(view_of(function))); });
    return handle;
  });
}

RFC_FUNCTION_DESC_HANDLE RfcGetCachedFunctionDesc(const SAP_UC* repository, const SAP_UC* function,
                                                  RFC_ERROR_INFO* error) {
  return guarded_value(error, RFC_FUNCTION_DESC_HANDLE{}, [&] {
    const auto* cached = Repository::of(view_of(repository)).function(view_of(function));
    expect_found(cached != nullptr, function);
    return handle_of(*cached);
  });
}

RFC_FUNCTION_DESC_HANDLE RfcCreateFunctionDesc(const SAP_UC* name, RFC_ERROR_INFO* error) {
  return guarded_value(error, RFC_FUNCTION_DESC_HANDLE{},
                       [&] { return new FunctionDescription(view_of(name)); });
}

RFC_RC RfcDestroyFunctionDesc(RFC_FUNCTION_DESC_HANDLE handle, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { delete &own(at(handle)); });
}

RFC_RC RfcAddFunctionDesc(const SAP_UC* repository, RFC_FUNCTION_DESC_HANDLE handle,
                          RFC_ERROR_INFO* error) {
  return guarded(error, [&] {
    std::unique_ptr<FunctionDescription> function(&own(at(handle)));
    Repository::of(view_of(repository)).add(std::move(function));
  });
}

RFC_RC RfcRemoveFunctionDesc(const SAP_UC* repository, const SAP_UC* function,
                             RFC_ERROR_INFO* error) {
  return guarded(error, [&] {
    expect_found(Repository::of(view_of(repository)).remove_function(view_of(function)), function);
  });
}

RFC_RC RfcGetFunctionName(RFC_FUNCTION_DESC_HANDLE handle, RFC_ABAP_NAME name,
                          RFC_ERROR_INFO* error) {
  return guarded(error,
                 [&] { copy_text(*reinterpret_cast<RFC_ABAP_NAME*>(name), at(handle).name); });
}

RFC_RC RfcAddParameter(RFC_FUNCTION_DESC_HANDLE handle, const RFC_PARAMETER_DESC* parameter,
                       RFC_ERROR_INFO* error) {
  return guarded(error, [&] { own(at(handle)).add(*parameter); });
}

RFC_RC RfcGetParameterCount(RFC_FUNCTION_DESC_HANDLE handle, unsigned* count,
                            RFC_ERROR_INFO* error) {
  return guarded(error, [&] { set(count, at(handle).parameters().size()); });
}

RFC_RC RfcGetParameterDescByIndex(RFC_FUNCTION_DESC_HANDLE handle, unsigned index,
                                  RFC_PARAMETER_DESC* parameter, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { *parameter = at(handle).at(index).description; });
}

RFC_RC RfcGetParameterDescByName(RFC_FUNCTION_DESC_HANDLE handle, const SAP_UC* name,
                                 RFC_PARAMETER_DESC* parameter, RFC_ERROR_INFO* error) {
  return guarded(error, [&] {
    const FunctionDescription& function = at(handle);
    *parameter = function.at(function.find(view_of(name))).description;
  });
}

// ---- Structures ---------------------------------------------------------------------------------

RFC_TYPE_DESC_HANDLE RfcGetTypeDesc(RFC_CONNECTION_HANDLE connection, const SAP_UC* type,
                                    RFC_ERROR_INFO* error) {
  return guarded_value(error, RFC_TYPE_DESC_HANDLE{}, [&] {
    RFC_TYPE_DESC_HANDLE handle = nullptr;
    use_connection(connection, [&](Connection& it) { handle = handle_of(it.type(view_of(type))); });
    return handle;
  });
}

RFC_TYPE_DESC_HANDLE RfcCreateTypeDesc(const SAP_UC* name, RFC_ERROR_INFO* error) {
  return guarded_value(error, RFC_TYPE_DESC_HANDLE{},
                       [&] { return new TypeDescription(view_of(name)); });
}

RFC_RC RfcDestroyTypeDesc(RFC_TYPE_DESC_HANDLE handle, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { delete &own(at(handle)); });
}

RFC_RC RfcRemoveTypeDesc(const SAP_UC* repository, const SAP_UC* type, RFC_ERROR_INFO* error) {
  return guarded(error, [&] {
    expect_found(Repository::of(view_of(repository)).remove_type(view_of(type)), type);
  });
}

RFC_RC RfcAddTypeField(RFC_TYPE_DESC_HANDLE handle, const RFC_FIELD_DESC* field,
                       RFC_ERROR_INFO* error) {
  return guarded(error, [&] { own(at(handle)).add(*field); });
}

RFC_RC RfcSetTypeLength(RFC_TYPE_DESC_HANDLE handle, unsigned nucLength, unsigned ucLength,
                        RFC_ERROR_INFO* error) {
  return guarded(error, [&] { own(at(handle)).set_length(nucLength, ucLength); });
}

RFC_RC RfcGetTypeName(RFC_TYPE_DESC_HANDLE handle, RFC_ABAP_NAME name, RFC_ERROR_INFO* error) {
  return guarded(error,
                 [&] { copy_text(*reinterpret_cast<RFC_ABAP_NAME*>(name), at(handle).name); });
}

RFC_RC RfcGetTypeLength(RFC_TYPE_DESC_HANDLE handle, unsigned* nucLength, unsigned* ucLength,
                        RFC_ERROR_INFO* error) {
  return guarded(error, [&] {
    set(nucLength, at(handle).nuc_length());
    set(ucLength, at(handle).uc_length());
  });
}

RFC_RC RfcGetFieldCount(RFC_TYPE_DESC_HANDLE handle, unsigned* count, RFC_ERROR_INFO* error) {
  return guarded(error, [&] { set(count, at(handle).fields().size()); });
}

RFC_RC RfcGetFieldDescByIndex(RFC_TYPE_DESC_HANDLE handle, unsigned index, RFC_FIELD_DESC* field,
                              RFC_ERROR_INFO* error) {
  return guarded(error, [&] { *field = at(handle).at(index); });
}

RFC_RC RfcGetFieldDescByName(RFC_TYPE_DESC_HANDLE handle, const SAP_UC* name, RFC_FIELD_DESC* field,
                             RFC_ERROR_INFO* error) {
  return guarded(error, [&] {
    const TypeDescription& type = at(handle);
    *field = type.at(type.find(view_of(name)));
  });
}

}  // extern "C"
