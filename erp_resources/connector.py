"""What the assets may ask of any ERP system: the ``Connector`` protocol and the words it uses.

Nothing here knows a vendor. A system's own folder implements the protocol; one contract test suite
holds for all of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Protocol, get_args

from erp_resources.errors import InvalidQuery

if TYPE_CHECKING:
    import polars as pl

Scalar = str | int | Decimal | float | datetime | date
STATEMENT = "statement"
"""Kind of the read point of a source that can promise no more than consistent statements."""
OFFSET_SUFFIX = "__OFFSET"
"""Ends the name of the column with a time's UTC offset, in minutes east of Greenwich."""
REFUSED_COLUMN = "_refused"
"""Holds the cells of a row that are no value of their column's type, which are null there.

A JSON object of the source's own texts by column; null for a sound row. A scan only has it where a
source is told to go on at such cells.
"""
Operator = Literal["=", "<>", "<", "<=", ">", ">=", "in", "is null", "is not null"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)
_WITHOUT_VALUE = ("is null", "is not null")


@dataclass(frozen=True)
class Filter:
    """One condition on one column; a query joins its conditions by AND. Free SQL has no place."""

    field: str
    operator: Operator
    value: Scalar | Sequence[Scalar] | None = None

    def __post_init__(self) -> None:
        """Refuse what no source could answer rightly, whoever built the filter.

        Raises:
            InvalidQuery: there is no such operator, or it takes other values.
        """
        if self.operator not in OPERATORS:
            self._refuse(
                f"there is no operator {self.operator!r}; take one of {', '.join(OPERATORS)}"
            )
        is_list = isinstance(self.value, Sequence) and not isinstance(self.value, str | bytes)
        if self.operator in _WITHOUT_VALUE:
            if self.value is not None:
                self._refuse(f"`{self.operator}` takes no value")
        elif is_list != (self.operator == "in"):
            taken = "one value" if is_list else "a list of values"
            self._refuse(f"`{self.operator}` takes {taken}")
        elif not self.values or None in self.values:
            self._refuse("a value is missing; use `is null` for that")

    @property
    def values(self) -> tuple[Scalar, ...]:
        """What the column is compared with: several for ``in``, none for the tests of NULL."""
        if self.value is None:
            return ()
        if isinstance(self.value, str) or not isinstance(self.value, Sequence):
            return (self.value,)
        return tuple(self.value)

    def _refuse(self, fault: str) -> NoReturn:
        raise InvalidQuery(f"filter on {self.field!r}: {fault}")


@dataclass(frozen=True)
class Column:
    """A column as the source's dictionary knows it.

    Attributes:
        type: the source's own spelling, e.g. ``NUMBER(15,2)``.
        scale: decimals found in the data of a number that is declared without a precision;
            ``None`` where the declaration settles it.
        reference: where the currency or unit of its values stands, as SAP's dictionary names it
            (``VBAK-WAERK``).
        texts: what it is called in other languages, by SAP's language key; ``comment`` is the
            text in the language of the logon.
    """

    name: str
    type: str
    nullable: bool = True
    comment: str = ""
    scale: int | None = None
    reference: str | None = None
    texts: Mapping[str, str] | None = field(default=None, hash=False)


@dataclass(frozen=True)
class ForeignKey:
    """``columns`` of a table refer to ``referred`` columns of ``table`` in ``schema``, in order."""

    columns: tuple[str, ...]
    schema: str
    table: str
    referred: tuple[str, ...] = ()


def foreign_keys(rows: Iterable[tuple[object, str, str, str, str]]) -> tuple[ForeignKey, ...]:
    """Foreign keys from a dictionary's rows, one row for each column of each key.

    Args:
        rows: the key's name, its column, and schema, table and column referred to; the rows of a
            key together and in the key's order.
    """
    keys = (list(parts) for _, parts in groupby(rows, key=lambda row: row[0]))
    return tuple(
        ForeignKey(
            columns=tuple(part[1] for part in parts),
            schema=parts[0][2],
            table=parts[0][3],
            referred=tuple(part[4] for part in parts),
        )
        for parts in keys
    )


@dataclass(frozen=True)
class TableSchema:
    """A table as the source's dictionary knows it. ``rows`` and ``bytes`` are its estimates."""

    schema: str
    table: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    comment: str = ""
    rows: int | None = None
    bytes: int | None = None
    foreign_keys: tuple[ForeignKey, ...] = ()

    @property
    def name(self) -> str:
        """The table with its schema, for messages."""
        return f"{self.schema}.{self.table}"

    def with_scales(self, scales: Mapping[str, int]) -> "TableSchema":
        """The same table with ``scales`` in place of the decimals found in its data.

        Raises:
            InvalidQuery: a scale is given for a column that there is not.
        """
        for name in scales:
            self.column(name)
        columns = (replace(c, scale=scales.get(c.name, c.scale)) for c in self.columns)
        return replace(self, columns=tuple(columns))

    def column(self, name: str) -> Column:
        """The column called ``name``, in the source's spelling.

        Raises:
            InvalidQuery: there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        msg = (
            f"{self.name} has no column {name!r}; its columns are {[c.name for c in self.columns]}"
        )
        raise InvalidQuery(msg)


@dataclass(frozen=True)
class ReadPoint:
    """The moment of the source's history that a read shows.

    Attributes:
        kind: the source's word for it, e.g. ``scn``; ``statement`` where the source can promise
            no more than that one statement is consistent in itself.
        value: the source's number for that moment; 0 for ``statement``.
        session: what holds that moment open, where a source ties it to one session (SQL Server,
            PostgreSQL); the connector's own affair.
    """

    kind: str
    value: int
    session: object = field(default=None, compare=False, repr=False)

    @property
    def is_moment(self) -> bool:
        """Whether several statements at this point see the same rows."""
        return self.kind != STATEMENT

    def __str__(self) -> str:
        return f"{self.kind} {self.value}" if self.value else self.kind


@dataclass(frozen=True)
class TableQuery:
    """Which rows and columns of one table to read.

    Attributes:
        source: the table as its dictionary (or the catalogue, its committed copy) describes it.
        columns: names in the order wanted; all of the table's when empty.
        filters: conditions that every row meets.
    """

    source: TableSchema
    columns: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()

    @property
    def selected(self) -> tuple[Column, ...]:
        """The columns to read.

        Raises:
            InvalidQuery: a column is wanted that the table does not have.
        """
        if not self.columns:
            return self.source.columns
        return tuple(self.source.column(name) for name in self.columns)


@dataclass(frozen=True)
class ControlTotals:
    """What the source itself counts and sums at one read point; a sum over no rows is 0."""

    rows: int
    sums: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class ChangeMark:
    """Changes whenever rows of a table are inserted, updated or deleted."""

    point: int
    rows: int


class Connector(Protocol):
    """Reads tables of one ERP system; safe to share between threads."""

    @property
    def system(self) -> str:
        """Key of the system, as declarations and messages name it."""
        ...

    @property
    def mode(self) -> str:
        """``sandbox`` or ``real``: what every materialization records."""
        ...

    def connect(self) -> None:
        """Open the pool's first session, so that a wrong setting shows now and not in mid-run."""
        ...

    def disconnect(self) -> None:
        """Close all sessions."""
        ...

    def ping(self) -> float:
        """One round trip to the source; seconds it took."""
        ...

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement of the source's own language and return all its rows."""
        ...

    def list_tables(self, schema: str) -> list[str]:
        """Names of the tables of a schema that this account may read, sorted."""
        ...

    def describe(self, schema: str, table: str) -> TableSchema:
        """The dictionary's facts about one table.

        Raises:
            TableNotFound: it does not exist, or this account may not read it.
        """
        ...

    def read_point(self) -> AbstractContextManager[ReadPoint]:
        """The source's present moment, for the block: reads at this point agree with one another.

        A source that ties a moment to a session lends that session for the block; the reads at
        such a point are made one after the other.
        """
        ...

    def scan(self, query: TableQuery, at: ReadPoint | None = None) -> "pl.LazyFrame":
        """The table as a lazy frame; rows are fetched in batches while it is collected.

        Types are exact: numbers are ``Int64`` or ``Decimal``, never floats unless the source's are.

        Raises:
            TableNotFound, AccessDenied, UnsupportedType: at once.
            ValueDoesNotFit, ConnectionLost, SnapshotTooOld, …: while it is collected.
        """
        ...

    def control_totals(
        self, query: TableQuery, at: ReadPoint | None = None, sums: Sequence[str] = ()
    ) -> ControlTotals:
        """Rows of the query, and sums of ``sums``, as the source counts them at ``at``."""
        ...

    def change_mark(self, query: TableQuery) -> ChangeMark:
        """A mark to compare with an earlier one: equal marks mean that the table did not move.

        Raises:
            InvalidQuery: this source has no such mark for the table.
        """
        ...

    def examine(self) -> list[str]:
        """What a person should know of this connection: driver, product, rights beyond reading."""
        ...
