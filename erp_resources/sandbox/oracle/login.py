"""The login of a session: who comes, and whether the password is right."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from erp_resources.sandbox.oracle.codes import NOT_IMPLEMENTED
from erp_resources.sandbox.oracle.logon import Logon, Pair, Verifier, WrongPasswordError
from erp_resources.sandbox.oracle.primitives import Reader
from erp_resources.sandbox.oracle.types import OracleError

WRONG_PASSWORD = 1017
_INSUFFICIENT_PRIVILEGES = 1031
_ADMINISTRATOR = 0x20 | 0x40
_UNSUPPORTED = {"AUTH_NEWPASSWORD": "change of password", "PROXY_CLIENT_NAME": "proxy user"}
_TIME_ZONE = re.compile(
    r"\s*alter\s+session\s+set\s+time_zone\s*=\s*'([+-]?)(\d{1,2}):(\d{2})'", re.IGNORECASE
)


@dataclass(frozen=True)
class LoginMessage:
    """One step of a login as the client sends it."""

    user: str
    mode: int
    values: Mapping[str, str]


def wrong_password() -> OracleError:
    """The answer to a wrong password and to an unknown user alike."""
    return OracleError(WRONG_PASSWORD, "invalid username/password; logon denied")


def read_login_message(reader: Reader) -> LoginMessage:
    """Parse either step of a login behind its function code."""
    has_user = reader.byte()
    reader.uint()
    mode = reader.uint()
    reader.byte()
    count = reader.uint()
    reader.raw(2)
    user = (reader.byte_string() or b"").decode() if has_user else ""
    values: dict[str, str] = {}
    for _ in range(count):
        key = reader.text()
        values[key] = reader.text()
        reader.uint()
    return LoginMessage(_as_name(user), mode, values)


def _as_name(user: str) -> str:
    return user[1:-1] if user.startswith('"') and user.endswith('"') else user.upper()


class Login:
    """The two steps of one session's login."""

    def __init__(self, verifiers: Mapping[str, Verifier], decoy: Verifier) -> None:
        """Check against ``verifiers`` by user; ``decoy`` hides which users there are."""
        self._verifiers = verifiers
        self._decoy = decoy
        self._logon: Logon | None = None
        self.user = ""
        self.values: dict[str, str] = {}
        """What the client said of itself: program, machine, driver."""

    def begin(self, message: LoginMessage) -> list[Pair]:
        """The first step: the challenge for a user, known or not."""
        self.user = message.user
        self.values |= message.values
        self._logon = Logon(self._verifiers.get(self.user, self._decoy))
        return self._logon.challenge()

    def finish(self, message: LoginMessage) -> Pair:
        """The second step: the server's proof, if the client's answer is right.

        Raises:
            OracleError: ORA-01017 for a wrong password or an unknown user, ORA-01031 for a login as
                administrator, ORA-03001 for logins of other kinds.
        """
        _refuse_unsupported(message)
        if self._logon is None or self.user not in self._verifiers:
            raise wrong_password()
        try:
            proof = self._logon.verify(message.values)
        except WrongPasswordError as error:
            raise wrong_password() from error
        if message.mode & _ADMINISTRATOR:
            raise OracleError(_INSUFFICIENT_PRIVILEGES, "insufficient privileges")
        self.values |= {
            key: value for key, value in message.values.items() if key.startswith("SESSION_CLIENT")
        }
        self.values["AUTH_ALTER_SESSION"] = message.values.get("AUTH_ALTER_SESSION", "")
        return proof


def _refuse_unsupported(message: LoginMessage) -> None:
    for key, feature in _UNSUPPORTED.items():
        if key in message.values:
            raise OracleError(NOT_IMPLEMENTED, f"unimplemented feature: {feature}")


def time_zone_minutes(sql: str) -> int | None:
    """The offset that an ``ALTER SESSION SET TIME_ZONE`` asks for; ``None`` if it names none."""
    found = _TIME_ZONE.match(sql)
    if not found:
        return None
    sign, hours, minutes = found.groups()
    offset = int(hours) * 60 + int(minutes)
    return -offset if sign == "-" else offset
