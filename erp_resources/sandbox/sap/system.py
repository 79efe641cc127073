"""A system: an installation with its data and its dictionary."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sap.dictionary import Dictionary
from erp_resources.sandbox.sap.installation import Installation


@dataclass(frozen=True)
class System:
    """An installation with its data.

    Attributes:
        orders: in which rows come where none is asked for: one after another, the same in each run.
    """

    database: Database
    installation: Installation
    dictionary: Dictionary
    orders: Iterator[int] = field(default_factory=partial(itertools.count, 1), repr=False)

    @classmethod
    def of(cls, database: Database, installation: Installation) -> "System":
        """The system on a database's tables in the schema SAP."""
        dictionary = Dictionary(database, installation)
        return cls(database, installation, dictionary)
