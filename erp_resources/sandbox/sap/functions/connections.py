"""Function modules that try a connection: ping, system information, echoes, errors at will."""

from collections.abc import Mapping
from datetime import UTC, datetime

from erp_resources.sandbox.sap.codes import ReturnCode
from erp_resources.sandbox.sap.conversation import Call, Handler, Value
from erp_resources.sandbox.sap.errors import Message, RfcError, abap_exception, dump
from erp_resources.sandbox.sap.records import Scalar

_DIVISION = "Division by 0 (type I or INT8)"
_HOST = "sandbox"


def _ping(_: Call) -> Mapping[str, Value]:
    return {}


def _ping_and_wait(call: Call) -> Mapping[str, Value]:
    call.conversation.pause(call.number("SECONDS"))
    return {}


def _system_info(call: Call) -> Mapping[str, Value]:
    installation = call.conversation.system.installation
    information = {
        "RFCPROTO": "011",
        "RFCCHARTYP": "4103",
        "RFCINTTYP": "LIT",
        "RFCFLOTYP": "IE3",
        "RFCDEST": f"{_HOST}_{installation.sid}_00",
        "RFCHOST": _HOST,
        "RFCSYSID": installation.sid,
        "RFCDATABS": installation.sid,
        "RFCDBHOST": _HOST,
        "RFCDBSYS": "HDB",
        "RFCSAPRL": installation.release,
        "RFCMACH": "390",
        "RFCOPSYS": "Linux",
        "RFCTZONE": "0",
        "RFCIPADDR": "127.0.0.1",
        "RFCKERNRL": installation.kernel,
        "RFCHOST2": _HOST,
        "RFCIPV6ADDR": "::1",
    }
    return {
        "CURRENT_RESOURCES": 5,
        "MAXIMAL_RESOURCES": 5,
        "RECOMMENDED_DELAY": 0,
        "RFCSI_EXPORT": information,
    }


def _greeting(call: Call) -> str:
    talk, now = call.conversation, datetime.now(UTC)
    installation = talk.system.installation
    return (
        f"SAP R/3 Rel. {installation.release}   Sysid: {installation.sid}      "
        f"Date: {now:%Y%m%d}   Time: {now:%H%M%S}   "
        f"Logon_Data: {talk.client}/{talk.user.name}/{talk.language}"
    )


def _echo(call: Call) -> Mapping[str, Value]:
    return {"ECHOTEXT": call.text("REQUTEXT"), "RESPTEXT": _greeting(call)}


def _structure(call: Call) -> Mapping[str, Value]:
    """Return the structure as it came, and once more in the table with most fields changed."""
    given, now = call.record("IMPORTSTRUCT"), datetime.now(UTC)
    changed: dict[str, Scalar] = {
        **given,
        "RFCFLOAT": float(given.get("RFCFLOAT", 0.0)) + 1,
        "RFCINT1": (_whole(given, "RFCINT1") + 1) % 256,
        "RFCINT2": _whole(given, "RFCINT2") + 1,
        "RFCINT4": _whole(given, "RFCINT4") + 1,
        "RFCHEX3": b"\xf1\xf2\xf3",
        "RFCCHAR1": "X",
        "RFCCHAR2": "YZ",
        "RFCCHAR4": call.conversation.system.installation.sid,
        "RFCDATE": f"{now:%Y%m%d}",
        "RFCTIME": f"{now:%H%M%S}",
    }
    return {
        "ECHOSTRUCT": given,
        "RESPTEXT": _greeting(call),
        "RFCTABLE": [*call.table("RFCTABLE"), changed],
    }


def _whole(record: Mapping[str, Scalar], name: str) -> int:
    value = record.get(name, 0)
    return value if isinstance(value, int) else 0


def _raise(call: Call) -> Mapping[str, Value]:
    """Fail in the way that METHOD or MESSAGETYPE asks for."""
    kind = call.text("MESSAGETYPE") or "E"
    errors = {
        "1": abap_exception("RAISE_EXCEPTION", Message("SR", "E", "006", ("STRING",))),
        "2": abap_exception("RAISE_EXCEPTION"),
        "3": dump("COMPUTE_INT_ZERODIVIDE", _DIVISION),
        "36": RfcError(ReturnCode.ABAP_MESSAGE, _DIVISION, _DIVISION),
        "51": dump("BLOCKED_COMMIT", "A database commit was blocked by the application."),
    }
    text = "Function not supported"
    if kind == "X":
        key, text = "MESSAGE_TYPE_X", "The current application has triggered a termination."
    else:
        key = text
    message = RfcError(ReturnCode.ABAP_MESSAGE, key, text, Message("SR", kind, "006"))
    raise errors.get(call.text("METHOD"), message)


HANDLERS: Mapping[str, Handler] = {
    "RFC_PING": _ping,
    "RFC_PING_AND_WAIT": _ping_and_wait,
    "RFC_SYSTEM_INFO": _system_info,
    "STFC_CONNECTION": _echo,
    "STFC_STRUCTURE": _structure,
    "RFC_RAISE_ERROR": _raise,
}
