"""The second driver: SAP's archived ``pyrfc``, with lines and cells decoded in Polars.

It gives the same values as the native reader, slower, and holds the GIL while it walks rows.
"""

import ctypes
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from erp_resources.sap.pyrfc_values import (
    INVALID_PARAMETER,
    NOT_FOUND,
    cut_of,
    error_of,
    lines_of,
    parameter_of,
    series_of,
    type_names,
)
from erp_rfc import Cut, Field, Function, RfcError

if TYPE_CHECKING:
    import polars as pl

ALIVE_AFTER = frozenset({1, 6, 7})
"""Groups after which a connection can be used again."""

INVALID_HANDLE = RfcError(13, 5, "RFC_INVALID_HANDLE", "the connection is closed")
CONFIG = {"dtime": False, "return_import_params": False}
_INPUT_ONLY = "IMPORT"
_HANDLE_WIDTH = (511 - len("Connection was canceled: . New handle: ")) // 2


class PyrfcDriver:
    """Opens connections by pyrfc on the SDK at ``library``.

    Raises:
        ImportError: pyrfc is not installed, or found no SDK.
        OSError: there is no library at that path.
    """

    def __init__(self, library: str) -> None:
        ctypes.CDLL(library, ctypes.RTLD_GLOBAL)  # pyrfc links to it by name, and finds it loaded
        import pyrfc  # type: ignore[import-not-found]  # builds only where an SDK is

        if not hasattr(pyrfc, "Connection"):
            raise ImportError("it cannot load the NW RFC SDK")
        self._pyrfc = pyrfc
        self._connect = cancelable(pyrfc.Connection)

    @property
    def version(self) -> tuple[int, int, int]:
        """Of the SDK: release, support package, patch level."""
        found = self._pyrfc.get_nwrfclib_version()
        return (found["major"], found["minor"], found["patchLevel"])

    def set_ini_path(self, folder: str) -> None:
        """Name the folder of ``sapnwrfc.ini``."""
        self._pyrfc.set_ini_file_directory(folder)

    def connect(self, parameters: Mapping[str, str]) -> "PyrfcConnection":
        """Log on."""
        lower = {name.lower(): value for name, value in parameters.items()}
        try:
            connection = self._connect(config=CONFIG, **lower)
        except self._pyrfc.RFCError as error:
            raise error_of(error) from error
        return PyrfcConnection(connection, self._pyrfc.RFCError)


class _WideHandle(int):
    def __format__(self, spec: str) -> str:
        return str(int(self)).rjust(_HANDLE_WIDTH)


def cancelable(connection: Any) -> Any:
    """``pyrfc.Connection`` whose calls can be canceled without reading beyond their memory.

    pyrfc says "Connection was canceled: {handle}. New handle: {handle}" and copies 512 characters
    of that into RFC_ERROR_INFO however few they are (``Connection.call`` of 3.3.1), by which the
    process can die. Handles written this wide make them 512, with the final zero.
    """

    class Connection(connection):  # type: ignore[misc]
        @property
        def handle(self) -> int | None:
            handle = super().handle
            return handle and _WideHandle(handle)

    return Connection


@dataclass
class PyrfcPackage:
    """The rows of one call; see ``erp_rfc.Package``."""

    frame: "pl.DataFrame"
    refused: list[tuple[int, str, str]]
    refused_count: int
    invoke_seconds: float
    exports: dict[str, object]

    @property
    def rows(self) -> int:
        """How many rows."""
        return self.frame.height

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.frame.__arrow_c_stream__(requested_schema)


@dataclass
class PyrfcConnection:
    """One connection; see ``erp_rfc.Connection``.

    pyrfc would mend a dead connection silently, without what was done on it: here it stays dead.
    """

    _connection: Any
    _error: type[Exception]
    _dead: bool = False
    _functions: dict[str, Function] = field(default_factory=dict, repr=False)

    def ping(self) -> None:
        """Make one round trip."""
        self._checked(self._connection.ping)

    def close(self) -> None:
        """End the session. One that is gone already counts as ended."""
        if not self._dead:
            self._checked(self._connection.close)
            self._dead = True

    def cancel(self) -> None:
        """Break off the call that another thread waits for; the session ends with it."""
        try:
            self._connection.cancel()
        except self._error as error:
            raise error_of(error) from error

    def is_valid(self) -> bool:
        """Whether it can be used."""
        return not self._dead

    def attributes(self) -> dict[str, str]:
        """The SDK's RFC_ATTRIBUTES."""
        found = self._checked(self._connection.get_connection_attributes)
        if not found:  # so pyrfc says that another thread has cancelled it
            raise INVALID_HANDLE
        return cast("dict[str, str]", found)

    def describe(self, function: str) -> Function:
        """The interface of a function."""
        if function not in self._functions:
            found = self._checked(lambda: self._connection.get_function_description(function))
            parameters = tuple(parameter_of(each) for each in found.parameters)
            self._functions[function] = Function(function, parameters)
        return self._functions[function]

    def forget(self, function: str) -> None:
        """Drop what the SDK remembers of a function and its types; see ``erp_rfc.Connection``.

        pyrfc cannot ask whether it does: what it does not know is fetched to be forgotten. Calls of
        other threads are safe, as pyrfc holds the GIL from finding a description until a container
        is made of it, and with the container the SDK keeps the description.
        """
        found = self._checked(lambda: self._connection.get_function_description(function))
        system = self.attributes()["sysId"]
        self._functions.pop(function, None)
        self._remove(self._connection.func_desc_remove, system, function)
        for name in type_names(found.parameters):
            self._remove(self._connection.type_desc_remove, system, name)

    def call(
        self,
        function: str,
        parameters: Mapping[str, object],
        *,
        wanted: Sequence[str] | None = None,
    ) -> dict[str, object]:
        """Call any function; only the outputs ``wanted``, if they are named."""
        options = {}
        if wanted is not None:  # a table that is not requested is not sent either
            options["not_requested"] = self._unwanted(function, {*wanted, *parameters})
        outputs: dict[str, object] = self._checked(
            lambda: self._connection.call(function, options, **parameters)
        )
        keep = outputs if wanted is None else wanted
        return {name: value for name, value in outputs.items() if name in keep}

    def read_lines(
        self,
        function: str,
        parameters: Mapping[str, object],
        table: str,
        columns: Sequence[Cut],
        *,
        delimiter: str = "",
        tables: Sequence[str] = (),
    ) -> PyrfcPackage:
        """Call a function and cut the lines of one of its tables into columns."""
        import polars as pl

        from erp_rfc.reference import decode_lines

        outputs, seconds = self._timed(function, parameters, [table, *tables])
        lines = pl.Series(lines_of(outputs.pop(table)), dtype=pl.String)
        found = decode_lines(lines, columns, delimiter=delimiter)
        return PyrfcPackage(found.frame, list(found.refused), found.refused_count, seconds, outputs)

    def read_table(
        self,
        function: str,
        parameters: Mapping[str, object],
        table: str,
        columns: Sequence[Cut] | None = None,
        *,
        tables: Sequence[str] = (),
    ) -> PyrfcPackage:
        """Call a function and return one of its typed tables."""
        import polars as pl

        if columns is None:
            columns = [cut_of(each) for each in self._line(function, table)]
        outputs, seconds = self._timed(function, parameters, [table, *tables])
        rows = cast("list[Mapping[str, Any]]", outputs.pop(table))
        refused: list[tuple[int, str, str]] = []
        found = [series_of([row[cut.name] for row in rows], cut, refused) for cut in columns]
        frame = pl.DataFrame(found)
        return PyrfcPackage(frame, sorted(refused), len(refused), seconds, outputs)

    def _timed(
        self, function: str, parameters: Mapping[str, object], wanted: Sequence[str]
    ) -> tuple[dict[str, object], float]:
        began = time.perf_counter()
        outputs = self.call(function, parameters, wanted=wanted)
        return outputs, time.perf_counter() - began

    def _unwanted(self, function: str, wanted: Collection[str]) -> list[str]:
        found = self.describe(function).parameters
        return [p.name for p in found if p.direction != _INPUT_ONLY and p.name not in wanted]

    def _line(self, function: str, table: str) -> tuple[Field, ...]:
        for parameter in self.describe(function).parameters:
            if parameter.name == table:
                return parameter.fields
        raise RfcError(INVALID_PARAMETER, 5, "RFC_INVALID_PARAMETER", f"field {table} is missing")

    def _remove(self, remove: Callable[[str, str], object], system: str, name: str) -> None:
        try:
            remove(system, name)
        except self._error as error:
            if (translated := error_of(error)).code != NOT_FOUND:
                raise translated from error

    def _checked(self, ask: Callable[[], Any]) -> Any:
        if self._dead:
            raise INVALID_HANDLE
        try:
            return ask()
        except self._error as error:
            translated = error_of(error)
            self._dead = translated.group not in ALIVE_AFTER
            if self._dead:
                self._log_off()
            raise translated from error

    def _log_off(self) -> None:
        """End the session that pyrfc has opened in place of one that died."""
        with suppress(self._error):
            self._connection.close()
