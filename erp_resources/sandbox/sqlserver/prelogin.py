"""PRELOGIN: what client and server can do, and above all where TLS begins and ends."""

import struct
from typing import Literal, NamedTuple

from erp_resources.sandbox.sqlserver.codes import SERVER_VERSION, Encryption, PreLogin
from erp_resources.sandbox.sqlserver.primitives import ProtocolError

Encrypt = Literal["off", "optional", "required"]
"""Whether a server cannot encrypt, does so if the client wants it, or insists."""

_OPTION = struct.Struct(">BHH")


class Agreement(NamedTuple):
    """What the server answers about encryption, and what follows from it."""

    answer: Encryption
    scope: Literal["nothing", "login", "everything"]


def read_options(body: bytes) -> dict[int, bytes]:
    """The options of a client's PRELOGIN by their number.

    Raises:
        ProtocolError: it is not a PRELOGIN.
    """
    options: dict[int, bytes] = {}
    try:
        for at in range(0, len(body), _OPTION.size):
            if body[at] == PreLogin.TERMINATOR:
                return options
            kind, start, size = _OPTION.unpack_from(body, at)
            options[kind] = body[start : start + size]
    except struct.error as error:
        raise ProtocolError("a PRELOGIN cut short") from error
    raise ProtocolError("a PRELOGIN without an end")


def agree(options: dict[int, bytes], encrypt: Encrypt) -> Agreement:
    """Where to encrypt for a client that offers ``options``."""
    wanted = options.get(PreLogin.ENCRYPTION, b"")[:1] or bytes((Encryption.NOT_SUPPORTED,))
    if encrypt == "off":
        return Agreement(Encryption.NOT_SUPPORTED, "nothing")
    if wanted[0] in (Encryption.ON, Encryption.REQUIRED):
        return Agreement(Encryption.ON, "everything")
    if encrypt == "required":
        return Agreement(Encryption.REQUIRED, "everything")
    if wanted[0] == Encryption.OFF:
        return Agreement(Encryption.OFF, "login")
    return Agreement(Encryption.NOT_SUPPORTED, "nothing")


def answer(options: dict[int, bytes], encryption: Encryption) -> bytes:
    """The server's PRELOGIN."""
    values = {
        PreLogin.VERSION: struct.pack(">BBHH", *SERVER_VERSION, 0),
        PreLogin.ENCRYPTION: bytes((encryption,)),
        PreLogin.INSTANCE: b"\0",
        PreLogin.THREAD_ID: b"",
        PreLogin.MARS: b"\0",
    }
    if PreLogin.FEDERATED_AUTHENTICATION in options:
        values[PreLogin.FEDERATED_AUTHENTICATION] = b"\0"
    start = _OPTION.size * len(values) + 1
    head, data = b"", b""
    for kind, value in values.items():
        head += _OPTION.pack(kind, start + len(data), len(value))
        data += value
    return head + bytes((PreLogin.TERMINATOR,)) + data
