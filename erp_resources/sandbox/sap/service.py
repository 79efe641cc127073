"""What all sessions of one server share, and what a server knows of each session."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from erp_resources.sandbox.counters import Counters
from erp_resources.sandbox.faults import Faults, InjectedError, LoginRefusedError, Point
from erp_resources.sandbox.sap.codes import ReturnCode
from erp_resources.sandbox.sap.conversation import Conversation
from erp_resources.sandbox.sap.errors import RfcError
from erp_resources.sandbox.sap.kept_answers import KeptAnswers
from erp_resources.sandbox.sap.users import Passwords, wrong_password

_CODES = {int(code): code for code in ReturnCode}


@dataclass(frozen=True)
class Service:
    """What all sessions of a server share.

    ``log_on`` makes a conversation of user, client and language.
    """

    log_on: Callable[[str, str, str], Conversation]
    passwords: Passwords
    faults: Faults
    counters: Counters
    kept: KeptAnswers
    stopping: threading.Event

    def check_fault(self, point: Point, rows_sent: int = 0) -> None:
        """Do what is armed for ``point``; see ``Faults.check``.

        Raises:
            RfcError: by an armed error, whose number is an RFC_RC (others are dumps) and whose text
                is ``KEY: message``.
        """
        try:
            self.faults.check(point, rows_sent, self.stopping)
        except LoginRefusedError as error:
            raise wrong_password() from error
        except InjectedError as error:
            code = _CODES.get(error.code, ReturnCode.ABAP_RUNTIME_FAILURE)
            key, _, text = error.text.partition(": ")
            raise RfcError(code, key, text or key) from error


@dataclass
class SessionInfo:
    """What an administrator would see of a session (SM04)."""

    id: int
    user: str = ""
    client: str = ""
    function: str = ""
