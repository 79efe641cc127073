"""Numbers of the TDS protocol: packets, tokens, flag bits, requests and features (MS-TDS 2.2)."""

import enum


class PacketType(enum.IntEnum):
    """First byte of a packet: what kind of message it belongs to."""

    SQL_BATCH = 1
    RPC = 3
    TABULAR_RESULT = 4
    ATTENTION = 6
    BULK_LOAD = 7
    TRANSACTION_MANAGER = 14
    LOGIN7 = 16
    PRELOGIN = 18


class Status(enum.IntFlag):
    """Second byte of a packet."""

    END_OF_MESSAGE = 0x01
    IGNORE = 0x02
    RESET_CONNECTION = 0x08
    RESET_CONNECTION_SKIP_TRANSACTION = 0x10


class Token(enum.IntEnum):
    """First byte of everything that an answer is made of."""

    RETURN_STATUS = 0x79
    COL_METADATA = 0x81
    ERROR = 0xAA
    INFO = 0xAB
    RETURN_VALUE = 0xAC
    LOGIN_ACK = 0xAD
    FEATURE_EXT_ACK = 0xAE
    ROW = 0xD1
    NBC_ROW = 0xD2
    ENV_CHANGE = 0xE3
    DONE = 0xFD
    DONE_PROC = 0xFE
    DONE_IN_PROC = 0xFF


class Done(enum.IntFlag):
    """Status of a DONE token."""

    FINAL = 0x00
    MORE = 0x01
    ERROR = 0x02
    COUNT = 0x10
    ATTENTION = 0x20


class Command(enum.IntEnum):
    """What kind of statement a DONE token ends; 0 where the protocol cannot know."""

    UNKNOWN = 0x00
    SELECT = 0xC1


class EnvChange(enum.IntEnum):
    """What an ENVCHANGE token announces."""

    DATABASE = 1
    LANGUAGE = 2
    PACKET_SIZE = 4
    COLLATION = 7
    BEGIN_TRANSACTION = 8
    COMMIT_TRANSACTION = 9
    ROLLBACK_TRANSACTION = 10
    RESET = 18


class PreLogin(enum.IntEnum):
    """Options of a PRELOGIN message."""

    VERSION = 0
    ENCRYPTION = 1
    INSTANCE = 2
    THREAD_ID = 3
    MARS = 4
    FEDERATED_AUTHENTICATION = 6
    TERMINATOR = 0xFF


class Encryption(enum.IntEnum):
    """Values of the PRELOGIN option ENCRYPTION."""

    OFF = 0
    """Possible, but wanted for the login only."""

    ON = 1
    NOT_SUPPORTED = 2
    REQUIRED = 3


class Feature(enum.IntEnum):
    """Features that a LOGIN7 message may ask for; only those that are granted are listed."""

    UTF8_SUPPORT = 0x0A
    TERMINATOR = 0xFF


class TransactionRequest(enum.IntEnum):
    """What a transaction manager request asks for."""

    BEGIN = 5
    COMMIT = 7
    ROLLBACK = 8


ISOLATION_LEVELS = {
    0: None,
    1: "READ UNCOMMITTED",
    2: "READ COMMITTED",
    3: "REPEATABLE READ",
    4: "SERIALIZABLE",
    5: "SNAPSHOT",
}
"""By the number in a transaction manager request; ``None`` leaves the session's level."""

PROCEDURES = {
    1: "sp_cursor",
    2: "sp_cursoropen",
    3: "sp_cursorprepare",
    4: "sp_cursorexecute",
    5: "sp_cursorprepexec",
    6: "sp_cursorunprepare",
    7: "sp_cursorfetch",
    8: "sp_cursoroption",
    9: "sp_cursorclose",
    10: "sp_executesql",
    11: "sp_prepare",
    12: "sp_execute",
    13: "sp_prepexec",
    14: "sp_prepexecrpc",
    15: "sp_unprepare",
}
"""Names of the procedures that an RPC may call by number."""

TDS_7_4 = 0x74000004
TDS_8_0 = 0x08000000
SERVER_NAME = "ERP-SANDBOX"
SERVER_VERSION = (16, 0, 4135)
"""The release that the server says it is: SQL Server 2022."""

COLLATION = b"\x09\x04\xd0\x00\x34"
"""SQL_Latin1_General_CP1_CI_AS, whose code page is 1252."""

NOT_IN_THE_SANDBOX = 40000
"""Number of the error that refuses what a real server would do."""

TOO_MANY_PARAMETERS = 8003
MOST_PARAMETERS = 2_100
"""Parameters of one call, those of sp_executesql itself counted."""
