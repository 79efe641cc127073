"""Arithmetic on whole numbers: conversion, rounding as a general ledger does it, grouped sums.

Amounts are hundredths of the currency unit, rates hundred-millionths, quantities thousandths and
unit costs hundred-thousandths. Rounding is half away from zero, as Oracle's ROUND.
"""

from collections.abc import Iterable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from erp_resources.sandbox.company.arrays import Flags, Ints

Scalar = TypeVar("Scalar", bound=np.generic)

RATE_ONE = 10**8
_QUANTITY_BY_COST = 10**6  # thousandths x hundred-thousandths, in hundredths


def divide(values: Ints, divisor: Ints | int) -> Ints:
    """``values`` / ``divisor`` (positive), rounded half away from zero."""
    by = np.asarray(divisor, np.int64)
    rounded = (np.abs(values) + by // 2) // by
    return np.where(values < 0, -rounded, rounded)


def convert(amounts: Ints, rates: Ints) -> Ints:
    """Amounts in another currency, to the hundredth."""
    return divide(amounts * rates, RATE_ONE)


def chained(amounts: Ints, *rates: Ints) -> Ints:
    """Amounts converted at each of the rates in turn, rounded each time."""
    for rate in rates:
        amounts = convert(amounts, rate)
    return amounts


def value(quantities: Ints, costs: Ints) -> Ints:
    """What quantities are worth at a unit cost, to the hundredth."""
    return divide(quantities * costs, _QUANTITY_BY_COST)


def sum_by(positions: Ints, values: Ints, size: int) -> Ints:
    """Sums of ``values`` per position below ``size``."""
    sums = np.zeros(size, np.int64)
    np.add.at(sums, positions, values)
    return sums


def pack(*fields: tuple[Ints, int]) -> Ints:
    """One sortable number of several small ones, each given with its width in bits."""
    key = np.zeros(len(fields[0][0]), np.int64)
    for values, bits in fields:
        key = (key << bits) | values
    return key


def unpack(key: Ints, *bits: int) -> list[Ints]:
    """The fields that ``pack`` put together."""
    fields = []
    for width in reversed(bits):
        fields.append(key & ((1 << width) - 1))
        key = key >> width
    return fields[::-1]


def starts(sorted_keys: Ints) -> Ints:
    """The position at which each run of equal keys begins."""
    changes = np.flatnonzero(sorted_keys[1:] != sorted_keys[:-1]) + 1
    return np.concatenate([np.zeros(min(len(sorted_keys), 1), np.int64), changes])


def running(values: Ints, first: Ints) -> Ints:
    """Running totals that begin anew at each position of ``first``."""
    totals = np.cumsum(values)
    lengths = np.diff(np.append(first, len(values)))
    return totals - np.repeat(totals[first] - values[first], lengths)


def ordinals(first: Ints, count: int) -> Ints:
    """0, 1, 2 … within each run that begins at a position of ``first``."""
    return np.arange(count) - np.repeat(first, np.diff(np.append(first, count)))


def every(many: int, positions: Ints, place: int = 0) -> Flags:
    """Which positions come at ``place`` when counted off in rounds of so many."""
    return np.equal(positions % many, place)


def joint(parts: Iterable[NDArray[Scalar]]) -> NDArray[Scalar]:
    """Several arrays one after the other."""
    return np.concatenate(list(parts))


def fill(present: Flags, values: Ints) -> Ints:
    """``values`` where ``present``, else zero."""
    return np.where(present, values, 0)
