"""Oracle's functions by name. A function that is not listed does not exist (ORA-00904).

One module for each sort; each ends in a table of names, which ``call`` looks up.
"""

from collections.abc import Sequence

from sqlglot import exp

from erp_resources.sandbox.oracle.sql.context import Context
from erp_resources.sandbox.oracle.sql.errors import invalid_identifier
from erp_resources.sandbox.oracle.sql.functions import (
    aggregates,
    general,
    moments,
    numbers,
    texts,
)
from erp_resources.sandbox.oracle.sql.values import Value
from erp_resources.sandbox.oracle.types import OracleError

aggregate = aggregates.aggregate

_FUNCTIONS = {
    **general.FUNCTIONS,
    **moments.FUNCTIONS,
    **numbers.FUNCTIONS,
    **texts.FUNCTIONS,
}


def call(context: Context, name: str, arguments: Sequence[exp.Expr]) -> Value:
    """Compile a function call.

    Raises:
        OracleError: ORA-00904 for an unknown name, ORA-00909 for a wrong number of arguments.
    """
    if name in aggregates.AGGREGATES:
        return aggregate(context, name, arguments)
    function = _FUNCTIONS.get(name)
    if function is None:
        raise invalid_identifier(".".join(f'"{part}"' for part in name.split(".")))
    if len(arguments) < function.least:
        raise OracleError(938, "not enough arguments for function")
    if len(arguments) > function.most:
        raise OracleError(939, "too many arguments for function")
    return function.build(context, arguments)
