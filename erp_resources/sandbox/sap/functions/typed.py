"""``Z_ERP_READ_<TABLE>``: a customer's own modules that read one table with its types, by key.

Rows come in the order of the key, from behind the key in AFTER, at most MAX_ROWS of them; the last
row of one call is AFTER of the next.
"""

from collections.abc import Mapping

from erp_resources.sandbox.database import quoted
from erp_resources.sandbox.sap.conversation import Call, Module, Value
from erp_resources.sandbox.sap.ddic import DataType
from erp_resources.sandbox.sap.dictionary import DictionaryObject
from erp_resources.sandbox.sap.functions.read_table import readable
from erp_resources.sandbox.sap.interfaces import STRUCTURES, Function, Parameter
from erp_resources.sandbox.sap.protocol import Direction
from erp_resources.sandbox.sap.records import Scalar
from erp_resources.sandbox.sap.selection import select
from erp_resources.sandbox.sap.structures import scalar
from erp_resources.sandbox.sap.system import System
from erp_resources.sandbox.sap.typed_rows import typed_rows
from erp_resources.sandbox.sap.where import Condition, compiled, initial_value

PREFIX = "Z_ERP_READ_"


def find(system: System, name: str) -> Module | None:
    """The module of that name, if the system has it."""
    table = name.removeprefix(PREFIX)
    source = system.dictionary.find(table)
    if source is None or table not in system.installation.typed_tables:
        return None
    parameters = (
        Parameter("MAX_ROWS", Direction.IMPORT, scalar(DataType.of("INT4")), is_optional=True),
        Parameter("AFTER", Direction.IMPORT, source.structure, is_optional=True),
        Parameter(
            "OPTIONS", Direction.TABLES, STRUCTURES["RFC_DB_OPT"], is_table=True, is_optional=True
        ),
        Parameter("ROWS", Direction.TABLES, source.structure, is_table=True),
    )
    return Module(Function(name, parameters), _read)


def _read(call: Call) -> Mapping[str, Value]:
    source = readable(call, call.function.removeprefix(PREFIX))
    condition = compiled(call.texts("OPTIONS", "TEXT"), source.columns)
    _go_on_behind(condition, source, call.record("AFTER"))
    rows = select(
        call.conversation,
        source=source,
        columns=list(source.columns),
        condition=condition,
        in_key_order=True,
        count=call.number("MAX_ROWS"),
    )
    return {"ROWS": typed_rows(rows.rename_columns(list(source.columns)), source.structure)}


def _go_on_behind(
    condition: Condition, source: DictionaryObject, after: Mapping[str, Scalar]
) -> None:
    key = source.declared.primary_key
    values = {name: after.get(name, "") for name in key}
    if all(values[name] in ("", initial_value(source.columns[name])) for name in key):
        return
    columns = ", ".join(quoted(name) for name in key)
    bound = ", ".join(condition.bind(values[name]) for name in key)
    condition.sql = f"({condition.sql}) AND ({columns}) > ({bound})"
