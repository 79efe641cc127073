"""What makes one system differ from another: its release, its clients, its add-ons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

AddOn = Literal[
    "BBP_RFC_READ_TABLE",
    "/BODS/RFC_READ_TABLE",
    "/SAPDS/RFC_READ_TABLE",
    "/SAPDS/RFC_READ_TABLE2",
]
"""Function modules that read tables and that some systems have."""

ADD_ONS: frozenset[AddOn] = frozenset(
    {
        "BBP_RFC_READ_TABLE",
        "/BODS/RFC_READ_TABLE",
        "/SAPDS/RFC_READ_TABLE",
        "/SAPDS/RFC_READ_TABLE2",
    }
)

ISO_LANGUAGES: Mapping[str, str] = MappingProxyType(
    {"E": "EN", "D": "DE", "F": "FR", "S": "ES", "I": "IT", "J": "JA", "P": "PT", "1": "ZH"}
)
"""ISO codes of SAP's one-letter languages."""


@dataclass(frozen=True)
class Installation:
    """What is installed.

    Attributes:
        sid: the system's ID.
        release: of SAP_BASIS.
        kernel: release of the kernel.
        clients: the clients there are.
        languages: the languages that users may log on in.
        returns_strings: whether RFC_READ_TABLE knows ET_DATA and GET_SORTED, as newer releases do.
        add_ons: which further modules read tables.
        typed_tables: tables for which a customer has written ``Z_ERP_READ_<TABLE>``.
        views: views by name, and the table that each shows.
        clusters: tables that are kept in a cluster.
        is_unsorted: whether rows come in another order at each call unless it asks for one, as a
            database may well give them.
    """

    sid: str = "HQ1"
    release: str = "757"
    kernel: str = "793"
    clients: tuple[str, ...] = ("100", "200")
    languages: tuple[str, ...] = ("E", "D")
    returns_strings: bool = True
    add_ons: frozenset[AddOn] = frozenset()
    typed_tables: frozenset[str] = frozenset()
    views: Mapping[str, str] = field(default_factory=lambda: {"V_T001": "T001"})
    clusters: frozenset[str] = frozenset()
    is_unsorted: bool = False
