"""Everything ``erp_resources`` raises; the class alone decides whether a retry can help.

ErpError
├── TransientError            try again, later or on a new session
│   ├── SourceUnavailable     refused, silent, starting up or shutting down
│   ├── ConnectionLost        the session died; every older session is suspect
│   ├── SourceBusy            locks, deadlocks, full resources
│   ├── SnapshotTooOld        the read point is gone: read again from a new one
│   ├── DeadlineExceeded      one call took longer than it may
│   ├── PoolTimeout           all our sessions were in use
│   └── PoolFull              too many of us were waiting already
└── PermanentError            a rerun cannot help
    ├── LoginRefused          never try again: accounts lock themselves
    ├── AccessDenied
    ├── TableNotFound
    ├── InvalidQuery
    ├── UnsupportedType
    ├── ValueDoesNotFit
    ├── SettingsError
    ├── PoolClosed
    └── ReconciliationFailed

A message is one sentence: system, object, remedy. The driver's error is the ``__cause__``.
"""

# ruff: noqa: N818 - each name is the condition, as the tree above reads; "Error" would not say more


class ErpError(Exception):
    """Base of the tree; never raised itself.

    Args:
        message: System, object and remedy in one sentence, lower case, without a full stop.
        code: The source's own code, e.g. ``ORA-00942``, for logs and counters.
    """

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


class TransientError(ErpError):
    """The same call may succeed later.

    Args:
        message: As in ``ErpError``.
        code: As in ``ErpError``.
        retry_after: Least seconds to wait before the next attempt, if the source asks for some.

    Attributes:
        given_up: Whether ``retry`` has given up on it: then nobody who called that tries again.
    """

    def __init__(
        self, message: str, *, code: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after
        self.given_up = False


class SourceUnavailable(TransientError):
    """No session can be opened: refused, no answer, listener down, starting or stopping."""


class ConnectionLost(TransientError):
    """An open session died; whoever holds older sessions of the same source must doubt them."""


class SourceBusy(TransientError):
    """The source works but not for us now: lock, deadlock, session limit, memory, shed load."""


class SnapshotTooOld(TransientError):
    """The source no longer keeps the past we read from; start the read again, in smaller pages."""


class DeadlineExceeded(TransientError):
    """One call did not finish by its deadline; the session may still be good."""


class PoolTimeout(TransientError):
    """No session came back in time; the source answers, our own sessions were all in use."""


class PoolFull(TransientError):
    """``max_waiting`` others wait for a session already; fail now rather than wait in vain."""


class PermanentError(ErpError):
    """A person must change something before the same call can succeed."""


class LoginRefused(PermanentError):
    """Wrong user, password or client, or a locked or expired account; a retry may lock it."""


class AccessDenied(PermanentError):
    """The account may not do this; the message names the object and the missing right."""


class TableNotFound(PermanentError):
    """The table does not exist for this account (sources do not tell absent from forbidden)."""


class InvalidQuery(PermanentError):
    """The source could not understand or execute the statement; also every unknown error code."""


class UnsupportedType(PermanentError):
    """A column has a type that this connector cannot carry exactly."""


class ValueDoesNotFit(PermanentError):
    """A value cannot be held exactly by the declared type; it is refused, never rounded."""


class SettingsError(PermanentError):
    """A setting is missing or contradicts another: host, service, certificate, limit."""


class PoolClosed(PermanentError):
    """The pool is draining or closed: this process is on its way out."""


class ReconciliationFailed(PermanentError):
    """What was read is not what the source says it holds; nothing was published."""
