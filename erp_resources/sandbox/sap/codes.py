"""Numbers of the SDK that the server names: return codes, and the group that each belongs to."""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType


class ReturnCode(IntEnum):
    """RFC_RC, as far as a server causes it."""

    COMMUNICATION_FAILURE = 1
    LOGON_FAILURE = 2
    ABAP_RUNTIME_FAILURE = 3
    ABAP_MESSAGE = 4
    ABAP_EXCEPTION = 5
    INVALID_PARAMETER = 20
    ABAP_CLASS_EXCEPTION = 27


class ErrorGroup(IntEnum):
    """RFC_ERROR_GROUP."""

    ABAP_APPLICATION_FAILURE = 1
    ABAP_RUNTIME_FAILURE = 2
    LOGON_FAILURE = 3
    COMMUNICATION_FAILURE = 4
    EXTERNAL_RUNTIME_FAILURE = 5


GROUPS: Mapping[ReturnCode, ErrorGroup] = MappingProxyType(
    {
        ReturnCode.COMMUNICATION_FAILURE: ErrorGroup.COMMUNICATION_FAILURE,
        ReturnCode.LOGON_FAILURE: ErrorGroup.LOGON_FAILURE,
        ReturnCode.ABAP_RUNTIME_FAILURE: ErrorGroup.ABAP_RUNTIME_FAILURE,
        ReturnCode.ABAP_MESSAGE: ErrorGroup.ABAP_RUNTIME_FAILURE,
        ReturnCode.ABAP_EXCEPTION: ErrorGroup.ABAP_APPLICATION_FAILURE,
        ReturnCode.INVALID_PARAMETER: ErrorGroup.EXTERNAL_RUNTIME_FAILURE,
        ReturnCode.ABAP_CLASS_EXCEPTION: ErrorGroup.ABAP_APPLICATION_FAILURE,
    }
)
"""The group of each return code."""
