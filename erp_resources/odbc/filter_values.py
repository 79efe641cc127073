"""Values of filters as the text that a driver sends: exact, or refused.

Which type a dialect then casts the text to is its own affair.
"""

import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from erp_resources.connector import Column, Scalar
from erp_resources.errors import InvalidQuery

MOST_DIGITS = 400
"""Before or behind the point: beyond any decimal and any float."""
MIDNIGHT = " 00:00:00"
"""What ends the text of a moment that a day alone would tell."""
_TOO_FINE = re.compile(r"[.,]\d{7}")  # Python would cut the seventh digit silently


def as_number(value: Scalar) -> Decimal | None:
    """The number that ``value`` shows, if it is a finite one; a float is what it prints."""
    try:
        number = Decimal(value if isinstance(value, int) else str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= MOST_DIGITS else None


def as_moment(value: Scalar) -> datetime | None:
    """The moment that ``value`` is, or writes in ISO 8601; a day is its midnight."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time.min)
    if not isinstance(value, str) or _TOO_FINE.search(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def number_text(column: Column, value: Scalar) -> str:
    """A number without an exponent.

    Raises:
        InvalidQuery: it is none, or infinite, or has more digits than any column.
    """
    number = as_number(value)
    if number is None:
        raise InvalidQuery(
            f"filter on {column.name!r}: {value!r} is no number that a {column.type} can hold"
        )
    return f"{number:f}"


def moment_text(column: Column, value: Scalar, *, zoned: bool = False) -> str:
    """A date or time as SQL-92 writes it: ``2024-12-31 23:59:59``, with microseconds if any.

    Args:
        zoned: whether the column knows time zones; a time without one is then in UTC.

    Raises:
        InvalidQuery: it is no date or time, or has a zone that the column knows nothing of.
    """
    found = as_moment(value)
    if found is None:
        raise InvalidQuery(
            f"filter on {column.name!r}: {value!r} is no date; write it as 2024-12-31T23:59:59"
        )
    if found.tzinfo is not None and not zoned:
        raise InvalidQuery(
            f"filter on {column.name!r}: {value!s} has a time zone and a {column.type} has none; "
            "write it without, as the column means it"
        )
    return found.isoformat(" ")
