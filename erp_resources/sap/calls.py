"""One call that reads rows of a table: its parameters, the places of its fields, its cells.

Fields are cut by the OFFSET and LENGTH that the call itself reports, never by a delimiter, which
may stand in a text; ET_DATA, which has no places, is split at a character that no line holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from erp_resources.errors import InvalidQuery, ValueDoesNotFit
from erp_resources.sap.connection import SapSession
from erp_resources.sap.drivers import Package
from erp_resources.sap.interfaces import STRINGS, ReadFunction
from erp_resources.sap.quarantine import beside
from erp_resources.sap.types import Fetched, arrow_type
from erp_resources.sap.where import Tokens, packed
from erp_rfc import Cut

if TYPE_CHECKING:
    import pyarrow as pa

DELIMITERS = ("\u00a6", "\u00ac", "~", "^")
"""Tried in turn: of the first that no line holds, all lines have the right number of parts."""

INITIAL_TIME_STAMP = "0000-00-00T00:00:00,0000000"
_WITHOUT_SIGNS = (
    r"^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d),(\d+)$",
    r"\1-\2-\3T\4:\5:\6,\7",
)

Places = tuple[tuple[int, int], ...]
"""Offset and length of each field in a line."""


@dataclass
class LineReader:
    """Reads rows of one table as lines, in one session.

    Attributes:
        table: to read.
        fields: in the order wanted; ``key`` those of them that name a row in messages.
        as_strings: whether lines come in ET_DATA.
    """

    session: SapSession
    function: ReadFunction
    table: str
    fields: Sequence[Fetched]
    key: Sequence[str] = ()
    as_strings: bool = False
    _places: Places | None = field(default=None, init=False)

    def read(self, condition: Tokens, limit: int = 0, skip: int = 0) -> "pa.Table":
        """Rows that meet the condition, ``limit`` at most (0: all), in the types of their kinds.

        Args:
            skip: rows to leave out before, a multiple of ``limit``: SAP reads them all the same.

        Raises:
            ValueDoesNotFit: naming table, column, key and text of a cell that is no value.
        """
        parameters = self._parameters(condition, limit, skip)
        package = self._split(parameters) if self.as_strings else self._cut(parameters)
        return unpacked(self.session.system, self.table, package, self.fields, self.key)

    @property
    def about(self) -> str:
        """What is read, for messages."""
        return f"table {self.table!r} by {self.function.name}"

    def _parameters(self, condition: Tokens, limit: int, skip: int) -> dict[str, object]:
        lines = packed(condition, self.function.option_width)
        parameters: dict[str, object] = {
            "QUERY_TABLE": self.table,
            "ROWCOUNT": limit,
            "FIELDS": [{"FIELDNAME": each.name} for each in self.fields],
            "OPTIONS": [{"TEXT": line} for line in lines],
        }
        if skip:
            parameters["ROWSKIPS"] = skip
        if self.function.sorts:
            parameters["GET_SORTED"] = "X"
        return parameters

    def _cut(self, parameters: Mapping[str, object]) -> Package:
        """Lines of fixed width; read again if the fields stand elsewhere than expected."""
        expected = self._places or _predicted(self.fields)
        package = self._call(parameters, expected)
        self._places = _reported(package)
        if self._places != expected:
            package = self._call(parameters, self._places)
        return package

    def _call(self, parameters: Mapping[str, object], places: Places) -> Package:
        width = max(offset + length for offset, length in places)
        table, _ = self.function.table_for(width)
        return self.session.read_lines(
            self.function.name,
            parameters,
            table,
            cuts(self.fields, places),
            delimiter="",
            about=self.about,
        )

    def _split(self, parameters: Mapping[str, object]) -> Package:
        for delimiter in DELIMITERS:
            package = self.session.read_lines(
                self.function.name,
                {**parameters, "USE_ET_DATA_4_RETURN": "X", "DELIMITER": delimiter},
                STRINGS,
                cuts(self.fields),
                delimiter=delimiter,
                about=self.about,
            )
            if all(column for _, column, _ in package.refused):
                return package
        raise InvalidQuery(
            f"{self.session.system}: {self.about}: texts hold each of {' '.join(DELIMITERS)}, so "
            "lines cannot be split; leave the long columns out with `columns`"
        )


def cuts(fields: Sequence[Fetched], places: Places | None = None) -> list[Cut]:
    """How the cells of ``fields`` are decoded, at ``places`` if lines have such."""
    places = places or ((0, 0),) * len(fields)
    return [
        Cut(
            each.name, offset, length, each.kind, *_digits(each), keep_blanks=each.type.is_unbounded
        )
        for each, (offset, length) in zip(fields, places, strict=True)
    ]


def unpacked(
    system: str, table: str, package: Package, fields: Sequence[Fetched], key: Sequence[str]
) -> "pa.Table":
    """The rows of a package, with the refused cells that are quarantined in a column of their own.

    Raises:
        ValueDoesNotFit: naming table, column, key and text of the first cell that was refused and
            may not be, or the columns of more cells than a package keeps.
    """
    import pyarrow as pa

    rows, refused = pa.table(package), package.refused
    fate = {each.name: each.refused for each in fields}
    for cell in refused:
        if fate.get(cell[1], "fail") == "fail":
            raise ValueDoesNotFit(_misfit(system, table, rows, cell, key))
    if package.refused_count > len(refused):
        names = ", ".join(dict.fromkeys(column for _, column, _ in refused))
        raise ValueDoesNotFit(
            f"{system}: {table}: {package.refused_count} cells of one page, of {names}, are no "
            f"value of their type, and only {len(refused)} are kept; leave such columns out with "
            "`columns`, have a function that returns them typed, or land days and times as text"
        )
    for each in fields:
        if each.kind == "utclong":
            place = rows.column_names.index(each.name)
            rows = rows.set_column(place, each.name, _time_stamps(rows[each.name]))
    schema = pa.schema([(each.name, arrow_type(each.type, each.kind)) for each in fields])
    rows = rows if rows.schema.equals(schema) else rows.select(schema.names).cast(schema)
    kept = [cell for cell in refused if fate[cell[1]] == "quarantine"]
    return beside(rows, kept) if "quarantine" in fate.values() else rows


def _time_stamps(column: "pa.ChunkedArray") -> "pa.ChunkedArray":
    """Time stamps as the SDK prints them; in lines they come without signs, initial ones blank."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.replace_substring_regex(column.cast(pa.string()), *_WITHOUT_SIGNS)
    return pc.replace_substring(texts, INITIAL_TIME_STAMP, "").cast(pa.string_view())


def _misfit(
    system: str, table: str, rows: "pa.Table", cell: tuple[int, str, str], key: Sequence[str]
) -> str:
    row, column, text = cell
    keys = {name: text if name == column else str(rows[name][row]) for name in key}
    cause = (
        "the number is too long for its place in a line; read the column by a function that "
        "returns it typed"
        if "*" in text
        else "it is no value of the column's type; declare a policy, or run `erp catalog refresh`"
    )
    return f"{system}: {table}.{column} holds {text!r} where {keys}: {cause}"


def _digits(each: Fetched) -> tuple[int, int]:
    return (each.type.length, each.type.decimals) if each.kind == "decimal" else (0, 0)


def _predicted(fields: Sequence[Fetched]) -> Places:
    places, offset = [], 0
    for each in fields:
        places.append((offset, each.type.width))
        offset += each.type.width
    return tuple(places)


def _reported(package: Package) -> Places:
    fields = cast("list[Mapping[str, Any]]", package.exports["FIELDS"])
    return tuple((int(each["OFFSET"]), int(each["LENGTH"])) for each in fields)
