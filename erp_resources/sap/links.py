"""The way from a table's rows to the field with the currency of their amounts, in another table.

One step by keys, or two through a table between (MBEW, T001K, T001); the client, which a logon
fixes, is part of none.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from erp_resources.connector import TableSchema
from erp_resources.sap.types import key_in_client

Dictionary = Callable[[str], TableSchema | None]
"""What is known of a table's fields and keys; None if there is no such table."""


@dataclass(frozen=True)
class Link:
    """How rows of a table find the row of another one, and in it the currency or the way on.

    Attributes:
        table: the other one.
        columns: fields of the one, equal to the fields ``key`` of the other.
        target: field of the other one with the currency, or how its rows find the next table's.
    """

    table: TableSchema
    columns: tuple[str, ...]
    key: tuple[str, ...]
    target: "str | Link"

    @property
    def fields(self) -> tuple[str, ...]:
        """What is read of the other table: its key, and what leads on or is the currency."""
        wanted = (self.target,) if isinstance(self.target, str) else self.target.columns
        return tuple(dict.fromkeys(self.key + wanted))


def is_own(reference: str, table: str) -> bool:
    """Whether the currency stands in the table itself."""
    return reference.partition("-")[0] == table


def link(source: TableSchema, reference: str, dictionary: Dictionary) -> Link | None:
    """How ``source`` finds the currency that ``reference`` (``BKPF-WAERS``) means, if it can.

    In one step if ``source`` has a namesake of each field of the other table's key, or for a key of
    one field a single column that the other table checks. Else in two, if foreign keys lead there
    by exactly one way; a table with several columns that the other one checks has no such way.
    """
    table, _, field = reference.partition("-")
    referred = dictionary(table)
    if referred is None:
        return None
    columns, checked = _namesakes(source, referred), _checked(source, referred)
    if columns or len(checked) == 1:
        return Link(referred, columns or checked[0], key_in_client(referred), field)
    ways = [] if checked else list(_through_another(source, referred, field, dictionary))
    return ways[0] if len(ways) == 1 else None


def _through_another(
    source: TableSchema, referred: TableSchema, field: str, dictionary: Dictionary
) -> Iterator[Link]:
    """All ways of two foreign keys."""
    for name in dict.fromkeys(each.table for each in source.foreign_keys):
        between = dictionary(name)
        if between is None:
            continue
        for columns in _checked(source, between):
            for further in _checked(between, referred):
                target = Link(referred, further, key_in_client(referred), field)
                yield Link(between, columns, key_in_client(between), target)


def _namesakes(source: TableSchema, referred: TableSchema) -> tuple[str, ...]:
    """The fields of the other table's key, if ``source`` has columns of all those names."""
    key = key_in_client(referred)
    return key if {*key} <= {column.name for column in source.columns} else ()


def _checked(source: TableSchema, referred: TableSchema) -> list[tuple[str, ...]]:
    """The columns that refer to the other table's key, for each foreign key.

    Of a key with several fields only the one that is checked is known: the others are namesakes.
    """
    checked = [each.columns[-1] for each in source.foreign_keys if each.table == referred.table]
    if len(key_in_client(referred)) == 1:
        return [(column,) for column in checked]
    return [_namesakes(source, referred)] if checked and _namesakes(source, referred) else []
