"""What staged rows must satisfy before they are published, counted in bounded memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from erp_resources.connector import REFUSED_COLUMN, ControlTotals
from erp_resources.lake.staging import PARTITION_COLUMN, Staged

if TYPE_CHECKING:
    import polars as pl

KEYS_AT_ONCE = 4_000_000
"""Hashes of keys held in memory together while duplicates are looked for."""


@dataclass(frozen=True)
class Audit:
    """What was found, beside what the source says.

    Attributes:
        rows: rows staged.
        expected: the source's own count and sums at the same read point; ``None`` if not asked.
        sums: sums of the staged columns that ``expected`` sums too.
        null_keys: rows with a null in the primary key.
        duplicate_keys: rows beyond the first of each primary key.
        unplaced_rows: rows that belong to no partition of this load.
        quarantined_rows: rows with refused cells; ``None`` where none would have been kept. They
            are no finding: what the source sent is there.
    """

    rows: int
    expected: ControlTotals | None = None
    sums: Mapping[str, Decimal] = field(default_factory=dict)
    null_keys: int = 0
    duplicate_keys: int = 0
    unplaced_rows: int = 0
    quarantined_rows: int | None = None

    @property
    def findings(self) -> list[str]:
        """What is wrong, one clause each; empty when all is well."""
        found = []
        if self.expected is not None:
            if self.rows != self.expected.rows:
                found.append(f"{self.rows} rows read, the source counts {self.expected.rows}")
            found += [
                f"{name} sums to {self.sums[name]}, the source says {total}"
                for name, total in self.expected.sums.items()
                if self.sums[name] != total
            ]
        if self.null_keys:
            found.append(f"{self.null_keys} rows have a null in the primary key")
        if self.duplicate_keys:
            found.append(f"{self.duplicate_keys} rows repeat a primary key")
        if self.unplaced_rows:
            found.append(f"{self.unplaced_rows} rows belong to no partition of this load")
        return found

    @property
    def warnings(self) -> list[str]:
        """What readers of the rows should know, and what stops nothing, one clause each."""
        if not self.quarantined_rows:
            return []
        cells = f"they are null, and {REFUSED_COLUMN!r} has them as the source sent them"
        return [f"{self.quarantined_rows} rows hold cells that are no value of their type: {cells}"]

    @property
    def passed(self) -> bool:
        """Whether the rows may be published."""
        return not self.findings


def audit(
    staged: Staged, primary_key: Sequence[str] = (), expected: ControlTotals | None = None
) -> Audit:
    """Compare staged rows with the source's totals, and look for null and repeated keys."""
    return Audit(
        rows=staged.rows,
        expected=expected,
        sums=_sums(staged, tuple(expected.sums) if expected else ()),
        null_keys=_null_keys(staged, primary_key),
        duplicate_keys=_duplicate_keys(staged, primary_key),
        unplaced_rows=_unplaced_rows(staged),
        quarantined_rows=_quarantined_rows(staged),
    )


def _sums(staged: Staged, columns: Sequence[str]) -> dict[str, Decimal]:
    import polars as pl

    if not columns:
        return {}
    totals = staged.scan().select(pl.col(*columns).sum()).collect(engine="streaming")
    (row,) = totals.to_dicts()
    return {name: Decimal(row[name] or 0) for name in columns}


def _null_keys(staged: Staged, key: Sequence[str]) -> int:
    import polars as pl

    if not key:
        return 0
    anywhere = pl.any_horizontal(pl.col(*key).is_null())
    return int(staged.scan().select(anywhere.sum()).collect(engine="streaming").item())


def _unplaced_rows(staged: Staged) -> int:
    """Rows that a second load of the same partitions would not replace, but repeat."""
    import polars as pl

    if staged.partitions is None:
        return 0
    placed = pl.col(PARTITION_COLUMN).is_in(staged.partitions).fill_null(value=False)
    return int(staged.scan().select((~placed).sum()).collect(engine="streaming").item())


def _quarantined_rows(staged: Staged) -> int | None:
    import polars as pl

    rows = staged.scan()
    if REFUSED_COLUMN not in rows.collect_schema():
        return None
    refused = pl.col(REFUSED_COLUMN).is_not_null()
    return int(rows.select(refused.sum()).collect(engine="streaming").item())


def _duplicate_keys(staged: Staged, key: Sequence[str]) -> int:
    """Rows beyond the first of each key, one share of the keys (by hash) after the other."""
    import polars as pl

    if not key or not staged.rows:
        return 0
    keys = staged.scan().select(pl.struct(key).hash().alias("hash"), *key)
    shares = -(-staged.rows // KEYS_AT_ONCE)
    return sum(_duplicates(keys.filter(pl.col("hash") % shares == n)) for n in range(shares))


def _duplicates(keys: "pl.LazyFrame") -> int:
    """By hash, which is cheap and nearly always enough; where hashes repeat, by the keys."""
    import polars as pl

    hashes = keys.select("hash").collect(engine="streaming").get_column("hash")
    if hashes.n_unique() == hashes.len():
        return 0
    distinct = keys.unique().select(pl.len()).collect(engine="streaming").item()
    return int(hashes.len() - distinct)
