"""How a call ends that does not succeed: exceptions of function modules, dumps, refused logons."""

from dataclasses import dataclass

from erp_resources.sandbox.sap.codes import GROUPS, ErrorGroup, ReturnCode


@dataclass(frozen=True)
class Message:
    """A message of table T100: its class, type (E, A, …), number and variables."""

    message_class: str = ""
    type: str = ""
    number: str = ""
    variables: tuple[str, ...] = ()

    def __str__(self) -> str:
        """As the SDK tells of the message of an exception."""
        if not self.message_class:
            return ""
        parts = (f"ID:{self.message_class}", f"Type:{self.type}", f"Number:{self.number}")
        return " ".join((*parts, *self.variables))


NO_MESSAGE = Message()


class RfcError(Exception):
    """What a client finds in its RFC_ERROR_INFO; ``ends_conversation`` as after every dump."""

    def __init__(
        self, code: ReturnCode, key: str, text: str, message: Message = NO_MESSAGE
    ) -> None:
        super().__init__(f"{key}: {text}")
        self.code = code
        self.key = key
        self.text = text
        self.message = message

    @property
    def group(self) -> ErrorGroup:
        """The group of the return code."""
        return GROUPS[self.code]

    @property
    def ends_conversation(self) -> bool:
        """Whether the connection is of no use after it."""
        return self.group is not ErrorGroup.ABAP_APPLICATION_FAILURE


def abap_exception(key: str, message: Message = NO_MESSAGE) -> RfcError:
    """An exception that a function module declares and raises; the conversation goes on."""
    return RfcError(ReturnCode.ABAP_EXCEPTION, key, str(message) or key, message)


def dump(key: str, text: str) -> RfcError:
    """A runtime error: a short dump in the system, and the end of the conversation."""
    return RfcError(ReturnCode.ABAP_RUNTIME_FAILURE, key, text)


def logon_failure(text: str) -> RfcError:
    """A logon that is refused."""
    return RfcError(ReturnCode.LOGON_FAILURE, "RFC_LOGON_FAILURE", text)


def no_function(name: str) -> RfcError:
    """There is no remote-enabled function module of that name."""
    return abap_exception("FU_NOT_FOUND", Message("FL", "E", "046", (name,)))


def no_rfc_authority(function: str) -> RfcError:
    """The user lacks S_RFC for a function module; to the caller this is a dump."""
    return dump("RFC_NO_AUTHORITY", f"No RFC authorization for function module {function}.")
