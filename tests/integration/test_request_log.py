"""Every request to a source leaves a line in the log of its Dagster run."""

from collections import Counter

import dagster as dg
import pytest

from tests.integration.project import HAS_SAP, DemoRun

FIELDS = ("run", "asset", "system", "table", "page", "attempt", "rows", "seconds")


@pytest.fixture
def lines(demo_run: DemoRun) -> dict[str, str]:
    """The request lines of the demonstration's run, by asset."""
    with dg.DagsterInstance.from_config(str(demo_run.home)) as instance:
        (run,) = instance.get_runs()
        messages = [entry.user_message for entry in instance.all_logs(run.run_id)]
    requests = [text for text in messages if "[info] request " in text]
    return {_value(text, "asset"): text for text in requests}


def _value(line: str, field: str) -> str:
    return next(w.partition("=")[2] for w in line.split() if w.startswith(f"{field}="))


def test_there_is_a_request_line_for_each_raw_table(lines: dict[str, str]) -> None:
    systems = Counter(asset.split("/")[1] for asset in lines)
    assert systems == {"oracle": 22, "sqlserver": 29} | ({"sap": 41} if HAS_SAP else {})


@pytest.mark.parametrize("field", FIELDS)
def test_a_request_line_tells(lines: dict[str, str], field: str) -> None:
    assert all(_value(line, field) for line in lines.values())


def test_the_line_of_a_partitioned_table_names_its_partitions(lines: dict[str, str]) -> None:
    line = lines["raw/oracle/gl_je_lines"]
    assert _value(line, "partition") == "2024-01-01...2026-02-01"
    assert int(_value(line, "rows")) > 60_000
