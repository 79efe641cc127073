"""How a company's business goes on: weekdays, one after another, each in several transactions.

What is done on a day is the company's affair (``ebs.tick``, ``ax.tick``). A day depends on the
seed, its date and the rows; it knows no wall clock.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.books import Books, Changes, Given
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.database import Database

_MACROS = """
CREATE SCHEMA IF NOT EXISTS exact;
CREATE OR REPLACE MACRO exact.amount(number) AS CAST(number AS DECIMAL(18, 2));
CREATE OR REPLACE MACRO exact.converted(number, rate) AS
  ROUND(exact.amount(number) * CAST(COALESCE(rate, 1) AS DECIMAL(18, 8)), 2);
CREATE OR REPLACE MACRO exact.worth(quantity, cost) AS
  ROUND(CAST(quantity AS DECIMAL(15, 3)) * CAST(cost AS DECIMAL(18, 5)), 2);
CREATE OR REPLACE MACRO exact.payable(number, currency) AS
  CASE WHEN currency = 'JPY' THEN ROUND(exact.amount(number)) ELSE exact.amount(number) END;
"""
"""Amounts to the cent, rounded half away from zero; yen are paid whole."""
_SATURDAY = 5
_OPENS = time(6)


class Business(ABC):
    """The business of a company; not for several threads at a time.

    Attributes:
        today: the last day on which business was done; at first the last on which a row changed.
        days: how many business days were posted since the books were loaded.
    """

    changed: str
    """The column that says when a row was last changed."""

    def __init__(self, database: Database, scale: int, seed: int) -> None:
        with database.writing() as writer:
            writer.execute(_MACROS)
        self.database = database
        self.scale = scale
        self.seed = seed
        self.today = self._last_change()
        self.days = 0

    def post_day(self) -> Mapping[str, Changes]:
        """Post the next weekday; what it changed, by table."""
        self.today = next_weekday(self.today)
        changes = self._post(self.today)
        self.days += 1
        return changes

    @abstractmethod
    def _post(self, day: date) -> Mapping[str, Changes]:
        """Do a day's work."""

    def _last_change(self) -> date:
        dates = " UNION ALL ".join(
            f"SELECT max({self.changed}) AS d FROM {stored.current}"  # noqa: S608 - our own names
            for stored in self.database.tables.values()
        )
        found = Books(self.database).read(f"SELECT CAST(max(d) AS DATE) AS d FROM ({dates})")  # noqa: S608
        last: date = found["d"][0].as_py()
        return last


class BusinessDay:
    """A business day; ``now`` moves on with every transaction.

    Attributes:
        date: the day.
        scale: how many times the documents of scale 1 a day brings.
        books: where it is posted.
        items: what movements need to know of the items.
    """

    def __init__(self, business: Business, day: date, items: pa.Table, **names: str) -> None:
        self.date = day
        self.scale = business.scale
        self.books = Books(business.database, names)
        self.items = items
        self.now = datetime.combine(day, _OPENS)
        self._seed = business.seed

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """An hour's work, visible at its end."""
        self.now += timedelta(hours=1)
        with self.books.transaction():
            yield

    def draws(self, name: str) -> Draws:
        """The day's stream of random numbers for one purpose."""
        return Draws(self._seed, f"{self.date} {name}")

    def picks(self, name: str, count: int, population: str, **given: Given) -> pa.Table:
        """Up to ``count`` rows of a SELECT, which names their ``_row`` in a fixed order.

        Returns:
            ``_row``, ``serial`` from 0, and ``luck``, a number below 1000.
        """
        rows = self.read(population, **given).column("_row").to_numpy()
        draws = self.draws(name)
        size = len(rows)
        places = np.unique(draws.integers(0, size, count)) if size else np.arange(0)
        return pa.table(
            {
                "_row": rows[places],
                "serial": np.arange(len(places)),
                "luck": draws.integers(0, 1000, len(places)),
            }
        )

    def read(self, select: str, **given: Given) -> pa.Table:
        """See ``Books.read``."""
        return self.books.read(select, **given)

    def delete(self, table: str, rows: pa.Table) -> None:
        """Remove the rows that ``_row`` names."""
        self.books.write(table, with_all(rows.select(["_row"]), "_gone", True))


def next_weekday(day: date) -> date:
    """The first weekday after a day."""
    later = day + timedelta(days=1)
    return later if later.weekday() < _SATURDAY else next_weekday(later)


def with_column(rows: pa.Table, name: str, values: pa.Array) -> pa.Table:
    """The table with a column set, whether or not it was there."""
    if name in rows.column_names:
        return rows.set_column(rows.column_names.index(name), name, values)
    return rows.append_column(name, values)


def with_all(rows: pa.Table, name: str, value: datetime | str | bool | int) -> pa.Table:
    """The table with the same value in a column of all rows."""
    return with_column(rows, name, pa.repeat(pa.scalar(value), rows.num_rows))
