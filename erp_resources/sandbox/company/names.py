"""What companies and items are called, by country: ``names.toml``, read once."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Country:
    """How companies of one country are called and where they sit.

    ``weight`` says how many of a thousand companies sit there. ``pattern`` joins a stem, a trade
    and a legal form. ``cities`` are pairs of a postal code and a name. ``tax_digits`` is the length
    of the number behind ``tax_prefix``.
    """

    code: str
    currency: str
    weight: int
    pattern: str
    stems: tuple[str, ...]
    trades: tuple[str, ...]
    forms: tuple[str, ...]
    cities: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]
    tax_prefix: str
    tax_digits: int


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _country(entry: dict[str, Any]) -> Country:
    return Country(**{key: _frozen(value) for key, value in entry.items()})


_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

COUNTRIES: tuple[Country, ...] = tuple(map(_country, _WORDS["countries"]))
ODD_CUSTOMERS: tuple[tuple[str, str], ...] = _frozen(_WORDS["odd"]["customers"])
ODD_SUPPLIERS: tuple[tuple[str, str], ...] = _frozen(_WORDS["odd"]["suppliers"])
ITEM_NOUNS: tuple[str, ...] = _frozen(_WORDS["items"]["nouns"])
ITEM_MATERIALS: tuple[str, ...] = _frozen(_WORDS["items"]["materials"])
ITEM_SIZES: tuple[str, ...] = _frozen(_WORDS["items"]["sizes"])
