"""A short run of each benchmark works, and its peers agree on the answer."""

import json

import pytest

from tests.benchmarks import harness
from tests.benchmarks.__main__ import NAMES, run

FIELDS = {
    "run", "name", "case", "who", "rows", "seconds", "cpu_seconds", "rows_per_s", "mb_per_s",
    "peak_rss_mb",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_short_run_measures_us_beside_a_peer(
    name: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("bench")
    monkeypatch.setattr(harness, "BENCH", folder)
    monkeypatch.setattr(harness, "RESULTS", folder / "results.jsonl")
    results = run(name, rows=20_000)
    lines = [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]
    assert len(lines) == len(results)
    assert all(line.keys() == FIELDS for line in lines)
    assert len({line["run"] for line in lines}) == 1
    assert {"us"} < {line["who"] for line in lines}
