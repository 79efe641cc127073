"""Monthly partitions of a table by one of its date columns."""

from datetime import datetime
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from erp_resources.connector import Filter
from erp_resources.lake.staging import PARTITION_COLUMN

if TYPE_CHECKING:
    import polars as pl


class MonthlyLoad(dg.Model, dg.Resolvable):
    """Rows are loaded, and replaced, a month at a time, by the value of ``column``."""

    column: str = Field(description="A date column of the table; it must not be null.")
    start: str = Field(description="First month, e.g. 2024-01.")
    end: str | None = Field(default=None, description="Month after the last; open when left out.")

    def definition(self) -> dg.MonthlyPartitionsDefinition:
        """The partitions, the running month included. Keys are first days: ``2024-01-01``."""
        return dg.MonthlyPartitionsDefinition(
            start_date=f"{self.start}-01",
            end_date=f"{self.end}-01" if self.end else None,
            end_offset=0 if self.end else 1,
        )

    def filters(self, window: dg.TimeWindow) -> tuple[Filter, ...]:
        """The rows of the months in ``window``."""
        first, after = (moment.replace(tzinfo=None) for moment in (window.start, window.end))
        return Filter(self.column, ">=", first), Filter(self.column, "<", after)

    def outside(self) -> list[tuple[Filter, ...]]:
        """Rows that no partition holds: without a date, too old, or too new."""
        limits = [Filter(self.column, "is null"), Filter(self.column, "<", _first_day(self.start))]
        if self.end:
            limits.append(Filter(self.column, ">=", _first_day(self.end)))
        return [(limit,) for limit in limits]

    def keyed(self, frame: "pl.LazyFrame") -> "pl.LazyFrame":
        """The frame with each row's partition key."""
        import polars as pl

        month = pl.col(self.column).dt.truncate("1mo").dt.strftime("%Y-%m-%d")
        return frame.with_columns(month.alias(PARTITION_COLUMN))


def _first_day(month: str) -> datetime:
    return datetime.fromisoformat(f"{month}-01")
