"""A system: an installation with its data and its dictionary."""

from dataclasses import dataclass

from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sap.dictionary import Dictionary
from erp_resources.sandbox.sap.installation import Installation


@dataclass(frozen=True)
class System:
    """An installation with its data."""

    database: Database
    installation: Installation
    dictionary: Dictionary

    @classmethod
    def of(cls, database: Database, installation: Installation) -> "System":
        """The system on a database's tables in the schema SAP."""
        dictionary = Dictionary(database, installation)
        return cls(database, installation, dictionary)
