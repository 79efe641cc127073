"""Reads a table by a function written for it, whose rows come typed and in the order of the key.

The interface is that of ``docs/sap.md``: MAX_ROWS, AFTER (a row of the table: its key is where the
last page ended), OPTIONS, and the table ROWS.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from erp_resources.connector import TableSchema
from erp_resources.sap.calls import cuts, unpacked
from erp_resources.sap.connection import SapSession
from erp_resources.sap.paging import Bound, KeyRange
from erp_resources.sap.types import Fetched, key_in_client
from erp_resources.sap.where import Tokens, packed

if TYPE_CHECKING:
    import pyarrow as pa

ROWS, AFTER, MOST = "ROWS", "AFTER", "MAX_ROWS"
INTERFACE = frozenset({ROWS, AFTER, MOST, "OPTIONS"})


@dataclass(frozen=True)
class TypedReader:
    """Reads one table by the function ``function``, in one session.

    Attributes:
        fields: to read; all of the key's are among them.
    """

    session: SapSession
    function: str
    source: TableSchema
    fields: Sequence[Fetched]

    def read(self, condition: Tokens, keys: KeyRange, limit: int) -> "pa.Table":
        """The first rows behind ``keys.after`` that meet the condition, ``limit`` at most."""
        parameters: dict[str, object] = {
            MOST: limit,
            "OPTIONS": [{"TEXT": line} for line in packed(condition)],
        }
        if keys.after is not None:
            parameters[AFTER] = self._row(keys.after)
        about = f"table {self.source.table!r} by {self.function}"
        package = self.session.read_table(self.function, parameters, ROWS, cuts(self.fields), about)
        key = self.source.primary_key
        return unpacked(self.session.system, self.source.table, package, self.fields, key)

    def _row(self, bound: Bound) -> dict[str, object]:
        """A row with the values of the key, the client among them."""
        by_name = {each.name: each for each in self.fields}
        others = key_in_client(self.source)
        values = {
            name: _value(by_name[name], text) for name, text in zip(others, bound, strict=True)
        }
        client = [name for name in self.source.primary_key if name not in others]
        return {name: self.session.connection.attributes()["client"] for name in client} | values


def _value(field: Fetched, text: str) -> object:
    if field.type.is_integer:
        return int(text)
    if field.type.is_packed:
        return Decimal(text)
    return bytes.fromhex(text) if field.type.is_bytes else text
