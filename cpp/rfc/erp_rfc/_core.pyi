"""The C++ extension. All that waits or walks rows does so without the GIL.

Wrong arguments raise ValueError or TypeError before anything is sent; what the SDK or the system
refuses raises RfcError.
"""

from collections.abc import Mapping, Sequence

from erp_rfc.cut import Cut
from erp_rfc.description import Function

class Library:
    """SAP's NW RFC SDK at a path.

    Raises:
        OSError: In the loader's words, if it cannot be loaded or lacks an entry point.
    """

    def __init__(self, path: str) -> None: ...
    @property
    def path(self) -> str: ...
    @property
    def version(self) -> tuple[int, int, int]: ...
    def set_ini_path(self, folder: str) -> None:
        """Name the folder of ``sapnwrfc.ini``, for connections by DEST."""

    def connect(self, parameters: Mapping[str, str]) -> Connection:
        """Log on; the names are the SDK's: ASHOST, SYSNR, CLIENT, USER, PASSWD, ..."""

class Connection:
    """A session in an SAP system.

    One thread at a time may use it (RfcError 19, RFC_ILLEGAL_STATE, for a second one), but any
    thread may cancel. After ``close`` each use is RfcError 13, RFC_INVALID_HANDLE.
    """

    def ping(self) -> None: ...
    def close(self) -> None:
        """End the session. A session that is gone already counts as ended.

        While another thread's call runs, this is RfcError 19: cancel that call first.
        """

    def cancel(self) -> None:
        """Break off the call that another thread waits for; the session ends with it."""

    def is_valid(self) -> bool:
        """Whether the SDK still knows the session; says nothing of the network."""

    def attributes(self) -> dict[str, str]:
        """The SDK's RFC_ATTRIBUTES: sysId, client, user, partnerRel, kernelRel, ..."""

    def describe(self, function: str) -> Function: ...
    def forget(self, function: str) -> None:
        """Drop what the SDK remembers of a function and its types, if it does.

        It remembers interfaces by system ID, for all connections of the process and until it
        ends, and would read a function that has changed since, say by a transport, wrongly. Calls
        that are under way, on any connection, go on with the interface that they began with.
        """

    def call(
        self,
        function: str,
        parameters: Mapping[str, object],
        *,
        wanted: Sequence[str] | None = None,
    ) -> dict[str, object]:
        """Call any function and return its EXPORT, CHANGING and TABLES parameters.

        Values are str (also dates, ``YYYYMMDD``, and times, ``HHMMSS``), int, float, Decimal,
        bytes, a dict for a structure, a list of dicts for a table; in a line that is no structure,
        plain values. A value that does not fit its field is refused, never cut. CHAR comes back
        without trailing blanks, STRING as it is.

        Args:
            function: Its name.
            parameters: What is sent; None stands for the initial value.
            wanted: The outputs to return; the others are not even asked for.
        """

    def read_lines(
        self,
        function: str,
        parameters: Mapping[str, object],
        table: str,
        columns: Sequence[Cut],
        *,
        delimiter: str = "",
        tables: Sequence[str] = (),
    ) -> Package:
        """Call a function and cut the lines of one of its tables into columns.

        The line is the table's first field, of type CHAR or STRING. What lies behind the end of a
        short line is blank. The other table parameters are not asked for, unless they are sent.

        Args:
            function: Its name.
            parameters: What is sent.
            table: The parameter with the lines.
            columns: In the order wanted.
            delimiter: One UTF-16 unit: lines are split there instead, and ``columns`` are their
                parts in order. A line with another number of parts is refused as a whole.
            tables: Small tables to return in ``Package.exports``.
        """

    def read_table(
        self,
        function: str,
        parameters: Mapping[str, object],
        table: str,
        columns: Sequence[Cut] | None = None,
        *,
        tables: Sequence[str] = (),
    ) -> Package:
        """Call a function and return one of its typed tables.

        Args:
            function: Its name.
            parameters: What is sent.
            table: The parameter with the rows.
            columns: The fields wanted, by name. None: all of them, with the kinds that their types
                have. A field that is itself a structure or table is refused.
            tables: Small tables to return in ``Package.exports``.
        """

    def throughput(self) -> dict[str, int]:
        """Counters since the logon.

        ``calls``, ``sent_bytes`` and ``received_bytes``; ``total_us``, ``serialization_us``,
        ``deserialization_us`` and ``application_us`` in microseconds.
        """

class Package:
    """The rows of one call, as one Arrow record batch; it may be imported any number of times."""

    @property
    def rows(self) -> int: ...
    @property
    def refused(self) -> list[tuple[int, str, str]]:
        """Cells that are no value of their kind, null in the batch: row, column, text.

        At most 1,000 are kept. The column is '' where a whole line was refused.
        """

    @property
    def refused_count(self) -> int: ...
    @property
    def invoke_seconds(self) -> float:
        """Time inside RfcInvoke: the network and the system."""

    @property
    def exports(self) -> dict[str, object]:
        """The scalar and structure outputs, and the small tables asked for."""

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]: ...
    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...

def decode_lines(lines: Sequence[str], columns: Sequence[Cut], *, delimiter: str = "") -> Package:
    """Cut lines that are in memory already, as ``Connection.read_lines`` does."""
