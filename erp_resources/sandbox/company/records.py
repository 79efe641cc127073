"""Dataclasses whose fields are arrays of one length: joined and indexed as if they were tables."""

from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from erp_resources.sandbox.company.arrays import Flags, Ints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record", bound="DataclassInstance")


def take(records: Record, positions: Ints | Flags) -> Record:
    """The rows at ``positions``, or where a flag is set."""
    columns = {f.name: getattr(records, f.name)[positions] for f in fields(records)}
    return type(records)(**columns)


def stack(*records: Record) -> Record:
    """All rows, those of the first argument first."""
    first = records[0]
    names = [f.name for f in fields(first)]
    return type(first)(**{n: np.concatenate([getattr(r, n) for r in records]) for n in names})
