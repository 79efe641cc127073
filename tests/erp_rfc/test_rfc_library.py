"""The SDK is opened at run time, and what is no SDK is refused in the loader's words."""

from __future__ import annotations

from pathlib import Path

import pytest

import erp_rfc
from erp_resources.sandbox.sap.server import SapServer
from erp_rfc import RfcError
from tests.erp_resources.sandbox.sap.conftest import PASSWORD
from tests.erp_rfc.conftest import needs_cpp

pytestmark = needs_cpp


def test_the_library_says_where_it_is_and_which_it_is(
    library: erp_rfc.Library, sdk_path: Path
) -> None:
    assert library.path == str(sdk_path)
    assert library.version[0] == 7500


def test_a_missing_library_is_an_error_that_names_it(tmp_path: Path) -> None:
    missing = str(tmp_path / "libsapnwrfc.so")
    with pytest.raises(OSError, match=missing):
        erp_rfc.Library(missing)


def test_a_library_that_is_no_sdk_is_refused_by_the_entry_point_it_lacks() -> None:
    with pytest.raises(OSError, match="RfcGetVersion"):
        erp_rfc.Library("libc.so.6")


def test_a_destination_of_the_ini_file_is_found(
    library: erp_rfc.Library, server: SapServer, tmp_path: Path
) -> None:
    lines = ["DEST=HQ", "ASHOST=127.0.0.1", f"SYSNR={server.system_number}", "CLIENT=100"]
    (tmp_path / "sapnwrfc.ini").write_text("\n".join(lines) + "\n")
    library.set_ini_path(str(tmp_path))
    connection = library.connect({"DEST": "HQ", "USER": "READER", "PASSWD": PASSWORD})
    assert connection.attributes()["user"] == "READER"
    connection.close()


def test_a_destination_that_the_ini_file_lacks_is_the_sdks_error(
    library: erp_rfc.Library, tmp_path: Path
) -> None:
    (tmp_path / "sapnwrfc.ini").write_text("DEST=HQ\nASHOST=127.0.0.1\n")
    library.set_ini_path(str(tmp_path))
    with pytest.raises(RfcError) as caught:
        library.connect({"DEST": "ELSEWHERE"})
    assert caught.value.key
