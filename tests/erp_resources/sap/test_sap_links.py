"""The way from a table to the currency of its amounts: one step by keys, or two, or none."""

import pytest

from erp_resources.connector import Column, ForeignKey, TableSchema
from erp_resources.sap.links import Link, link


def table(name: str, *key: str, columns: str = "", checks: str = "") -> TableSchema:
    """A table of a client; ``checks`` holds ``COLUMN:CHECK_TABLE``."""
    named = (Column(each, "CHAR(4)") for each in (*key, *columns.split()))
    pairs = (pair.partition(":") for pair in checks.split())
    keys = tuple(ForeignKey(("MANDT", column), "SAP", other) for column, _, other in pairs)
    client = Column("MANDT", "CLNT(3)")
    return TableSchema("SAP", name, (client, *named), ("MANDT", *key), foreign_keys=keys)


HEADERS = table("BKPF", "BUKRS", "BELNR", "GJAHR", columns="WAERS")
COMPANIES = table("T001", "BUKRS", columns="WAERS")
AREAS = table("T001K", "BWKEY", columns="BUKRS", checks="BUKRS:T001")


def way(source: TableSchema, reference: str, *others: TableSchema) -> list[str] | None:
    """The columns and tables that lead to the currency, and its field."""
    found = link(source, reference, {each.table: each for each in others}.get)
    steps: list[str] = []
    while isinstance(found, Link):
        steps += ["+".join(found.columns), found.table.table, "+".join(found.key)]
        if isinstance(found.target, str):
            return [*steps, found.target]
        found = found.target
    return None


def test_a_currency_of_another_table_is_found_by_its_whole_key() -> None:
    items = table("BSEG", "BUKRS", "BELNR", "GJAHR", "BUZEI")
    steps = ["BUKRS+BELNR+GJAHR", "BKPF", "BUKRS+BELNR+GJAHR", "WAERS"]
    assert way(items, "BKPF-WAERS", HEADERS) == steps
    assert way(table("X", "BUKRS", "BELNR"), "BKPF-WAERS", HEADERS) is None
    assert way(items, "BKPF-WAERS") is None


def test_a_currency_of_another_table_is_found_by_the_one_column_that_it_checks() -> None:
    steps = ["RBUKRS", "T001", "BUKRS", "WAERS"]
    totals = table("X", "RBUKRS", checks="RBUKRS:T001")
    assert way(totals, "T001-WAERS", COMPANIES) == steps
    two = table("X", "RBUKRS", "SBUKRS", checks="RBUKRS:T001 SBUKRS:T001")
    assert way(two, "T001-WAERS", COMPANIES) is None


def test_a_currency_two_tables_away_is_found_by_foreign_keys() -> None:
    stock = table("MBEW", "MATNR", "BWKEY", checks="MATNR:MARA BWKEY:T001K BWKEY:T001W")
    steps = ["BWKEY", "T001K", "BWKEY", "BUKRS", "T001", "BUKRS", "WAERS"]
    assert way(stock, "T001-WAERS", COMPANIES, AREAS, table("MARA", "MATNR")) == steps
    namesake = table("X", "BWKEY")
    assert way(namesake, "T001-WAERS", COMPANIES, AREAS) is None, "no key leads to T001K"


def test_a_way_of_two_steps_goes_by_whole_keys() -> None:
    flow = table("FLOW", "BUKRS", "BELNR", "GJAHR", columns="WAERK", checks="BUKRS:T001")
    steps = ["OWNER+BELNR", "PLAN", "OWNER+BELNR", "BUKRS+BELNR+GJAHR", "FLOW"]
    plan = table("PLAN", "OWNER", "BELNR", columns="BUKRS GJAHR", checks="GJAHR:FLOW")
    source = table("X", "OWNER", "BELNR", checks="BELNR:PLAN")
    assert way(source, "FLOW-WAERK", flow, plan) == [*steps, "BUKRS+BELNR+GJAHR", "WAERK"]
    assert way(table("X", "BELNR", checks="BELNR:PLAN"), "FLOW-WAERK", flow, plan) is None


def test_one_step_is_preferred_to_two() -> None:
    named = table("X", "BWKEY", "BUKRS", checks="BWKEY:T001K")
    assert way(named, "T001-WAERS", COMPANIES, AREAS) == ["BUKRS", "T001", "BUKRS", "WAERS"]
    checked = table("X", "BWKEY", "CODE", checks="BWKEY:T001K CODE:T001")
    assert way(checked, "T001-WAERS", COMPANIES, AREAS) == ["CODE", "T001", "BUKRS", "WAERS"]


@pytest.mark.parametrize(
    ("source", "areas"),
    [
        (table("X", "BWKEY", "UMBWK", checks="BWKEY:T001K UMBWK:T001K"), AREAS),
        (table("X", "BWKEY", "WERKS", checks="BWKEY:T001K WERKS:PLANT"), AREAS),
        (table("X", "BWKEY", "C", "D", checks="BWKEY:T001K C:T001 D:T001"), AREAS),
        (
            table("X", "BWKEY", checks="BWKEY:T001K"),
            table("T001K", "BWKEY", columns="BUKRS TO", checks="BUKRS:T001 TO:T001"),
        ),
    ],
    ids=["two columns", "two tables between", "two columns in one step", "two columns between"],
)
def test_of_several_ways_none_is_taken(source: TableSchema, areas: TableSchema) -> None:
    plants = table("PLANT", "WERKS", columns="BUKRS", checks="BUKRS:T001")
    assert way(source, "T001-WAERS", COMPANIES, areas, plants) is None


def test_no_way_goes_by_the_client_alone() -> None:
    clients = TableSchema("SAP", "T000", (Column("MANDT", "CLNT(3)"),), ("MANDT",))
    source = table("X", "ID", checks="MANDT:T000")
    assert way(source, "T000-MWAER", clients) is None
