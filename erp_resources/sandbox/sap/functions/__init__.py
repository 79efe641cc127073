"""The function modules, and which of them a system has."""

from collections.abc import Mapping
from types import MappingProxyType

from erp_resources.sandbox.sap.conversation import Handler, Module
from erp_resources.sandbox.sap.functions import (
    connections,
    dictionaries,
    read_table,
    typed,
    users,
)
from erp_resources.sandbox.sap.installation import ADD_ONS
from erp_resources.sandbox.sap.interfaces import FUNCTIONS
from erp_resources.sandbox.sap.system import System

_HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {**connections.HANDLERS, **dictionaries.HANDLERS, **read_table.HANDLERS, **users.HANDLERS}
)
_SINCE_STRINGS = ("GET_SORTED", "USE_ET_DATA_4_RETURN", "ET_DATA")
"""Parameters that RFC_READ_TABLE has in newer releases."""


def find(system: System, name: str) -> Module | None:
    """The function module of that name, if the system has it."""
    if name.startswith(typed.PREFIX):
        return typed.find(system, name)
    if name not in _HANDLERS or (name in ADD_ONS and name not in system.installation.add_ons):
        return None
    function = FUNCTIONS[name]
    if name == "RFC_READ_TABLE" and not system.installation.returns_strings:
        function = function.without(*_SINCE_STRINGS)
    return Module(function, _HANDLERS[name])
