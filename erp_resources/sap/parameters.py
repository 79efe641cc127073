"""Connection parameters of the NW RFC SDK: which go together, their shapes, and what is secret."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from erp_resources.errors import SettingsError

PARAMETERS: Mapping[str, str] = MappingProxyType(
    {
        "host": "ASHOST",
        "system_number": "SYSNR",
        "message_server": "MSHOST",
        "message_service": "MSSERV",
        "system_id": "R3NAME",
        "group": "GROUP",
        "router": "SAPROUTER",
        "websocket_host": "WSHOST",
        "websocket_port": "WSPORT",
        "destination": "DEST",
        "client": "CLIENT",
        "language": "LANG",
        "user": "USER",
        "password": "PASSWD",
        "ticket": "MYSAPSSO2",
        "certificate": "X509CERT",
        "snc_partner": "SNC_PARTNERNAME",
        "snc_name": "SNC_MYNAME",
        "snc_library": "SNC_LIB",
        "snc_protection": "SNC_QOP",
    }
)
"""What the SDK calls each of our settings."""

SECRETS = frozenset({"PASSWD", "MYSAPSSO2", "X509CERT", "SAPROUTER"})
"""Parameters whose values appear in no message, log or repr; a route may hold passwords (/W/)."""

ROUTES = ("ASHOST", "MSHOST", "WSHOST", "DEST")
"""What says where the system is; exactly one of them is given."""

_SHAPES: Mapping[str, tuple[re.Pattern[str], str]] = MappingProxyType(
    {
        "SYSNR": (re.compile(r"\d\d"), "two digits"),
        "CLIENT": (re.compile(r"\d{3}"), "three digits"),
        "LANG": (re.compile(r"[A-Za-z]{2}|[A-Z0-9]"), "two letters or SAP's one"),
        "SAPROUTER": (re.compile(r"(?:/[HSWP]/[^/\s]+)+/?(?:H/)?"), "as /H/router/S/3299/H/"),
        "SNC_QOP": (re.compile(r"[12389]"), "1, 2, 3, 8 or 9"),
        "SNC_PARTNERNAME": (re.compile(r"[ps]:.+"), "as p:CN=PRD, O=Company"),
        "SNC_MYNAME": (re.compile(r"[ps]:.+"), "as p:CN=reader, O=Company"),
        "X509CERT": (re.compile(r"[A-Za-z0-9+/=\s]+"), "a certificate in base64, without BEGIN"),
        "MYSAPSSO2": (re.compile(r"[A-Za-z0-9+/=!%]+"), "a logon ticket in base64"),
        "WSPORT": (re.compile(r"\d{1,5}"), "a TCP port"),
        "MSSERV": (re.compile(r"\d{1,5}|sapms\w{3}"), "a TCP port or sapms and the system ID"),
        "R3NAME": (re.compile(r"[A-Z][A-Z0-9]{2}"), "a system ID of three characters"),
    }
)
_COMPANIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"ASHOST": ("SYSNR",), "MSHOST": ("R3NAME", "GROUP"), "WSHOST": ("WSPORT",)}
)


@dataclass(frozen=True)
class LogonParams:
    """One system and one user on it, as the SDK names things.

    Attributes:
        system: key of the system, which begins messages.
        values: parameters of RfcOpenConnection by name.
        ini_path: folder of ``sapnwrfc.ini``, for DEST.
    """

    system: str
    values: Mapping[str, str] = field(repr=False)
    ini_path: str | None = None

    @property
    def address(self) -> str:
        """Where it connects, as a person writes it, and as whom; without any secret."""
        shown = ("ASHOST", "SYSNR", "MSHOST", "R3NAME", "GROUP", "WSHOST", "WSPORT", "DEST")
        where = ":".join(self.values[name] for name in shown if name in self.values)
        return f"{where} client {self.values.get('CLIENT', '?')}"


def named(settings: Mapping[str, str]) -> dict[str, str]:
    """The SDK's parameters for those settings that name one."""
    values = {name: settings[ours] for ours, name in PARAMETERS.items() if settings.get(ours)}
    return values | ({"SNC_MODE": "1"} if "SNC_PARTNERNAME" in values else {})


def checked(system: str, given: Mapping[str, str]) -> dict[str, str]:
    """The parameters that are not empty, if they can be right together.

    Raises:
        SettingsError: naming the parameter, and its value if that is no secret.
    """
    values = {name: value for name, value in given.items() if value}
    for name, value in values.items():
        _refuse_shape(system, name, value)
    _refuse_route(system, values)
    _refuse_credentials(system, values)
    return values


def _refuse_shape(system: str, name: str, value: str) -> None:
    if not value.isprintable():
        raise SettingsError(f"{system}: {name} holds a control character")
    pattern, shape = _SHAPES.get(name, (None, ""))
    if pattern is not None and not pattern.fullmatch(value):
        shown = "its value" if name in SECRETS else repr(value)
        raise SettingsError(f"{system}: {name} is {shape}, which {shown} is not")


def _refuse_route(system: str, values: Mapping[str, str]) -> None:
    routes = [name for name in ROUTES if name in values]
    if len(routes) != 1:
        raise SettingsError(
            f"{system}: give one of an application server, a message server, a WebSocket host and "
            f"a destination of sapnwrfc.ini, not {' and '.join(routes) or 'none'}"
        )
    missing = [name for name in _COMPANIONS.get(routes[0], ()) if name not in values]
    if missing:
        raise SettingsError(f"{system}: {routes[0]} also needs {', '.join(missing)}")


def _refuse_credentials(system: str, values: Mapping[str, str]) -> None:
    if "DEST" in values:
        return
    if "CLIENT" not in values:
        raise SettingsError(f"{system}: CLIENT is missing")
    if values.get("SNC_MODE") == "1" and "SNC_PARTNERNAME" not in values:
        raise SettingsError(f"{system}: SNC also needs SNC_PARTNERNAME")
    password = "USER" in values and "PASSWD" in values
    other = "MYSAPSSO2" in values or "X509CERT" in values or values.get("SNC_MODE") == "1"
    if not (password or other):
        raise SettingsError(
            f"{system}: no credential; give user and password, a ticket, a certificate or SNC"
        )
