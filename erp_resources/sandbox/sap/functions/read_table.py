"""RFC_READ_TABLE and its kin: rows of any table as lines of text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from erp_resources.sandbox.sap import lines
from erp_resources.sandbox.sap.conversation import Call, Handler, Value
from erp_resources.sandbox.sap.ddic import DataType
from erp_resources.sandbox.sap.dictionary import DictionaryObject, text_of
from erp_resources.sandbox.sap.errors import Message, abap_exception, dump
from erp_resources.sandbox.sap.lines import Place
from erp_resources.sandbox.sap.records import Record
from erp_resources.sandbox.sap.selection import select
from erp_resources.sandbox.sap.where import compiled
from erp_resources.sandbox.sap.wire import Block

_MOST_BYTES = 1 << 31
"""What a caller's work process may hold; ``abap/heap_area_dia`` of many a system."""

_UNIT_BYTES = 2


@dataclass(frozen=True)
class _Variant:
    """How one of the modules differs.

    Attributes:
        tables: the parameters that may take the lines, by name with their widths, narrowest first.
        says_which: whether OUT_TABLE names the one that did.
        dumps_on_floats: whether FLTP beside other fields is misaligned.
    """

    tables: Mapping[str, int]
    says_which: bool = False
    dumps_on_floats: bool = True

    def table_for(self, width: int) -> str:
        """The narrowest table that holds lines of ``width`` characters.

        Raises:
            RfcError: DATA_BUFFER_EXCEEDED.
        """
        for name, most in self.tables.items():
            if width <= most:
                return name
        raise abap_exception("DATA_BUFFER_EXCEEDED", Message("SAIS", "E", "000"))


_WIDE = ("TBLOUT128", "TBLOUT512", "TBLOUT2048", "TBLOUT8192", "TBLOUT30000")
_VARIANTS: Mapping[str, _Variant] = {
    "RFC_READ_TABLE": _Variant({"DATA": 512}),
    "BBP_RFC_READ_TABLE": _Variant({"DATA": 512}, dumps_on_floats=False),
    "/BODS/RFC_READ_TABLE": _Variant({"DATA": 2048}),
    "/SAPDS/RFC_READ_TABLE": _Variant({"DATA": 2048}),
    "/SAPDS/RFC_READ_TABLE2": _Variant(
        {name: int(name.removeprefix("TBLOUT")) for name in _WIDE}, says_which=True
    ),
}


def _read_table(call: Call) -> Mapping[str, Value]:
    variant = _VARIANTS[call.function]
    source = readable(call, call.text("QUERY_TABLE").upper())
    delimiter = call.text("DELIMITER")
    fields = lines.places(_chosen(call, source), delimiter)
    as_strings = call.text("USE_ET_DATA_4_RETURN") == "X"
    answer: dict[str, Value] = {
        "FIELDS": _described(fields, source, call.conversation.language),
        "ET_DATA": [],
    }
    answer |= {name: [] for name in variant.tables}
    table = "ET_DATA" if as_strings else variant.table_for(fields[-1].end)
    if variant.says_which:
        answer["OUT_TABLE"] = table
    if not as_strings:
        _check_castable(fields, variant)
    if call.text("NO_DATA"):
        return answer
    width = None if as_strings else variant.tables[table]
    return answer | {table: _lines(call, source, fields, delimiter, width)}


def readable(call: Call, name: str) -> DictionaryObject:
    """A transparent table that the caller may read.

    Raises:
        RfcError: TABLE_NOT_AVAILABLE, NOT_AUTHORIZED or TABLE_WITHOUT_DATA.
    """
    found = call.conversation.system.dictionary.find(name)
    if found is None:
        raise abap_exception("TABLE_NOT_AVAILABLE", Message("SV", "E", "029", (name,)))
    if not call.conversation.user.may_read(name):
        raise abap_exception("NOT_AUTHORIZED", Message("TB", "E", "019", (name,)))
    if found.kind != "TRANSP":
        raise abap_exception("TABLE_WITHOUT_DATA", Message("SV", "E", "029", (name,)))
    return found


def _chosen(call: Call, source: DictionaryObject) -> list[tuple[str, DataType]]:
    """The fields asked for, or all."""
    names = [name.upper() for name in call.texts("FIELDS", "FIELDNAME")] or list(source.columns)
    if not source.columns.keys() >= set(names):
        raise abap_exception("FIELD_NOT_VALID", Message("SAIS", "E", "000"))
    return [(name, source.columns[name]) for name in names]


def _described(fields: Sequence[Place], source: DictionaryObject, language: str) -> list[Record]:
    texts = {column.name: text_of(column, language) for column in source.declared.columns}
    return [
        {
            "FIELDNAME": field.name,
            "OFFSET": str(field.offset),
            "LENGTH": str(field.type.printed_length),
            "TYPE": field.type.int_type,
            "FIELDTEXT": texts[field.name],
        }
        for field in fields
    ]


def _check_castable(fields: Sequence[Place], variant: _Variant) -> None:
    """Dump as ABAP does when it casts a row to characters that has no such form."""
    if any(field.type.is_reference for field in fields):
        text = "Error with ASSIGN ... CASTING in program SAPLSDTX."
        raise dump("ASSIGN_CASTING_ILLEGAL_CAST", text)
    has_float = any(field.type.int_type == "F" for field in fields)
    if has_float and len(fields) > 1 and variant.dumps_on_floats:
        text = "Error in ASSIGN: Alignment error in program SAPLSDTX."
        raise dump("ASSIGN_BASE_WRONG_ALIGNMENT", text)


def _lines(
    call: Call, source: DictionaryObject, fields: Sequence[Place], delimiter: str, width: int | None
) -> Block:
    skip, most = call.number("ROWSKIPS"), call.number("ROWCOUNT")
    if skip < 0 or (most > 0 and skip % most):
        text = "RFC_READ_TABLE (ROWSKIPS MOD ROWCOUNT <> 0)"
        raise abap_exception("OPTION_NOT_VALID", Message("SAIS", "E", "000", (text,)))
    rows = select(
        call.conversation,
        source=source,
        columns=[field.name for field in fields],
        condition=compiled(call.texts("OPTIONS", "TEXT"), source.columns),
        in_key_order=call.text("GET_SORTED") == "X",
        count=most,
        skip=skip,
    )
    if rows.num_rows * (width or fields[-1].end) * _UNIT_BYTES > _MOST_BYTES:
        raise dump("TSV_TNEW_PAGE_ALLOC_FAILED", "No more memory available to add rows to a table.")
    if width is None:
        return lines.string_lines(rows, fields, delimiter)
    return lines.padded_lines(rows, fields, delimiter, width)


HANDLERS: Mapping[str, Handler] = dict.fromkeys(_VARIANTS, _read_table)
