"""Connection attributes for Microsoft's driver and for FreeTDS, and what they must not be.

How a session is opened and closed is ``erp_resources.odbc.connection``'s affair.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import structlog

from erp_resources.errors import SettingsError
from erp_resources.odbc import drivers

PRODUCT = "SQL Server"
AUTO = "auto"
APPLICATION = "erp-assets"
TDS_VERSION = "7.4"

Encrypt = Literal["yes", "no", "strict"]
Intent = Literal["ReadWrite", "ReadOnly"]


@dataclass(frozen=True)
class Endpoint:
    """One database of one server, and how it is to be reached.

    Attributes:
        system: key of the system, which begins messages.
        host: name or address, without an instance.
        encrypt: ``strict`` is TDS 8.0: TLS comes first, as of SQL Server 2022.
        trust_server_certificate: take any certificate; whoever is in between can read along.
        server_certificate: file of the one certificate that is taken; ``strict`` only.
        application_intent: ``ReadOnly`` leads to a readable secondary of an availability group.
    """

    system: str
    host: str
    port: int
    database: str
    encrypt: Encrypt = "yes"
    trust_server_certificate: bool = False
    server_certificate: str | None = None
    allow_unencrypted: bool = False
    application: str = APPLICATION
    application_intent: Intent = "ReadWrite"


def attributes(endpoint: Endpoint, driver: drivers.Driver) -> dict[str, str]:
    """The connection attributes for ``driver``, without user and password.

    Raises:
        SettingsError: they would be unsafe, or the driver cannot do what they ask for.
    """
    _refuse_contradictions(endpoint)
    common = {
        "Driver": driver.attribute,
        "Database": endpoint.database,
        "APP": endpoint.application,
        "ApplicationIntent": endpoint.application_intent,
    }
    if is_freetds(driver):
        return common | _of_freetds(endpoint)
    return common | _of_microsoft(endpoint)


def refuse_inexpressible(system: str, driver: drivers.Driver, settings: Mapping[str, str]) -> None:
    """Refuse values that would arrive as others: a garbled password counts as a wrong one.

    Raises:
        SettingsError: naming the setting, not its value.
    """
    garbled, what = _GARBLED[is_freetds(driver)]
    for name, value in settings.items():
        if garbled.search(value):
            raise SettingsError(f"{system}: the {name} holds {what}")


_GARBLED = {
    False: (
        re.compile(r"[^\0-\uffff]"),
        "a character beyond Unicode's basic plane, which unixODBC garbles; change it",
    ),
    True: (
        re.compile(r"\}|[^\0-\x7f]"),
        "'}' or a letter beyond ASCII, which FreeTDS misreads; use Microsoft's driver",
    ),
}
"""What cannot stand in a connection string, and why, for other drivers and for FreeTDS (1.3.17)."""


def find_driver(wanted: str, system: str) -> drivers.Driver:
    """The driver of a name or at a path; ``auto`` is Microsoft's if there is one, else FreeTDS.

    Raises:
        SettingsError: there is none; the message says what installs it.
    """
    found = drivers.find(PRODUCT if wanted == AUTO else wanted)
    if wanted == AUTO and is_freetds(found):
        log = structlog.get_logger(__name__)
        log.warning(
            "FreeTDS is used, which verifies no certificates by itself",
            system=system,
            remedy=drivers.INSTALL_HINTS[PRODUCT],
        )
    return found


def is_freetds(driver: drivers.Driver) -> bool:
    """Whether it is FreeTDS, by its name or file."""
    text = f"{driver.name} {driver.path}".lower()
    return "freetds" in text or "tdsodbc" in text


def _of_microsoft(endpoint: Endpoint) -> dict[str, str]:
    found = {
        "Server": f"tcp:{endpoint.host},{endpoint.port}",
        "Encrypt": endpoint.encrypt,
        "TrustServerCertificate": "yes" if endpoint.trust_server_certificate else "no",
        # The driver would mend a broken session silently, without its transaction.
        "ConnectRetryCount": "0",
    }
    if endpoint.server_certificate is not None:
        found["ServerCertificate"] = endpoint.server_certificate
    return found


def _of_freetds(endpoint: Endpoint) -> dict[str, str]:
    if endpoint.encrypt == "strict":
        raise SettingsError(
            f"{endpoint.system}: FreeTDS has no strict encryption; install Microsoft's driver: "
            f"{drivers.INSTALL_HINTS[PRODUCT]}"
        )
    if endpoint.encrypt == "yes" and not endpoint.trust_server_certificate:
        raise SettingsError(
            f"{endpoint.system}: FreeTDS verifies no certificate unless freetds.conf names a "
            "`ca file`; set `trust_server_certificate` if it does, or if any certificate will do, "
            "or install Microsoft's driver (extra 'sqlserver')"
        )
    return {
        "Server": endpoint.host,
        "Port": str(endpoint.port),
        "TDS_Version": TDS_VERSION,
        "ClientCharset": "UTF-8",
        "Encryption": "off" if endpoint.encrypt == "no" else "require",
    }


def _refuse_contradictions(endpoint: Endpoint) -> None:
    if "\\" in endpoint.host or "," in endpoint.host:
        raise SettingsError(
            f"{endpoint.system}: {endpoint.host!r} is not a host; for a named instance give its "
            "TCP port, which SQL Server Configuration Manager shows, and the host alone"
        )
    unsafe = endpoint.encrypt == "no" and not endpoint.allow_unencrypted
    if unsafe and not is_loopback(endpoint.host):
        raise SettingsError(
            f"{endpoint.system}: without encryption the password travels readably to "
            f"{endpoint.host!r}; set `encrypt` to yes, or `allow_unencrypted` if that is meant"
        )
    if endpoint.server_certificate is not None and endpoint.encrypt != "strict":
        raise SettingsError(
            f"{endpoint.system}: `server_certificate` counts with `encrypt: strict` only; else "
            "add the certificate's authority to the system's store, or name its file in the "
            "environment variable SSL_CERT_FILE"
        )


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine, so that nothing travels."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
