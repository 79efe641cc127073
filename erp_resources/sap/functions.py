"""Calls of functions and BAPIs that are on the allow list, and what their RETURN messages mean."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from erp_resources.errors import AccessDenied, InvalidQuery
from erp_resources.sap.connection import ROLLBACK, SapSession

COMMIT = "BAPI_TRANSACTION_COMMIT"
FAILURES = frozenset("EAX")
"""Types of BAPI messages that mean that nothing was done: error, abend, exit."""


@dataclass(frozen=True)
class BapiMessage:
    """One message of a BAPI's RETURN."""

    type: str
    message_class: str
    number: str
    text: str

    @property
    def is_failure(self) -> bool:
        """Whether it says that the call failed."""
        return self.type in FAILURES

    def __str__(self) -> str:
        return f"{self.type} {self.message_class}/{self.number}: {self.text}".rstrip(": ")


def refuse_unlisted(system: str, function: str, allowed: Collection[str]) -> None:
    """Refuse a function that is not on the list.

    Raises:
        AccessDenied: naming the setting.
    """
    if function not in allowed:
        raise AccessDenied(
            f"{system}: function {function!r} is not on the list of functions that may be called; "
            "add it to the setting `functions`"
        )


def called(
    session: SapSession, function: str, parameters: Mapping[str, object], *, commit: bool
) -> dict[str, object]:
    """Call a function; commit on the same connection only if that is asked for and it succeeded.

    Raises:
        InvalidQuery: RETURN holds a message of type E, A or X; what was done is rolled back.
    """
    session.is_changed = True
    outputs = session.call(function, parameters)
    failures = [message for message in messages(outputs) if message.is_failure]
    if failures:
        session.call(ROLLBACK, {})
        session.is_changed = False
        raise _failed(session.system, function, failures)
    if commit:
        _commit(session, function)
    return outputs


def messages(outputs: Mapping[str, object]) -> Iterator[BapiMessage]:
    """The messages in RETURN, which is a structure or a table, if there is one."""
    found = outputs.get("RETURN", ())
    for row in (found,) if isinstance(found, Mapping) else found if isinstance(found, list) else ():
        if row.get("TYPE"):
            number = str(row.get("NUMBER", row.get("CODE", "")))
            yield BapiMessage(row["TYPE"], row.get("ID", ""), number, row.get("MESSAGE", ""))


def _commit(session: SapSession, function: str) -> None:
    outputs = session.call(COMMIT, {"WAIT": "X"})
    failures = [message for message in messages(outputs) if message.is_failure]
    if failures:
        raise _failed(session.system, f"{function} (its commit)", failures)
    session.is_changed = False


def _failed(system: str, function: str, failures: list[BapiMessage]) -> InvalidQuery:
    first = failures[0]
    said = "; ".join(map(str, failures[:3]))
    return InvalidQuery(
        f"{system}: {function}: {said}", code=f"{first.message_class}/{first.number}"
    )
