"""What the connector asks of the SDK, and the two ways to it: ``erp_rfc`` and ``pyrfc``.

A missing library is an error with its remedy; neither driver stands in for the other.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import erp_rfc
from erp_resources.errors import SettingsError
from erp_rfc import Cut, Function

DriverName = Literal["native", "pyrfc"]
LIBRARY = "libsapnwrfc.so"
REMEDY = (
    "download the NW RFC SDK 7.50 from SAP (S-user; it may not be passed on), unpack it and name "
    "its lib/libsapnwrfc.so in the setting `library`, or put that folder into LD_LIBRARY_PATH"
)
SANDBOX_REMEDY = "the sandbox needs g++ and what `make standin` builds with it"


class Package(Protocol):
    """The rows of one call, for Arrow to import."""

    @property
    def rows(self) -> int:
        """How many."""
        ...

    @property
    def refused(self) -> list[tuple[int, str, str]]:
        """Cells that are no value of their kind and null here: row, column, text."""
        ...

    @property
    def refused_count(self) -> int:
        """How many cells were refused, also those beyond the ones kept."""
        ...

    @property
    def invoke_seconds(self) -> float:
        """Seconds in the network and in SAP."""
        ...

    @property
    def exports(self) -> dict[str, object]:
        """The other outputs, by parameter."""
        ...

    def __arrow_c_stream__(self, requested_schema: object = None) -> object: ...


class Connection(Protocol):
    """One connection, as ``erp_rfc.Connection`` describes it; errors are ``erp_rfc.RfcError``."""

    def ping(self) -> None: ...  # noqa: D102 - as erp_rfc.Connection says
    def close(self) -> None: ...  # noqa: D102
    def cancel(self) -> None: ...  # noqa: D102
    def is_valid(self) -> bool: ...  # noqa: D102
    def attributes(self) -> dict[str, str]: ...  # noqa: D102
    def describe(self, function: str) -> Function: ...  # noqa: D102
    def forget(self, function: str) -> None: ...  # noqa: D102

    def call(  # noqa: D102
        self,
        function: str,
        parameters: Mapping[str, object],
        *,
        wanted: Sequence[str] | None = None,
    ) -> dict[str, object]: ...

    def read_lines(  # noqa: D102
        self,
        function: str,
        parameters: Mapping[str, object],
        table: str,
        columns: Sequence[Cut],
        *,
        delimiter: str = "",
        tables: Sequence[str] = (),
    ) -> Package: ...

    def read_table(  # noqa: D102
        self,
        function: str,
        parameters: Mapping[str, object],
        table: str,
        columns: Sequence[Cut] | None = None,
        *,
        tables: Sequence[str] = (),
    ) -> Package: ...


class Driver(Protocol):
    """Opens connections."""

    @property
    def version(self) -> tuple[int, int, int]:
        """Of the SDK: release, support package, patch level."""
        ...

    def set_ini_path(self, folder: str) -> None:
        """Name the folder of ``sapnwrfc.ini``."""
        ...

    def connect(self, parameters: Mapping[str, str]) -> Connection:
        """Log on."""
        ...


@functools.cache
def load(name: DriverName, library: str, system: str, remedy: str = REMEDY) -> Driver:
    """The driver of that name on the SDK at ``library``, once in a process.

    ``remedy`` is what to do where there is no such library.

    Raises:
        SettingsError: the driver or the SDK is missing; the message has the remedy.
    """
    if name == "pyrfc":
        return _pyrfc(system, library, remedy)
    if (problem := erp_rfc.import_problem()) is not None:
        raise SettingsError(
            f"{system}: the native RFC reader is not built: {problem}; install a C++ compiler "
            "(g++) and erp-assets again, or choose the driver 'pyrfc'"
        )
    try:
        return erp_rfc.Library(library)
    except OSError as error:
        raise SettingsError(f"{system}: {error}; {remedy}") from error


def described(name: DriverName, driver: Driver) -> str:
    """A driver and its SDK in words."""
    release, _, patch_level = driver.version
    return f"driver {name}, NW RFC SDK {release / 1000:.2f} patch level {patch_level}"


def _pyrfc(system: str, library: str, remedy: str) -> Driver:
    from erp_resources.sap import pyrfc_driver

    try:
        return pyrfc_driver.PyrfcDriver(library)
    except (ImportError, OSError) as error:
        raise SettingsError(
            f"{system}: pyrfc is not usable: {error}; with SAPNWRFC_HOME set, install "
            f"erp-assets with the extra 'sap', and Cython below 3.1; {remedy}"
        ) from error
