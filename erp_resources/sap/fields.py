"""What the data dictionary says of a table: DDIF_FIELDINFO_GET, and the lists DD02L and DD02T."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from erp_resources.connector import Column, Filter, ForeignKey, TableQuery, TableSchema
from erp_resources.errors import TableNotFound
from erp_resources.sap.connection import SapSession
from erp_resources.sap.types import CLIENT, DdicType, Fetched
from erp_resources.sap.where import AND, Tokens, joined, literal

SCHEMA = "SAP"
"""The one schema of a system's tables, as declarations name it."""

FIELD_INFO = "DDIF_FIELDINFO_GET"
STRUCTURE = "INTTAB"
LONGEST_NAME = 30

_SPELLINGS = {"STRG": "STRING", "RSTR": "RAWSTRING", "UTCL": "UTCLONG", "SSTR": "SSTRING"}
_WITHOUT_LENGTH = frozenset({"DATS", "TIMS", "FLTP", "INT1", "INT2", "INT4", "INT8"}).union(
    _SPELLINGS.values()
)
_TEXTS = ("FIELDTEXT", "SCRTEXT_L", "REPTEXT")

TABLES = TableSchema(
    SCHEMA,
    "DD02L",
    (
        Column("TABNAME", f"CHAR({LONGEST_NAME})", nullable=False),
        Column("AS4LOCAL", "CHAR(1)", nullable=False),
        Column("TABCLASS", "CHAR(8)", nullable=False),
    ),
    primary_key=("TABNAME",),
)
"""The list of tables; the name is the key of those that are active."""

TRANSPARENT_TABLES = TableQuery(
    TABLES, ("TABNAME",), (Filter("TABCLASS", "=", "TRANSP"), Filter("AS4LOCAL", "=", "A"))
)
"""Their names: hundreds of thousands in a real system, and so read as any table is, in pages."""

Row = Mapping[str, Any]
ReadTexts = Callable[[str, Sequence[Fetched], Tokens], list[dict[str, str]]]
"""Reads some character fields of a table's rows that meet a condition."""


@dataclass(frozen=True)
class Described:
    """A table's fields as the dictionary lists them, in the order of their positions."""

    table: str
    rows: tuple[Row, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key's fields, the client among them."""
        return tuple(row["FIELDNAME"] for row in self.rows if row["KEYFLAG"] == "X")

    @property
    def language(self) -> str:
        """The language of the texts, SAP's letter."""
        return str(self.rows[0]["LANGU"])

    @property
    def client(self) -> str | None:
        """The field that keeps clients apart, if the table has one."""
        first = self.rows[0]
        is_client = first["DATATYPE"] == CLIENT and first["KEYFLAG"] == "X"
        return first["FIELDNAME"] if is_client else None


def described(session: SapSession, table: str, language: str = "") -> Described:
    """The fields of a table with their texts in a language (the logon's if empty).

    Raises:
        TableNotFound: there is no such table, or it is a structure and has no rows.
    """
    if not _is_name(table):
        raise TableNotFound(f"{session.system}: {table!r} is not a name that SAP's tables have")
    outputs = session.call(
        FIELD_INFO,
        {"TABNAME": table, "LANGU": language},
        ("DFIES_TAB", "DDOBJTYPE"),
        about=f"table {table!r}",
    )
    rows = cast("list[Row]", outputs["DFIES_TAB"])
    if outputs["DDOBJTYPE"] == STRUCTURE or not rows:
        raise TableNotFound(f"{session.system}: {table!r} is a structure, which has no rows")
    return Described(table, tuple(sorted(rows, key=lambda row: int(row["POSITION"]))))


def schema_of(
    found: Described, texts: Mapping[str, Described], comment: str, rows: int | None
) -> TableSchema:
    """The table as the connector describes it.

    Args:
        texts: the same fields in other languages, by language.
        comment: text of the table.
        rows: how many it has, if that is known.
    """
    names = {
        language: {row["FIELDNAME"]: _text(row) for row in other.rows}
        for language, other in texts.items()
    }
    columns = tuple(
        column_of(row, {language: each[row["FIELDNAME"]] for language, each in names.items()})
        for row in found.rows
    )
    return TableSchema(
        schema=SCHEMA,
        table=found.table,
        columns=columns,
        primary_key=found.key,
        comment=comment,
        rows=rows,
        foreign_keys=tuple(_foreign_keys(found)),
    )


def column_of(row: Row, texts: Mapping[str, str] | None = None) -> Column:
    """One row of DFIES as a column; SAP's fields are never null."""
    table, field = row["REFTABLE"], row["REFFIELD"]
    return Column(
        name=row["FIELDNAME"],
        type=_spelling(row),
        nullable=row["DATATYPE"] == "DATS" and row["KEYFLAG"] != "X",
        comment=_text(row),
        reference=f"{table}-{field}" if table and field else None,
        texts=dict(texts) if texts else None,
    )


def character_field(name: str, width: int) -> Fetched:
    """A field of the dictionary's own tables, whose types are known."""
    import pyarrow as pa

    return Fetched(name, DdicType("CHAR", width), "text", pa.string_view())


def table_text(read: ReadTexts, table: str, language: str) -> str:
    """The text of a table; empty if it has none in that language."""
    condition = _equal(TABNAME=table, DDLANGUAGE=language, AS4LOCAL="A")
    rows = read("DD02T", [character_field("DDTEXT", 60)], condition)
    return rows[0]["DDTEXT"] if rows else ""


def installed_languages(read: ReadTexts) -> list[str]:
    """The languages that a system has texts in, by SAP's letters."""
    rows = read("T002C", [character_field("SPRAS", 1)], _equal(LAINST="X"))
    return sorted(row["SPRAS"] for row in rows)


def _equal(**values: str) -> Tokens:
    return joined([[name, "=", literal(value)] for name, value in values.items()], AND)


def _is_name(table: str) -> bool:
    return 0 < len(table) <= LONGEST_NAME and table.replace("_", "").replace("/", "").isalnum()


def _spelling(row: Row) -> str:
    name = _SPELLINGS.get(row["DATATYPE"], row["DATATYPE"])
    if name in _WITHOUT_LENGTH:
        return str(name)
    length, decimals = int(row["LENG"]), int(row["DECIMALS"])
    if name in ("CURR", "QUAN", "DEC"):
        return f"{name}({length},{decimals})"
    return f"{name}({length})"


def _text(row: Row) -> str:
    return next((str(row[name]) for name in _TEXTS if row[name]), "")


def _foreign_keys(found: Described) -> list[ForeignKey]:
    """The check tables of fields; of one with several key fields only the one checked is known."""
    client = (found.client,) if found.client else ()
    return [
        ForeignKey((*client, row["FIELDNAME"]), SCHEMA, row["CHECKTABLE"])
        for row in found.rows
        if row["CHECKTABLE"] not in ("", found.table, "T000")
    ]
