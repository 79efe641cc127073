"""SELECTs on a dictionary object as Open SQL runs them: in the caller's client only."""
# ruff: noqa: S608 -- names are declared ones, values are bound

from collections.abc import Sequence

import pyarrow as pa

from erp_resources.sandbox.database import ROW, StoredTable, quoted
from erp_resources.sandbox.sap.conversation import Conversation
from erp_resources.sandbox.sap.dictionary import DictionaryObject
from erp_resources.sandbox.sap.where import Condition


def select(  # noqa: PLR0913 - the clauses of a SELECT, all but the first by keyword
    conversation: Conversation,
    *,
    source: DictionaryObject,
    columns: Sequence[str],
    condition: Condition,
    in_key_order: bool = False,
    count: int = 0,
    skip: int = 0,
) -> pa.Table:
    """The rows of ``columns`` that meet a condition.

    Args:
        conversation: in whose client, and with whose own open changes.
        source: the table.
        columns: of the result, in this order.
        condition: the WHERE clause.
        in_key_order: ORDER BY PRIMARY KEY; else in whatever order the database likes.
        count: UP TO so many ROWS; 0 for all.
        skip: rows that are read and thrown away first.

    Raises:
        RfcError: a dump, if the database cannot do it.
    """
    names = ", ".join(f"{quoted(name)} AS c{place}" for place, name in enumerate(columns))
    limit = f" LIMIT {count}" if count > 0 else ""
    order = _order(conversation, source, in_key_order=in_key_order)
    sql = (
        f"SELECT {names} FROM {_filtered(conversation, source, condition)}{order}{limit} "
        f"OFFSET {skip}"
    )
    rows = conversation.read(sql, condition.values)
    conversation.rows_read += rows.num_rows
    return rows


def count(conversation: Conversation, source: DictionaryObject) -> int:
    """How many rows the caller's client has.

    Raises:
        RfcError: a dump, if the database cannot do it.
    """
    condition = Condition()
    sql = f"SELECT count(*) AS rows FROM {_filtered(conversation, source, condition)}"
    rows: int = conversation.read(sql, condition.values)["rows"][0].as_py()
    return rows


def _filtered(conversation: Conversation, source: DictionaryObject, condition: Condition) -> str:
    rows = source.sql or conversation.rows(_stored(source))
    client = source.client_field
    if client is None:
        return f"{rows} WHERE ({condition.sql})"
    own = f"{quoted(client)} = {condition.bind(conversation.client)}"
    return f"{rows} WHERE {own} AND ({condition.sql})"


def _stored(source: DictionaryObject) -> StoredTable:
    assert source.stored is not None  # noqa: S101 callers refuse what has no rows
    return source.stored


def _order(conversation: Conversation, source: DictionaryObject, *, in_key_order: bool) -> str:
    key = source.declared.primary_key
    if in_key_order and key:
        return " ORDER BY " + ", ".join(map(quoted, key))
    if conversation.system.installation.is_unsorted:
        return f" ORDER BY hash({ROW} * 7919 + {next(conversation.system.orders)})"
    return ""
