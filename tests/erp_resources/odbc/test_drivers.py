"""Which drivers are found, and what is said of those that are not."""

from pathlib import Path

import pyodbc
import pytest

from erp_resources.errors import SettingsError
from erp_resources.odbc import drivers
from erp_resources.odbc.drivers import Driver, find, install_hint, installed, product_of

pytestmark = pytest.mark.usefixtures("loaded")


@pytest.fixture
def loaded() -> None:
    """The libraries are there, or the test skips."""
    try:
        drivers.load_libraries()
    except SettingsError as error:
        pytest.skip(str(error))


def test_the_drivers_of_odbcinst_ini_are_found_by_name() -> None:
    names = {each.name for each in installed() if each.origin == "odbcinst.ini"}
    assert names == set(pyodbc.drivers())


def test_microsofts_driver_is_found_in_its_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mssql_python_odbc").mkdir()
    (tmp_path / "mssql_python_odbc" / "__init__.py").touch()
    for folder in drivers._wheel_folders():
        library = tmp_path / "mssql_python_odbc/libs" / folder / "libmsodbcsql-18.6.so.2.1"
        library.parent.mkdir(parents=True)
        library.touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    (found,) = drivers._in_wheel()
    assert found == Driver("ODBC Driver 18 for SQL Server", str(library), "wheel")
    assert found.attribute == str(library)


@pytest.mark.parametrize(
    ("release", "folder"),
    [
        ({"ID": "debian"}, "debian_ubuntu"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "debian_ubuntu"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "rhel"),
        ({"ID": "opensuse-leap", "ID_LIKE": "suse opensuse"}, "suse"),
        ({"ID": "alpine"}, "alpine"),
    ],
)
def test_the_wheels_folder_follows_from_the_distribution(
    release: dict[str, str], folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: release)
    assert drivers._wheel_folders() == [f"linux/{folder}/arm64/lib"]


def test_the_newest_of_microsofts_drivers_is_preferred_to_freetds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = ["FreeTDS", "ODBC Driver 17 for SQL Server", "ODBC Driver 18 for SQL Server"]
    found = [Driver(name, "", "odbcinst.ini") for name in names]
    monkeypatch.setattr(drivers, "installed", lambda: found)
    assert find("SQL Server").name == "ODBC Driver 18 for SQL Server"
    assert find("freetds").name == "FreeTDS"


def test_a_driver_may_be_given_as_a_path(tmp_path: Path) -> None:
    library = tmp_path / "libtdsodbc.so"
    library.touch()
    assert find(str(library)).attribute == str(library)


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ("/no/libtdsodbc.so", "apt-get install tdsodbc"),
        ("psqlodbcx.so", "apt-get install odbc-postgresql"),
        ("No Such Driver", "odbcinst.ini"),
    ],
)
def test_a_missing_driver_is_named_with_what_installs_it(wanted: str, hint: str) -> None:
    with pytest.raises(SettingsError) as raised:
        find(wanted)
    assert wanted in str(raised.value)
    assert hint in str(raised.value)


@pytest.mark.parametrize(
    ("driver", "product"),
    [
        ("PostgreSQL ANSI", "PostgreSQL"),
        ("/usr/lib/libsqlite3odbc.so", "SQLite"),
        ("/x/libmsodbcsql-18.6.so.2.1", "SQL Server"),
        ("Something Else", None),
    ],
)
def test_a_drivers_name_tells_its_product(driver: str, product: str | None) -> None:
    assert product_of(driver) == product
    assert product is None or drivers.INSTALL_HINTS[product] in install_hint(driver)
