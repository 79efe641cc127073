"""The system behind a server: its data, its users, and how one of them logs on."""

from collections.abc import Mapping

from erp_resources.sandbox.database import Database
from erp_resources.sandbox.sap.conversation import Conversation
from erp_resources.sandbox.sap.errors import logon_failure
from erp_resources.sandbox.sap.functions import find
from erp_resources.sandbox.sap.installation import ISO_LANGUAGES, Installation
from erp_resources.sandbox.sap.system import System
from erp_resources.sandbox.sap.users import User, wrong_password


class SapEngine:
    """An SAP system over a database; makes conversations.

    >>> engine = SapEngine(database, {"ERP_READER": User("ERP_READER")})
    >>> server = SapServer(engine.log_on, {"ERP_READER": password})
    """

    def __init__(
        self,
        database: Database,
        users: Mapping[str, User],
        installation: Installation | None = None,
    ) -> None:
        """Serve the tables that the database has in the schema SAP, now or later."""
        self.system = System.of(database, installation or Installation())
        self._users = dict(users)

    def log_on(self, user: str, client: str, language: str) -> Conversation:
        """A conversation for a user whose password was right.

        Args:
            user: in capitals.
            client: three digits.
            language: SAP's letter or the ISO code; empty for the user's own.

        Raises:
            RfcError: RFC_LOGON_FAILURE, in SAP's words.
        """
        if client not in self.system.installation.clients:
            raise logon_failure(f"Client {client} is not available in this system")
        known = self._users.get(user)
        if known is None or client not in known.clients:
            raise wrong_password()
        if known.is_locked:
            raise logon_failure("User is locked. Please notify the person responsible")
        letter = self._letter(language.upper()) if language else known.language
        return Conversation(self.system, find, known, client, letter)

    def _letter(self, language: str) -> str:
        letters = {iso: letter for letter, iso in ISO_LANGUAGES.items()}
        letter = letters.get(language, language)
        if letter not in self.system.installation.languages:
            raise logon_failure("Select one of the installed languages")
        return letter
