"""Which ODBC drivers this machine has, where they are, and what installs the missing ones.

Also loads the two libraries that call them: both need the driver manager, ``libodbc.so.2``.
"""

import configparser
import ctypes
import functools
import importlib.util
import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from erp_resources.errors import SettingsError

Origin = Literal["odbcinst.ini", "wheel", "path"]

MANAGER_HINT = "install the driver manager: `apt-get install libodbc2 libltdl7`"
INSTALL_HINTS = {
    "SQL Server": (
        "install erp-assets with the extra 'sqlserver' (Microsoft's driver, under its own licence; "
        "needs `apt-get install libltdl7 libkrb5-3 libgssapi-krb5-2`) or FreeTDS: "
        "`apt-get install tdsodbc odbcinst`"
    ),
    "PostgreSQL": "`apt-get install odbc-postgresql odbcinst`",
    "SQLite": "`apt-get install libsqliteodbc odbcinst`",
    "MariaDB": "`apt-get install odbc-mariadb odbcinst`",
}
"""What installs a driver for a product."""

_DRIVERS_OF = {
    "SQL Server": (r"ODBC Driver \d+ for SQL Server", r"FreeTDS"),
    "PostgreSQL": (r"PostgreSQL Unicode", r"PostgreSQL.*"),
    "SQLite": (r"SQLite3", r"SQLite.*"),
    "MariaDB": (r"MariaDB.*",),
}
"""Names under which a product's drivers register, the preferred ones first."""
_INI_FOLDERS = ("/etc", "/usr/local/etc", "/opt/homebrew/etc")
_WHEEL = "mssql_python_odbc"
_WHEEL_FILE = re.compile(r"(?:lib)?msodbcsql-?\.?(\d+)[\w.-]*\.(?:so|dylib|dll)[\d.]*")
_DISTRIBUTIONS = {
    "debian_ubuntu": {"debian", "ubuntu"},
    "rhel": {"rhel", "fedora", "centos", "amzn"},
    "suse": {"suse", "opensuse", "sles"},
    "alpine": {"alpine"},
}
_MACHINES = {"amd64": "x86_64", "aarch64": "arm64"}


@dataclass(frozen=True)
class Driver:
    """An ODBC driver; ``path`` is "" where the file odbcinst.ini was not found."""

    name: str
    path: str
    origin: Origin

    @property
    def attribute(self) -> str:
        """What a connection string says after ``Driver=``."""
        return self.name if self.origin == "odbcinst.ini" else self.path


@functools.cache
def load_libraries() -> None:
    """Import pyodbc and arrow-odbc, with the driver manager's own pooling off for good.

    Raises:
        SettingsError: they or the driver manager are not installed.
    """
    try:
        import pyodbc
        from arrow_odbc.arrow_odbc import lib
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"odbc: {error.name} is missing; install erp-assets with the extra 'odbc'"
        ) from error
    except (ImportError, OSError) as error:
        raise SettingsError(f"odbc: {error}; {MANAGER_HINT}") from error
    # It keeps dead connections and resets nothing; it must be off before the first connect.
    pyodbc.pooling = False
    # Its arrays may be freed after it when the interpreter ends: it is never unloaded.
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(lib))


def installed() -> list[Driver]:
    """The drivers of odbcinst.ini, and Microsoft's from its wheel.

    Raises:
        SettingsError: the driver manager is missing.
    """
    load_libraries()
    import pyodbc

    paths = _registered_paths()
    registered = [Driver(name, paths.get(name, ""), "odbcinst.ini") for name in pyodbc.drivers()]
    return registered + _in_wheel()


def find(wanted: str) -> Driver:
    """The driver for a product (``SQL Server``), of a name (``FreeTDS``), or at a path.

    Raises:
        SettingsError: there is none; the message says what installs it.
    """
    if "/" in wanted or "\\" in wanted:
        if Path(wanted).is_file():
            return Driver(Path(wanted).name, wanted, "path")
        raise SettingsError(f"odbc: there is no driver at {wanted!r}; {install_hint(wanted)}")
    drivers = installed()
    for pattern in _DRIVERS_OF.get(wanted, (re.escape(wanted),)):
        found = [each for each in drivers if re.fullmatch(pattern, each.name, re.IGNORECASE)]
        if found:
            return max(found, key=_version)
    known = ", ".join(repr(each.name) for each in drivers) or "none"
    raise SettingsError(
        f"odbc: no driver {wanted!r} is installed (there is {known}); {install_hint(wanted)}"
    )


def install_hint(driver: str) -> str:
    """What installs a driver, from its product, name or path."""
    product = product_of(driver)
    if product is None:
        return f"install the driver and register it in odbcinst.ini; {MANAGER_HINT} if that fails"
    return f"to get it: {INSTALL_HINTS[product]}"


def product_of(driver: str) -> str | None:
    """The product that a driver connects to, as its name or path tells; ``None`` if it does not."""
    text = driver.lower()
    for product, marks in {
        "SQL Server": ("sql server", "msodbcsql", "freetds", "tdsodbc"),
        "PostgreSQL": ("postgresql", "psqlodbc"),
        "SQLite": ("sqlite",),
        "MariaDB": ("mariadb", "maodbc"),
    }.items():
        if any(mark in text for mark in marks):
            return product
    return None


def _version(driver: Driver) -> int:
    numbers = re.findall(r"\d+", driver.name)
    return int(numbers[0]) if numbers else 0


def _registered_paths() -> dict[str, str]:
    """Name and library of each driver in odbcinst.ini, as far as the file is found."""
    folders = [os.environ["ODBCSYSINI"]] if "ODBCSYSINI" in os.environ else _INI_FOLDERS
    file_name = os.environ.get("ODBCINSTINI", "odbcinst.ini")
    ini = configparser.ConfigParser(interpolation=None, strict=False)
    ini.read(Path(folder) / file_name for folder in folders)
    return {name: ini.get(name, "driver", fallback="") for name in ini.sections()}


def _in_wheel() -> list[Driver]:
    """Microsoft's driver for this platform from ``mssql-python-odbc``, if that is installed."""
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or spec.origin is None:
        return []
    libraries = Path(spec.origin).parent / "libs"
    for folder in _wheel_folders():
        for file in sorted((libraries / folder).glob("*msodbcsql*")):
            if match := _WHEEL_FILE.fullmatch(file.name):
                name = f"ODBC Driver {match[1]} for SQL Server"
                return [Driver(name, str(file), "wheel")]
    return []


def _wheel_folders() -> list[str]:
    """Where the wheel keeps this platform's library; the first that exists is right."""
    machine = platform.machine().lower()
    machine = _MACHINES.get(machine, machine)
    if platform.system() == "Windows":
        return [f"windows/{'x64' if machine == 'x86_64' else machine}"]
    if platform.system() == "Darwin":
        return [f"macos/{machine}/lib"]
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        release = {}
    kin = {release.get("ID", ""), *release.get("ID_LIKE", "").split()}
    kin |= {name.split("-")[0] for name in kin}
    ours = [folder for folder, names in _DISTRIBUTIONS.items() if kin & names]
    return [f"linux/{folder}/{machine}/lib" for folder in ours or ["debian_ubuntu"]]
