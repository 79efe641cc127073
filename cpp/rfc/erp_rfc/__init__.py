"""SAP's remote function calls from the user's own NW RFC SDK, tables straight into Arrow.

The SDK is opened when a ``Library`` is made, never before, and is no part of this package.
Where the extension was not built, descriptions, errors and the reference decoder remain, and
the rest raises ImportError with the remedy.
"""

from typing import TYPE_CHECKING

from erp_rfc.acceleration import import_problem, missing
from erp_rfc.cut import Cut, Kind
from erp_rfc.description import Field, Function, Parameter
from erp_rfc.errors import RfcError

if TYPE_CHECKING or import_problem() is None:
    from erp_rfc._core import Connection, Library, Package, decode_lines
else:
    __getattr__ = missing

__all__ = [
    "Connection",
    "Cut",
    "Field",
    "Function",
    "Kind",
    "Library",
    "Package",
    "Parameter",
    "RfcError",
    "decode_lines",
    "import_problem",
]
