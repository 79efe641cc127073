"""One YAML document becomes one asset with one check."""

import re
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster.components.core.component_tree import ComponentTreeException
from dagster.components.testing.utils import create_defs_folder_sandbox

from erp_assets.assembly import assembled
from erp_assets.components import ErpTable
from erp_assets.components.catalog import write
from erp_assets.components.naming import asset_name
from erp_resources.connector import Column, TableSchema
from erp_resources.errors import SettingsError, TableNotFound

COLUMNS = (Column("ID", "NUMBER(10)", nullable=False, comment="The key."), Column("D", "DATE"))
TABLES = [TableSchema("APP", name, COLUMNS, ("ID",)) for name in ("ORDERS", "/BIC/AZ1", "BIC AZ1")]


def document(**attributes: Any) -> dict[str, Any]:
    """A declaration of ``APP.ORDERS``, changed by ``attributes``; ``None`` takes one away."""
    plain = {
        "system": "oracle",
        "schema": "APP",
        "table": "ORDERS",
        "description": "Orders; one row per order.",
        "primary_key": ["ID"],
    } | attributes
    kept = {name: value for name, value in plain.items() if value is not None}
    return {"type": "erp_assets.components.ErpTable", "attributes": kept}


def built(contents: dict[str, Any]) -> dg.Definitions:
    with create_defs_folder_sandbox() as sandbox:
        write(Path(sandbox.defs_folder_path) / "catalog.json", TABLES)
        path = sandbox.scaffold_component(component_cls=ErpTable, defs_yaml_contents=contents)
        with sandbox.load_component_and_build_defs(defs_path=path) as (_, definitions):
            return definitions


def test_a_document_becomes_an_asset_named_after_system_and_table() -> None:
    asset = built(document()).get_assets_def(["raw", "oracle", "orders"])
    assert asset.get_asset_spec().description == "Orders; one row per order."
    assert [key.name for key in asset.check_keys] == ["reconciled"]


def test_columns_carry_their_source_types_and_comments() -> None:
    spec = built(document()).get_assets_def(["raw", "oracle", "orders"]).get_asset_spec()
    shown = [
        (c.name, c.type, c.description) for c in spec.metadata["dagster/column_schema"].columns
    ]
    assert shown == [("ID", "NUMBER(10)", "The key."), ("D", "DATE", None)]


def test_a_partitioned_table_has_one_partition_a_month() -> None:
    load = {"partition": {"column": "D", "start": "2024-01", "end": "2024-04"}}
    asset = built(document(load=load)).get_assets_def(["raw", "oracle", "orders"])
    assert asset.partitions_def is not None
    assert asset.partitions_def.get_partition_keys() == ["2024-01-01", "2024-02-01", "2024-03-01"]


def said(error: BaseException | None) -> str:
    """The messages of an error and of all its causes, as a traceback shows them."""
    return "" if error is None else f"{error}\n{said(error.__cause__ or error.__context__)}"


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"primary_key": None}, r"primary_key at .*defs\.yaml:\d"),
        ({"tabel": "X"}, r"tabel at .*:7"),
    ],
    ids=str,
)
def test_wrong_yaml_names_the_line_and_the_field(wrong: dict[str, Any], place: str) -> None:
    with pytest.raises(ComponentTreeException) as raised:
        built(document(**wrong))
    assert re.search(place, said(raised.value))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"write": "upsert"}, "'overwrite' or 'append'"),
        ({"load": "watermark"}, "'full'"),
        ({"filter": [{"field": "ID", "operator": "LIKE", "value": "x"}]}, "'is not null'"),
    ],
    ids=str,
)
def test_a_wrong_value_names_what_is_allowed(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(ComponentTreeException) as raised:
        built(document(**wrong))
    assert named in said(raised.value)
    assert "defs.yaml (ErpTable) (error)" in said(raised.value)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"table": "NOPE"}, "erp catalog refresh oracle"),
        ({"columns": ["ID", "NOPE"]}, "NOPE"),
        ({"primary_key": ["NOPE"]}, "NOPE"),
        ({"totals": ["NOPE"]}, "NOPE"),
        ({"scales": {"NOPE": 2}}, "NOPE"),
        ({"filter": [{"field": "NOPE", "operator": "=", "value": 1}]}, "NOPE"),
        ({"load": {"partition": {"column": "NOPE", "start": "2024-01"}}}, "NOPE"),
    ],
    ids=str,
)
def test_a_name_that_the_catalogue_does_not_know_is_a_load_error(
    wrong: dict[str, Any], named: str
) -> None:
    with pytest.raises(ComponentTreeException) as raised:
        built(document(**wrong))
    assert named in said(raised.value)


@pytest.mark.parametrize(
    ("table", "asset"),
    [("GL_JE_LINES", "gl_je_lines"), ("/BIC/AZ1", "bic_az1"), ("X$Y#1", "x_y_1"), ("Ä B", "b")],
)
def test_other_characters_of_a_name_become_underscores(table: str, asset: str) -> None:
    assert asset_name(table) == asset


def test_two_tables_with_one_asset_name_are_an_error_that_names_both() -> None:
    first, second = built(document(table="/BIC/AZ1")), built(document(table="BIC AZ1"))
    with pytest.raises(SettingsError, match=r"APP\./BIC/AZ1 and APP\.BIC AZ1"):
        assembled(dg.Definitions.merge(first, second))


def test_a_table_that_nobody_catalogued_is_permanent_and_named() -> None:
    with pytest.raises(ComponentTreeException) as raised:
        built(document(schema="HR"))
    assert isinstance(raised.value.__cause__, TableNotFound)
