"""Transaction manager requests, by which drivers begin and end transactions without SQL."""

from dataclasses import dataclass

from erp_resources.sandbox.sqlserver.codes import ISOLATION_LEVELS, TransactionRequest
from erp_resources.sandbox.sqlserver.primitives import ProtocolError, Reader

_BEGINS_NEXT = 0x01
"""fBeginXact: another transaction begins where this one ends."""


@dataclass(frozen=True)
class TransactionCall:
    """What one request asks for.

    Attributes:
        request: a ``TransactionRequest``, or the number of one that the sandbox does not know.
        begins: whether a transaction begins, by itself or behind the end of another.
        isolation: of the transaction that begins; ``None`` leaves the session's level.
        savepoint: name of what to roll back to; empty for the whole transaction.
    """

    request: int
    begins: bool = False
    isolation: str | None = None
    savepoint: str = ""

    def __str__(self) -> str:
        if self.savepoint:
            return "a rollback to a savepoint"
        return f"the transaction manager request {self.request}"


def read_transaction_call(reader: Reader) -> TransactionCall:
    """Read a request.

    Raises:
        ProtocolError: it is cut off, or its isolation level is none.
    """
    request = reader.uint(2)
    if request == TransactionRequest.BEGIN:
        isolation = _isolation(reader)
        _name(reader)
        return TransactionCall(request, begins=True, isolation=isolation)
    if request not in {TransactionRequest.COMMIT, TransactionRequest.ROLLBACK}:
        return TransactionCall(request)
    name = _name(reader)
    begins = bool(reader.byte() & _BEGINS_NEXT)
    isolation = _isolation(reader) if begins else None
    savepoint = name if request == TransactionRequest.ROLLBACK else ""
    return TransactionCall(request, begins, isolation, savepoint)


def _name(reader: Reader) -> str:
    """A transaction's name; its length is in bytes (B_VARBYTE)."""
    return reader.utf16(reader.byte() // 2)


def _isolation(reader: Reader) -> str | None:
    level = reader.byte()
    if level not in ISOLATION_LEVELS:
        raise ProtocolError(f"isolation level {level}")
    return ISOLATION_LEVELS[level]
