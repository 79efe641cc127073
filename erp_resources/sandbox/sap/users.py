"""Users, their passwords, and what each may read and call."""

import hashlib
import hmac
import secrets
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from erp_resources.sandbox.sap.errors import logon_failure

_FAILURES_UNTIL_LOCK = 5
"""The default of ``login/fails_to_user_lock``."""


@dataclass(frozen=True)
class User:
    """A user and its authorizations.

    Attributes:
        name: in capitals.
        clients: where it exists.
        language: of its texts unless it asks for another; one letter.
        tables: what it may read (S_TABU_NAM); ``None`` for all.
        denied_tables: what it may not read even so.
        denied_functions: what it may not call (S_RFC).
        is_locked: whether an administrator has locked it.
    """

    name: str
    clients: frozenset[str] = frozenset({"100"})
    language: str = "E"
    tables: frozenset[str] | None = None
    denied_tables: frozenset[str] = frozenset()
    denied_functions: frozenset[str] = frozenset()
    is_locked: bool = False

    def may_read(self, table: str) -> bool:
        """Whether it may read a table."""
        if table in self.denied_tables:
            return False
        return self.tables is None or table in self.tables


class Passwords:
    """Checks passwords; keeps what cannot be turned back into them.

    A user whose password was wrong five times in a row cannot log on any more, as in a system whose
    profile says nothing else.
    """

    def __init__(self, passwords: Mapping[str, str]) -> None:
        """Take passwords by user name."""
        self._salt = secrets.token_bytes(16)
        self._hashes = {user.upper(): self._hash(word) for user, word in passwords.items()}
        self._decoy = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._failures: Counter[str] = Counter()

    def _hash(self, password: str) -> bytes:
        return hmac.new(self._salt, password.encode(), hashlib.sha256).digest()

    def check(self, user: str, password: str) -> None:
        """Let a user pass.

        Raises:
            RfcError: for a wrong password and for an unknown user alike; otherwise after too many
                attempts.
        """
        expected = self._hashes.get(user, self._decoy)
        is_right = hmac.compare_digest(expected, self._hash(password))
        with self._lock:
            if self._failures[user] >= _FAILURES_UNTIL_LOCK:
                raise logon_failure("Password logon no longer possible - too many failed attempts")
            self._failures[user] = 0 if is_right else self._failures[user] + 1
        if not is_right:
            raise wrong_password()


def wrong_password() -> Exception:
    """What a client learns whose user or password is wrong."""
    return logon_failure("Name or password is incorrect (repeat logon)")
