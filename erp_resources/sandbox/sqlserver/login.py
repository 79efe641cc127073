"""LOGIN7: who wants in, whether it may, and what it is told then."""

import hashlib
import hmac
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from erp_resources.sandbox.sqlserver import tokens
from erp_resources.sandbox.sqlserver.codes import (
    COLLATION,
    TDS_7_4,
    TDS_8_0,
    Done,
    EnvChange,
    Feature,
    Token,
)
from erp_resources.sandbox.sqlserver.primitives import ProtocolError, Reader
from erp_resources.sandbox.sqlserver.transport import INITIAL_PACKET_SIZE
from erp_resources.sandbox.sqlserver.types import SqlServerError

_FIXED_SIZE = 94
_OFFSETS_AT = 36
_HOST, _USER, _PASSWORD, _PROGRAM, _EXTENSION, _LIBRARY, _DATABASE = 0, 1, 2, 3, 5, 6, 8
_OPTION_FLAGS_2, _OPTION_FLAGS_3 = 25, 27
_INTEGRATED_SECURITY = 0x80
_HAS_EXTENSION = 0x10
_OLDEST_VERSION = 0x73000000
_SMALLEST_PACKET, _LARGEST_PACKET = 512, 32767
_LANGUAGE = "us_english"
_LOGIN_FAILED = 18456
_UNTRUSTED_DOMAIN = 18452
_CHANGED_DATABASE = 5701
_CHANGED_LANGUAGE = 5703
_LOGIN_SEVERITY = 14


@dataclass(frozen=True)
class Login:
    """What a LOGIN7 message says."""

    user: str
    password: str = field(repr=False)
    database: str
    """Empty for the user's default."""

    host: str
    program: str
    library: str
    packet_size: int
    tds_version: int
    is_integrated: bool
    """Whether the client wants in by its Windows account."""

    features: frozenset[int]


def read_login(body: bytes) -> Login:
    """A client's LOGIN7.

    Raises:
        ProtocolError: it is none, or that of a client before TDS 7.3.
    """
    if len(body) < _FIXED_SIZE:
        raise ProtocolError("a LOGIN7 cut short")
    version, packet_size = struct.unpack_from("<II", body, 4)
    if version != TDS_8_0 and version < _OLDEST_VERSION:
        raise ProtocolError(f"TDS version {version:08X}")
    return Login(
        user=_text(body, _USER),
        password=_password(body),
        database=_text(body, _DATABASE),
        host=_text(body, _HOST),
        program=_text(body, _PROGRAM),
        library=_text(body, _LIBRARY),
        packet_size=_allowed_packet_size(packet_size),
        tds_version=version if version == TDS_8_0 else min(version, TDS_7_4),
        is_integrated=bool(body[_OPTION_FLAGS_2] & _INTEGRATED_SECURITY),
        features=frozenset(_features(body)),
    )


def _place(body: bytes, index: int) -> tuple[int, int]:
    """Where the variable part of this index begins, and its length in characters or bytes."""
    start, size = struct.unpack_from("<HH", body, _OFFSETS_AT + 4 * index)
    return start, size


def _text(body: bytes, index: int) -> str:
    start, size = _place(body, index)
    return Reader(body, start).utf16(size)


def _password(body: bytes) -> str:
    """The password: its bytes travel with their halves swapped and half of the bits flipped."""
    start, size = _place(body, _PASSWORD)
    hidden = Reader(body, start).raw(2 * size)
    plain = bytes((byte ^ 0xA5) << 4 & 0xF0 | (byte ^ 0xA5) >> 4 for byte in hidden)
    return Reader(plain).utf16(size)


def _allowed_packet_size(wanted: int) -> int:
    return min(max(wanted or INITIAL_PACKET_SIZE, _SMALLEST_PACKET), _LARGEST_PACKET)


def _features(body: bytes) -> list[int]:
    if not body[_OPTION_FLAGS_3] & _HAS_EXTENSION:
        return []
    start, _ = _place(body, _EXTENSION)
    reader = Reader(body, Reader(body, start).uint(4))
    found = []
    while (feature := reader.byte()) != Feature.TERMINATOR:
        reader.raw(reader.uint(4))
        found.append(feature)
    return found


class Passwords:
    """Checks passwords; keeps what cannot be turned back into them."""

    def __init__(self, passwords: Mapping[str, str]) -> None:
        """Take passwords by user name; names in capitals and in small letters are the same."""
        self._salt = secrets.token_bytes(16)
        self._hashes = {user.lower(): self._hash(word) for user, word in passwords.items()}
        self._decoy = secrets.token_bytes(32)

    def _hash(self, password: str) -> bytes:
        return hmac.new(self._salt, password.encode(), hashlib.sha256).digest()

    def check(self, login: Login) -> None:
        """Let ``login`` pass.

        Raises:
            SqlServerError: 18456 for a wrong password and for an unknown user alike; 18452 for a
                Windows account.
        """
        if login.is_integrated:
            text = (
                "Login failed. The login is from an untrusted domain and cannot be used with "
                "Integrated authentication."
            )
            raise SqlServerError(_UNTRUSTED_DOMAIN, text, severity=_LOGIN_SEVERITY)
        expected = self._hashes.get(login.user.lower(), self._decoy)
        if not hmac.compare_digest(expected, self._hash(login.password)):
            raise login_failed(login.user)


def login_failed(user: str) -> SqlServerError:
    """What a client learns whose login is refused, whatever the reason."""
    text = f"Login failed for user '{user}'."
    return SqlServerError(_LOGIN_FAILED, text, severity=_LOGIN_SEVERITY)


def accepted(login: Login, database: str) -> bytes:
    """The answer to a login that was let in; packets have the size agreed on after it."""
    packet_size = str(login.packet_size)
    parts = [
        tokens.env_change(EnvChange.DATABASE, database, "master"),
        tokens.info(_CHANGED_DATABASE, f"Changed database context to '{database}'.", state=2),
        tokens.env_change(EnvChange.COLLATION, COLLATION),
        tokens.env_change(EnvChange.LANGUAGE, _LANGUAGE, ""),
        tokens.info(_CHANGED_LANGUAGE, f"Changed language setting to {_LANGUAGE}."),
        tokens.login_ack(login.tds_version),
        tokens.env_change(EnvChange.PACKET_SIZE, packet_size, str(INITIAL_PACKET_SIZE)),
    ]
    if login.features:
        wants_utf8 = Feature.UTF8_SUPPORT in login.features
        parts.append(tokens.feature_ext_ack({Feature.UTF8_SUPPORT: b"\x01"} if wants_utf8 else {}))
    return b"".join((*parts, tokens.done(Token.DONE, Done.FINAL)))


def refused(*problems: SqlServerError) -> bytes:
    """The answer to a login that was not let in."""
    return b"".join((*map(tokens.error, problems), tokens.done(Token.DONE, Done.ERROR)))
