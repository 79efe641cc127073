"""ODBC connection strings: parsed, written, and searched for what must not be in them."""

import re
from collections.abc import Mapping

from erp_resources.errors import SettingsError

_ATTRIBUTE = re.compile(r"\s*([^=;{}]+?)\s*=\s*(?:\{((?:[^}]|\}\})*)\}|([^;{]*))\s*(?:;|$)")
_PLAIN = re.compile(r"[A-Za-z0-9_./:\\-]*")
_SECRETS = {"pwd", "password"}
_ACCOUNTS = {"uid", "user", "username", "user id"}
_HOSTS = ("server", "servername", "host", "hostname")


def parse(text: str) -> dict[str, str]:
    """The attributes of a connection string; of one that is given twice the first, as in ODBC.

    Raises:
        SettingsError: it is none, or holds a user or a password, which have fields of their own.
    """
    attributes: dict[str, str] = {}
    position = 0
    while position < len(text.rstrip("; \t\r\n")):
        match = _ATTRIBUTE.match(text, position)
        if match is None:  # the text may hold a secret: the message names the place only
            raise SettingsError(
                f"odbc: the connection string cannot be read at character {position + 1}; write "
                "it as Driver={Name};Server=host;Port=5432;Database=name"
            )
        name, braced, plain = match.groups()
        _refuse_account(name)
        value = plain.strip() if braced is None else braced.replace("}}", "}")
        if get(attributes, name) is None:
            attributes[name] = value
        position = match.end()
    return attributes


def write(attributes: Mapping[str, str]) -> str:
    """The connection string; every value that is not plain is put in braces.

    It ends with a semicolon, since arrow-odbc appends to it.
    """
    return "".join(f"{name}={_written(value)};" for name, value in attributes.items())


def get(attributes: Mapping[str, str], *names: str) -> str | None:
    """The first of ``names`` that is given; ODBC knows no case in names."""
    lower = {name.lower(): value for name, value in attributes.items()}
    return next((lower[name.lower()] for name in names if name.lower() in lower), None)


def address(attributes: Mapping[str, str]) -> tuple[str, int] | None:
    """Host and TCP port, where both are told; a path of a socket has none."""
    host, port = get(attributes, *_HOSTS), get(attributes, "port")
    if host is None or port is None or not port.isdecimal() or host.startswith("/"):
        return None
    return host.removeprefix("tcp:"), int(port)


def _refuse_account(name: str) -> None:
    if name.lower() in _SECRETS | _ACCOUNTS:
        field = "password" if name.lower() in _SECRETS else "user"
        raise SettingsError(
            f"odbc: the connection string holds {name!r}; move it to the field {field!r}, "
            "which appears in no message"
        )


def _written(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    return "{" + value.replace("}", "}}") + "}"


def with_defaults(attributes: Mapping[str, str], defaults: Mapping[str, str]) -> dict[str, str]:
    """The attributes, and those of ``defaults`` that are not among them."""
    missing = {name: value for name, value in defaults.items() if get(attributes, name) is None}
    return {**attributes, **missing}
