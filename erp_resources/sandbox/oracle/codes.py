"""Numbers of the Oracle Net and TTC protocols: packets, messages, functions and flag bits."""

import enum


class PacketType(enum.IntEnum):
    """Kinds of Oracle Net packets that this server reads or writes."""

    CONNECT = 1
    ACCEPT = 2
    REFUSE = 4
    DATA = 6
    MARKER = 12


class DataFlag(enum.IntFlag):
    """Flags in the first two bytes of a DATA packet's body."""

    END_OF_FILE = 0x0040
    END_OF_RESPONSE = 0x2000


class Marker(enum.IntEnum):
    """What a MARKER packet says."""

    BREAK = 1
    RESET = 2
    INTERRUPT = 3


class MessageType(enum.IntEnum):
    """First byte of every TTC message."""

    PROTOCOL = 1
    DATA_TYPES = 2
    FUNCTION = 3
    ERROR = 4
    ROW_HEADER = 6
    ROW_DATA = 7
    PARAMETER = 8
    STATUS = 9
    LOB_DATA = 14
    DESCRIBE = 16
    PIGGYBACK = 17
    ONE_WAY_FUNCTION = 26
    END_OF_RESPONSE = 29
    TOKEN = 33
    FAST_AUTH = 34


class FunctionCode(enum.IntEnum):
    """Functions that a client calls, and those it sends ahead of a call (piggybacks)."""

    REEXECUTE = 4
    FETCH = 5
    LOGOFF = 9
    COMMIT = 14
    ROLLBACK = 15
    REEXECUTE_AND_FETCH = 78
    EXECUTE = 94
    LOB_OPERATION = 96
    CLOSE_CURSORS = 105
    AUTH_PHASE_TWO = 115
    AUTH_PHASE_ONE = 118
    END_TO_END_ATTRIBUTES = 135
    PING = 147
    SET_SCHEMA = 152
    SET_KEY_VALUES = 154
    SESSION_STATE = 176
    PIPELINE_BEGIN = 199
    PIPELINE_END = 200


class ExecuteOption(enum.IntFlag):
    """What an execute call is to do with its cursor."""

    PARSE = 0x01
    BIND = 0x08
    DEFINE = 0x10
    EXECUTE = 0x20
    FETCH = 0x40
    COMMIT = 0x100
    NOT_PLSQL = 0x8000
    DESCRIBE = 0x20000
    BATCH_ERRORS = 0x80000


class ExecuteFlag(enum.IntFlag):
    """Modes of an execute call."""

    SCROLLABLE = 0x02
    DML_ROW_COUNTS = 0x4000


class LobOperation(enum.IntEnum):
    """What a LOB call is to do."""

    LENGTH = 0x0001
    READ = 0x0002
    TRIM = 0x0020
    WRITE = 0x0040
    CREATE_TEMPORARY = 0x0110
    CHUNK_SIZE = 0x4000
    OPEN = 0x8000
    CLOSE = 0x10000
    IS_OPEN = 0x11000


UTF8_CHARSET = 873
UTF16_CHARSET = 2000

CALL_IN_TRANSACTION = 0x2
"""Bit of the call status: the session holds uncommitted changes."""

NO_DATA_FOUND = 1403
INVALID_CURSOR = 1001
CANCELLED = 1013
NOT_IMPLEMENTED = 3001
