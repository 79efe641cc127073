"""Password logon (O5LOGON with the 12c verifier): both sides prove what they know, nobody sends it.

Knows no sockets; ``session`` carries the key/value pairs to and fro.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

VERIFIER_12C = 0x4815
_VERIFIER_ROUNDS = 4096
_SESSION_KEY_ROUNDS = 3
_KEY_SIZE = 32
_SALT_SIZE = 16
_SPEEDY_KEY_SIZE = 64
_SPEEDY_KEY_SALT = b"AUTH_PBKDF2_SPEEDY_KEY"
_PROOF = b"SERVER_TO_CLIENT"

Pair = tuple[str, str, int]
"""Key, value and flags as they are sent."""


class WrongPasswordError(Exception):
    """The client does not know the password, or spoke nonsense."""


def _encrypt(key: bytes, data: bytes) -> bytes:
    # A zero vector is what the protocol prescribes; every message begins with random bytes instead.
    encryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def _decrypt(key: bytes, data: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).decryptor()
    return decryptor.update(data) + decryptor.finalize()


def _derive(secret: bytes, salt: bytes, rounds: int, size: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", secret, salt, rounds, size)


def _hex(data: bytes) -> str:
    return data.hex().upper()


@dataclass(frozen=True)
class Verifier:
    """What a server keeps of a password: salted hashes, from which it cannot be had back."""

    salt: bytes = field(repr=False)
    key: bytes = field(repr=False)
    hash: bytes = field(repr=False)

    @classmethod
    def of(cls, password: str) -> "Verifier":
        """The verifier of ``password`` under a fresh salt."""
        salt = secrets.token_bytes(_SALT_SIZE)
        key = cls._key(password.encode(), salt)
        return cls(salt, key, hashlib.sha512(key + salt).digest()[:_KEY_SIZE])

    def accepts(self, password: bytes) -> bool:
        """Whether this is the verifier of ``password``."""
        return secrets.compare_digest(self._key(password, self.salt), self.key)

    @staticmethod
    def _key(password: bytes, salt: bytes) -> bytes:
        return _derive(password, salt + _SPEEDY_KEY_SALT, _VERIFIER_ROUNDS, _SPEEDY_KEY_SIZE)


class Logon:
    """One login: ``challenge`` opens it, ``verify`` closes it."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self._server_part = secrets.token_bytes(_KEY_SIZE)
        self._session_salt = secrets.token_bytes(_SALT_SIZE)

    def challenge(self) -> list[Pair]:
        """What the server sends after it was told the user's name."""
        return [
            ("AUTH_SESSKEY", _hex(_encrypt(self._verifier.hash, self._server_part)), 0),
            ("AUTH_VFR_DATA", _hex(self._verifier.salt), VERIFIER_12C),
            ("AUTH_PBKDF2_CSK_SALT", _hex(self._session_salt), 0),
            ("AUTH_PBKDF2_VGEN_COUNT", str(_VERIFIER_ROUNDS), 0),
            ("AUTH_PBKDF2_SDER_COUNT", str(_SESSION_KEY_ROUNDS), 0),
        ]

    def verify(self, answer: Mapping[str, str]) -> Pair:
        """Check the client's answer and return the server's own proof.

        Raises:
            WrongPasswordError: it was not made with the right password.
        """
        try:
            client_part = _decrypt(self._verifier.hash, bytes.fromhex(answer["AUTH_SESSKEY"]))
            session_key = self._session_key(client_part[:_KEY_SIZE])
            padded = _decrypt(session_key, bytes.fromhex(answer["AUTH_PASSWORD"]))[_SALT_SIZE:]
        except (KeyError, ValueError) as error:
            raise WrongPasswordError from error
        if not self._verifier.accepts(_unpad(padded)):
            raise WrongPasswordError
        proof = _encrypt(session_key, secrets.token_bytes(_SALT_SIZE) + _PROOF)
        return ("AUTH_SVR_RESPONSE", _hex(proof), 0)

    def _session_key(self, client_part: bytes) -> bytes:
        both = _hex(client_part + self._server_part).encode()
        return _derive(both, self._session_salt, _SESSION_KEY_ROUNDS, _KEY_SIZE)


def _unpad(padded: bytes) -> bytes:
    """The text before its PKCS #7 padding; unchanged where the padding is not one."""
    if not padded or not 1 <= padded[-1] <= _SALT_SIZE:
        return padded
    return padded[: -padded[-1]]
