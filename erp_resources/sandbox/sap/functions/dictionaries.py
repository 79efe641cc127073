"""Function modules that tell of tables and interfaces."""

from collections.abc import Mapping

from erp_resources.sandbox.catalog import Column
from erp_resources.sandbox.sap.conversation import Call, Handler, Value
from erp_resources.sandbox.sap.dictionary import DictionaryObject, text_of
from erp_resources.sandbox.sap.errors import Message, abap_exception
from erp_resources.sandbox.sap.interfaces import Parameter
from erp_resources.sandbox.sap.protocol import Direction
from erp_resources.sandbox.sap.records import Record
from erp_resources.sandbox.sap.selection import count
from erp_resources.sandbox.sap.structures import Field

_CLASSES = {Direction.IMPORT: "I", Direction.EXPORT: "E", Direction.CHANGING: "C"}
_TABLE_TYPES = {"TRANSP": "T", "CLUSTER": "C", "VIEW": "V", "INTTAB": "J"}
_SCREEN_LENGTHS = {"SCRTEXT_S": 10, "SCRTEXT_M": 20, "SCRTEXT_L": 40, "REPTEXT": 55}


def _field_information(call: Call) -> Mapping[str, Value]:
    name = call.text("TABNAME").upper()
    found = call.conversation.system.dictionary.find(name)
    if found is None:
        raise abap_exception("NOT_FOUND", Message("DA", "E", "300", (name,)))
    wanted = call.text("FIELDNAME").upper()
    language = call.text("LANGU") or call.conversation.language
    fields = zip(found.structure.fields, found.declared.columns, strict=True)
    rows = [
        _described(found, field, column, position, language)
        for position, (field, column) in enumerate(fields, start=1)
        if wanted in ("", column.name)
    ]
    return {"DFIES_TAB": rows, "DDOBJTYPE": found.kind, "X030L_WA": _header(found)}


def _described(
    found: DictionaryObject, field: Field, column: Column, position: int, language: str
) -> Record:
    """One row of DFIES."""
    kind = field.type
    reference_table, _, reference_field = column.reference.partition("-")
    is_key = column.name in found.declared.primary_key
    text = text_of(column, language)
    return {
        "TABNAME": found.name,
        "FIELDNAME": column.name,
        "LFIELDNAME": column.name,
        "LANGU": language,
        "POSITION": str(position),
        "OFFSET": str(field.uc_offset),
        "DOMNAME": column.data_element,
        "ROLLNAME": column.data_element,
        "CHECKTABLE": column.check_table,
        "LENG": str(kind.length),
        "INTLEN": str(kind.uc_length),
        "OUTPUTLEN": str(kind.output_length),
        "DECIMALS": str(kind.decimals),
        "DATATYPE": kind.datatype,
        "INTTYPE": kind.int_type,
        "REFTABLE": reference_table,
        "REFFIELD": reference_field,
        "CONVEXIT": column.conversion,
        "KEYFLAG": "X" if is_key else "",
        "SIGN": "X" if kind.is_number and kind.name != "INT1" else "",
        "COMPTYPE": "E",
        "FIELDTEXT": text,
        **{name: text[:length] for name, length in _SCREEN_LENGTHS.items()},
    }


def _header(found: DictionaryObject) -> Record:
    structure, key = found.structure, found.declared.primary_key
    return {
        "TABNAME": found.name,
        "TABTYPE": _TABLE_TYPES[found.kind],
        "TABFORM": _TABLE_TYPES[found.kind],
        "TABLEN": structure.uc_length,
        "KEYLEN": sum(field.type.uc_length for field in structure.fields if field.name in key),
        "KEYCNT": len(key),
        "FLDCNT": len(structure.fields),
    }


def _function_interface(call: Call) -> Mapping[str, Value]:
    function = call.conversation.module(call.text("FUNCNAME").upper()).function
    rows = [_parameter(one, place) for place, one in enumerate(function.parameters, start=1)]
    return {"REMOTE_CALL": "R", "PARAMS": rows}


def _parameter(parameter: Parameter, position: int) -> Record:
    structure = parameter.structure
    exid = structure.fields[0].type.int_type if not structure.name else "u"
    is_list = parameter.is_table and parameter.direction is not Direction.TABLES
    return {
        "PARAMCLASS": _CLASSES.get(parameter.direction, "T"),
        "PARAMETER": parameter.name,
        "TABNAME": structure.name,
        "EXID": "h" if is_list else exid,
        "POSITION": position,
        "INTLENGTH": structure.uc_length,
        "DECIMALS": 0 if structure.name else structure.fields[0].type.decimals,
        "PARAMTEXT": parameter.text,
        "OPTIONAL": "X" if parameter.is_optional else "",
    }


def _numbers_of_entries(call: Call) -> Mapping[str, Value]:
    rows: list[Record] = [
        {"TABNAME": name, "TABROWS": _entries(call, name)}
        for name in call.texts("IT_TABLES", "TABNAME")
    ]
    return {"IT_TABLES": rows}


def _entries(call: Call, name: str) -> int:
    found = call.conversation.system.dictionary.find(name.upper())
    if found is None or not found.has_rows:
        return 0
    return count(call.conversation, found)


HANDLERS: Mapping[str, Handler] = {
    "DDIF_FIELDINFO_GET": _field_information,
    "RFC_GET_FUNCTION_INTERFACE": _function_interface,
    "EM_GET_NUMBER_OF_ENTRIES": _numbers_of_entries,
}
