"""What docs/odbc.md says one has to write to declare a system, written and loaded."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster.components.testing.utils import create_defs_folder_sandbox
from dotenv import dotenv_values

from erp_assets.components import ErpTable, catalog
from erp_assets.components.raw_asset import SOURCE_TABLE
from erp_assets.defs import resources
from erp_resources.lake import DeltaIOManager
from tests.erp_resources import postgresql
from tests.erp_resources.subjects import require_driver

DOCUMENT = (Path(__file__).parents[2] / "docs" / "odbc.md").read_text()
ASSET = ["raw", "wms", "shipments"]


def written(language: str) -> str:
    """The first block of the document in that language."""
    found = re.search(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)
    assert found is not None
    return found[1]


def environment(database: postgresql.Database) -> dict[str, str]:
    """The lines of ``.env``, with the address and the account of ``database``."""
    lines = dotenv_values(stream=io.StringIO(written("sh")))
    values = {name: value or "" for name, value in lines.items()}
    address = values["ERP_WMS_CONNECTION_STRING"]
    for said, real in {
        "wms-db.example.com": "127.0.0.1",
        "5432": str(database.port),
        "Database=wms": f"Database={database.name}",
        "verify-full": "disable",
    }.items():
        assert said in address
        address = address.replace(said, real)
    return values | {
        "ERP_WMS_CONNECTION_STRING": address,
        "ERP_WMS_USER": postgresql.READER,
        "ERP_WMS_PASSWORD": postgresql.READER_PASSWORD,
    }


@pytest.fixture
def _declared(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A table of shipments, and the system ``wms`` as the document says."""
    require_driver("PostgreSQL")
    with postgresql.database() as database:
        database.write(
            "CREATE TABLE shipments (shipment_id bigint PRIMARY KEY, freight_amount numeric(15,2))"
        )
        database.write("INSERT INTO shipments SELECT i, i / 100.0 FROM generate_series(1, 100) i")
        database.write(f"GRANT SELECT ON shipments TO {postgresql.READER}")
        for name, value in environment(database).items():
            monkeypatch.setenv(name, value)
        system = eval("{" + written("python") + "}", vars(resources))  # noqa: S307 - our own text
        monkeypatch.setattr(resources, "SYSTEMS", resources.SYSTEMS | system)
        resources.read_settings_again()
        yield


@pytest.mark.usefixtures("_declared")
def test_a_system_declared_as_documented_loads_its_table(tmp_path: Path) -> None:
    with resources.connector("wms") as connector:
        described = connector.describe("public", "shipments")
    with create_defs_folder_sandbox() as sandbox:
        catalog.write(Path(sandbox.defs_folder_path) / catalog.CATALOG, [described])
        contents = yaml.safe_load(written("yaml"))
        path = sandbox.scaffold_component(component_cls=ErpTable, defs_yaml_contents=contents)
        with sandbox.load_component_and_build_defs(defs_path=path) as (_, definitions):
            asset = definitions.get_assets_def(ASSET)
            lake = DeltaIOManager(base_dir=str(tmp_path))
            bound = {"wms": resources.resource("wms"), "io_manager": lake}
            result = dg.materialize([asset], resources=bound)
    assert asset.metadata_by_key[asset.key][SOURCE_TABLE] == "public.shipments"
    (check,) = result.get_asset_check_evaluations()
    assert check.passed
    assert str(check.metadata["sum_freight_amount"].value) == "50.50"
