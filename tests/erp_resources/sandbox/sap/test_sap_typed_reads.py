"""``Z_ERP_READ_<TABLE>``: typed rows by key, page by page."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.erp_resources.sandbox.sap.client import Client, RfcFailureError
from tests.erp_resources.sandbox.sap.test_sap_read_table import options

Connect = Callable[..., Client]


def rows(client: Client, table: str, **given: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.call(f"Z_ERP_READ_{table}", **given)["ROWS"]
    return found


def test_pages_go_on_behind_the_last_key(client: Client) -> None:
    seen: list[str] = []
    after: dict[str, Any] = {}
    while page := rows(client, "T001", MAX_ROWS=3, AFTER=after):
        seen += [row["BUKRS"] for row in page]
        after = page[-1]
    assert seen == ["0001", "1000", "2000", "3000"]


def test_conditions_hold_on_every_page(client: Client) -> None:
    wanted = options("WAERS = 'EUR'", "OR BUKRS = '3000'")
    first, second = rows(client, "T001", MAX_ROWS=2, OPTIONS=wanted)
    assert (first["BUKRS"], second["BUKRS"]) == ("0001", "1000")
    (third,) = rows(client, "T001", MAX_ROWS=2, OPTIONS=wanted, AFTER=second)
    assert third["BUKRS"] == "3000"


def test_a_table_in_a_cluster_is_not_read(client: Client) -> None:
    with pytest.raises(RfcFailureError, match="TABLE_WITHOUT_DATA"):
        rows(client, "ZFLOAT")


def test_rights_and_clients_hold_here_too(connect: Connect) -> None:
    assert [row["BUTXT"] for row in rows(connect(client="200"), "T001")] == ["Another client's"]
    with pytest.raises(RfcFailureError, match="NOT_AUTHORIZED"):
        rows(connect(user="NARROW"), "ZTYPES")


def test_the_interface_has_the_table_as_its_type(client: Client) -> None:
    parameters = {one.name: one for one in client.describe("Z_ERP_READ_T001").parameters}
    assert parameters["ROWS"].structure == client.describe_type("T001")
    assert parameters["AFTER"].structure == parameters["ROWS"].structure
