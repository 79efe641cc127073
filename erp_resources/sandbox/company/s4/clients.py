"""A second client, 200: a test system's copies of a few rows under the same keys.

Whoever joins or counts without the client sees too much. Documents are copied as a whole.
"""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from erp_resources.sandbox.catalog import Table
from erp_resources.sandbox.company.s4.ddic import CLIENT_FIELDS

TEST_CLIENT = "200"
_MOST = 5
"""How many customers, orders, documents, … are copied."""
_LEADING = {
    "T001": "BUKRS", "T001K": "BWKEY", "T003": "BLART", "T006": "MSEHI", "KNA1": "KUNNR",
    "LFA1": "LIFNR", "MARA": "MATNR", "MAKT": "MATNR", "VBAK": "VBELN", "VBAP": "VBELN",
    "BKPF": "BELNR", "BSEG": "BELNR", "USR02": "BNAME",
}  # fmt: skip
"""The field whose first values are copied, by table."""


def with_test_client(
    tables: Iterator[tuple[Table, pa.Table]],
) -> Iterator[tuple[Table, pa.Table]]:
    """The same tables, some with the rows of the test client at their end."""
    for table, rows in tables:
        leading = _LEADING.get(table.name)
        yield table, rows if leading is None else pa.concat_tables([rows, _copied(rows, leading)])


def _copied(rows: pa.Table, leading: str) -> pa.Table:
    values = pc.unique(rows[leading])
    first = values.take(pc.array_sort_indices(values)[:_MOST])
    some = rows.filter(pc.is_in(rows[leading], value_set=first))
    place = next(i for i, name in enumerate(rows.column_names) if name in CLIENT_FIELDS)
    client = pa.repeat(pa.scalar(TEST_CLIENT), some.num_rows)
    return some.set_column(place, rows.schema.field(place), client)
