"""A partitioned table, backfilled from the command line as the README tells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from erp_resources.oracle import OracleResource
from erp_resources.sandbox.landscape import ORACLE
from tests.integration.project import PROJECT, Finished, new_home, run, sandbox

MONTHS = [f"2024-{month:02}-01" for month in range(1, 7)]
ASSET = "raw/oracle/gl_je_lines"
BY_MONTH = (
    "SELECT TO_CHAR(EFFECTIVE_DATE, 'YYYY-MM') || '-01', COUNT(*), SUM(ACCOUNTED_DR), "
    "SUM(ACCOUNTED_CR) FROM GL.GL_JE_LINES "
    "GROUP BY TO_CHAR(EFFECTIVE_DATE, 'YYYY-MM') || '-01'"
)
Figures = dict[str, tuple[int, Decimal, Decimal]]
"""Rows, debits and credits of each month."""


@dataclass(frozen=True)
class Line:
    """A sandbox, and a Dagster instance that is meant to read it."""

    home: Path
    port: int

    @property
    def table(self) -> Path:
        """The Delta table of the asset."""
        return self.home / "storage" / ASSET

    def shell(self, command: str) -> Finished:
        """Run a line of shell as a user would."""
        return run(["bash", "-c", command], self.home, ERP_SANDBOX_ORACLE_PORT=str(self.port))

    def source(self) -> Figures:
        """What the source says of each month."""
        resource = OracleResource(
            mode="sandbox",
            host=ORACLE.host,
            port=self.port,
            service=ORACLE.service,
            user=ORACLE.user,
            password=ORACLE.password,
        )
        with resource.connector() as connector:
            return {
                month: (int(n), Decimal(dr), Decimal(cr))
                for month, n, dr, cr in connector.execute(BY_MONTH)
            }

    def landed(self) -> Figures:
        """What the lake says of each month; the month is found from the rows themselves."""
        month = pl.col("EFFECTIVE_DATE").dt.strftime("%Y-%m-01")
        sums = pl.col("ACCOUNTED_DR").sum(), pl.col("ACCOUNTED_CR").sum()
        frame = pl.scan_delta(str(self.table)).group_by(month).agg(pl.len(), *sums).collect()
        return {name: (rows, debit, credit) for name, rows, debit, credit in frame.rows()}

    def files(self) -> dict[str, set[str]]:
        """The data files of each partition."""
        actions = pl.DataFrame(DeltaTable(self.table).get_add_actions(flatten=True))
        files: dict[str, set[str]] = {}
        for path, partition in actions.select("path", "partition._partition").iter_rows():
            files.setdefault(partition, set()).add(path)
        return files


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A sandbox on a free port and an empty instance."""
    folder = tmp_path_factory.mktemp("backfill")
    with sandbox(folder / "sandbox") as ports:
        yield Line(new_home(folder / "home"), ports["oracle"])


def readme_command() -> str:
    """The README's own line for a backfill."""
    (found,) = re.findall(rf"^dg launch --assets {ASSET} .*$", README, re.MULTILINE)
    return str(found)


README = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_the_readmes_backfill_loads_its_months_and_one_partition_replaces_only_its_own(
    line: Line,
) -> None:
    finished = line.shell(readme_command())
    assert finished.returncode == 0, finished.stdout + finished.stderr
    source = line.source()
    assert line.landed() == {month: source[month] for month in MONTHS}
    assert DeltaTable(line.table).version() == 0
    before = line.files()
    assert set(before) == set(MONTHS)

    finished = line.shell(f"dg launch --assets {ASSET} --partition 2024-03-01")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert line.landed() == {month: source[month] for month in MONTHS}
    after = line.files()
    assert before.pop("2024-03-01").isdisjoint(after.pop("2024-03-01"))
    assert before == after
    assert DeltaTable(line.table).version() == 1


def test_a_partition_that_there_is_not_is_a_failed_command(line: Line) -> None:
    finished = line.shell(f"dg launch --assets {ASSET} --partition 1999-01-01")
    assert finished.returncode != 0
    assert "1999-01-01" in finished.stdout + finished.stderr
