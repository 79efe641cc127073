"""The tables of docs/sap.md are what the code does."""

import re
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from erp_resources.connector import Column
from erp_resources.errors import UnsupportedType
from erp_resources.sandbox.database import Database
from erp_resources.sap.interfaces import STANDARD
from erp_resources.sap.resource import SapResource
from erp_resources.sap.typed import INTERFACE
from erp_resources.sap.types import KNOWN, DdicType, Policies, fetched
from tests.erp_resources.sap.systems import running

TEXT = (Path(__file__).parents[3] / "docs" / "sap.md").read_text()
OF_ALL_SYSTEMS = {"system", "mode", "pool"}
"""Settings that say nothing of SAP."""
_ROW = re.compile(r"\| `(?P<spelling>[A-Z0-9(),]+)` \| (?P<landed>[a-z0-9_]+[^|]*) \|")


def documented() -> list[tuple[str, str]]:
    """Spelling and landed type of each row of the table of types."""
    _, _, behind = TEXT.partition("| SAP | in the lake (Arrow) | remark |\n")
    table, _, _ = behind.partition("\n\n")
    return [(row["spelling"], row["landed"].strip()) for row in _ROW.finditer(table)]


@pytest.mark.parametrize(("spelling", "landed"), documented())
def test_the_documented_mapping_is_the_one_in_the_code(spelling: str, landed: str) -> None:
    is_amount = spelling.startswith("CURR")
    column = Column("C", spelling, scale=3 if is_amount else None, reference="VBAK-WAERK")
    assert str(fetched(column, Policies()).landed) == landed


def test_every_type_that_is_read_is_documented() -> None:
    assert {DdicType.of(Column("C", spelling)).name for spelling, _ in documented()} == KNOWN


@pytest.mark.parametrize("spelling", ["D16D", "DF34_DEC(15)", "GEOM_EWKB", "PREC", ""])
def test_every_other_type_is_refused_by_name(spelling: str) -> None:
    with pytest.raises(UnsupportedType, match=r"column 'C' has type .*`columns`"):
        fetched(Column("C", spelling), Policies())


def test_the_functions_are_documented_in_their_order() -> None:
    places = [TEXT.index(f"`{name}`") for name in STANDARD]
    assert places == sorted(places)


def test_the_abap_source_has_the_interface_that_is_asked_for() -> None:
    source = TEXT.partition("```abap")[2].partition("```")[0]
    assert all(re.search(rf'\*".*\b{name}\b', source) for name in INTERFACE)


@pytest.mark.parametrize("name", sorted(SapResource.model_fields.keys() - OF_ALL_SYSTEMS))
def test_every_setting_is_documented(name: str) -> None:
    assert re.search(rf"`{name}(?:: \w+)?`", TEXT)


def test_the_documented_job_calls_its_function(company: Database) -> None:
    source = TEXT.partition("```python\n")[2].partition("```")[0]
    written: dict[str, Any] = {}
    exec(compile(source, "docs/sap.md", "exec"), written)  # noqa: S102 - our own documentation
    with running(company) as system:
        given = {"sap": system.resource(functions=["BAPI_USER_GET_DETAIL"])}
        job = dg.Definitions(jobs=[written["user_detail"]], resources=given)
        finished = job.resolve_job_def("user_detail").execute_in_process()
    (output,) = (
        event.step_output_data
        for event in finished.events_for_node("look_up_user")
        if event.is_successful_output
    )
    assert output.metadata["e_mail"].value == "muellera@example.com"
