"""The customers, suppliers and items that every subsidiary of the company deals with.

Canonical: an ERP takes the first so many of each and adds its own keys, spellings and gaps. The
first n of a longer list are the shorter list: subsidiaries of different sizes share their masters.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from erp_resources.sandbox.company import names
from erp_resources.sandbox.company.arrays import Ints, joined, numbered, pick
from erp_resources.sandbox.company.draws import Draws
from erp_resources.sandbox.company.names import COUNTRIES, Country

COUNTRY_CODES = tuple(country.code for country in COUNTRIES)
UNITS = ("EA", "KG", "M")
PRODUCT_LINES = 6
_TAX_STEP = 618_033_989  # odd and not a multiple of 5: a permutation of the numbers below 10**9
_TAX_NUMBERS = 10**9
_FIRST_TAX_NUMBER = 250_000_000


class Kind(enum.IntEnum):
    """What an item is; for made and raw items also their level in the bills of material."""

    FINISHED = 0
    MODULE = 1
    GROUP = 2
    PART = 3
    RAW = 4
    TRADE = 5


_PATTERN = np.repeat(np.array(Kind), [4, 6, 6, 4, 15, 10]).astype(np.int64)
_KIND_PREFIXES = ("FG-", "AM-", "AG-", "PT-", "RM-", "TR-")


@dataclass(frozen=True)
class Companies:
    """Customers or suppliers, one per position. ``country`` points into ``COUNTRIES``."""

    name: pa.Array
    street: pa.Array
    postal_code: pa.Array
    city: pa.Array
    tax_id: pa.Array
    country: Ints


@dataclass(frozen=True)
class Items:
    """Articles, one per position. ``price``: purchase price in 10**-5 EUR, 0 for what is made."""

    code: pa.Array
    description: pa.Array
    kind: Ints
    line: Ints
    unit: Ints
    price: Ints


def customers(count: int, seed: int) -> Companies:
    """The first ``count`` customers (at least as many as there are odd ones)."""
    return _companies(count, Draws(seed, "customers"), names.ODD_CUSTOMERS, _FIRST_TAX_NUMBER)


def suppliers(count: int, seed: int) -> Companies:
    """The first ``count`` suppliers (at least as many as there are odd ones)."""
    return _companies(count, Draws(seed, "suppliers"), names.ODD_SUPPLIERS, -_FIRST_TAX_NUMBER)


def items(count: int, seed: int) -> Items:
    """The first ``count`` items; every 45 of them hold all kinds."""
    serial = np.arange(count)
    kind = np.resize(_PATTERN, count)
    bought = np.isin(kind, (Kind.RAW, Kind.TRADE))
    in_bulk = (kind == Kind.RAW) & (serial % 3 == 0) | (kind == Kind.TRADE) & (serial % 10 == 0)
    draws = Draws(seed, "items")
    # Mostly cheap, some dear, five decimals: the product of two draws.
    price = draws.integers(20, 3000, count) * draws.integers(50, 800, count) + 7
    return Items(
        code=joined(pick(_KIND_PREFIXES, kind), numbered("", serial + 1, 6)),
        description=_descriptions(serial),
        kind=kind,
        line=serial // len(_PATTERN) % PRODUCT_LINES,
        unit=np.where(in_bulk, 1 + serial % 2, 0),
        price=np.where(bought, price, 0),
    )


def _descriptions(serial: Ints) -> pa.Array:
    nouns, materials, sizes = names.ITEM_NOUNS, names.ITEM_MATERIALS, names.ITEM_SIZES
    noun = pick(nouns, serial * 7 % len(nouns))
    material = pick(materials, serial // len(nouns) % len(materials))
    return joined(noun, " ", material, " ", pick(sizes, serial % len(sizes)))


def _companies(
    count: int, draws: Draws, odd: tuple[tuple[str, str], ...], first_tax: int
) -> Companies:
    country = draws.weighted([c.weight for c in COUNTRIES], count)
    country[: len(odd)] = [COUNTRY_CODES.index(code) for _, code in odd]
    site = draws.integers(0, 1 << 30, count)
    house = draws.integers(1, 180, count)
    serial = _serial_in_country(country)
    name = pa.concat_arrays(
        [pa.array([text for text, _ in odd]), _by_country(country, _names, serial)[len(odd) :]]
    )
    numbers = (np.arange(count) * _TAX_STEP + first_tax) % _TAX_NUMBERS
    return Companies(
        name=name,
        street=joined(_by_country(country, _streets, site), " ", numbered("", house)),
        postal_code=_by_country(country, _postal_codes, site),
        city=_by_country(country, _city_names, site),
        tax_id=_by_country(country, _tax_ids, numbers),
        country=country,
    )


def _serial_in_country(country: Ints) -> Ints:
    serial = np.empty(len(country), np.int64)
    for position in range(len(COUNTRIES)):
        here = country == position
        serial[here] = np.arange(int(here.sum()))
    return serial


def _by_country(
    country: Ints, words: Callable[[Country, Ints], pa.Array], values: Ints
) -> pa.Array:
    """What ``words`` says for each company, asked once per country."""
    order = np.argsort(country, kind="stable")
    texts = [words(c, values[country == position]) for position, c in enumerate(COUNTRIES)]
    place = np.empty(len(country), np.int64)
    place[order] = np.arange(len(country))
    return pa.concat_arrays(texts).take(pa.array(place))


def _names(country: Country, serial: Ints) -> pa.Array:
    every = [
        country.pattern.format(stem=stem, trade=trade, form=form)
        for form in country.forms
        for trade in country.trades
        for stem in country.stems
    ]
    # A stride prime to all lengths spreads neighbours over the list; further rounds are numbered.
    name = pick(every, serial * 7919 % len(every))
    lap = serial // len(every)
    return joined(name, pick(["", *(f" {n}" for n in range(2, int(lap.max(initial=0)) + 2))], lap))


def _streets(country: Country, site: Ints) -> pa.Array:
    return pick(country.streets, site // len(country.cities) % len(country.streets))


def _postal_codes(country: Country, site: Ints) -> pa.Array:
    return pick([code for code, _ in country.cities], site % len(country.cities))


def _city_names(country: Country, site: Ints) -> pa.Array:
    return pick([city for _, city in country.cities], site % len(country.cities))


def _tax_ids(country: Country, numbers: Ints) -> pa.Array:
    return numbered(country.tax_prefix, numbers, country.tax_digits)
