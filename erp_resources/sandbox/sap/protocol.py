"""The sandbox's own protocol between the stand-in SDK (``cpp/standin``) and its SAP server.

SAP's RFC protocol is not public; where the sandbox needs one is *behind* the SDK's C functions, and
this is it. TCP to port 3300 + system number, on loopback. Little-endian throughout.

Frame: ``u32`` length of what follows, ``u8`` message, payload. One answer for each request.
``text``: ``u32`` count of UTF-16 units, then the units. ``bytes``: ``u32`` count, then the bytes.

==============  ==================================================  ===========================
request         payload                                             answer
==============  ==================================================  ===========================
LOGON           u16 n, n x (text name, text value): the connection  LOGGED_ON: u16 n, n x (text
                parameters of the client, names in upper case       name, text): RFC_ATTRIBUTES
DESCRIBE        text function                                       DESCRIBED (below)
DESCRIBE_TYPE   text structure                                      TYPE_DESCRIBED: one type
INVOKE          text function, u16 n, n x parameter                 RETURNED: u16 n, n x parameter
PING            nothing                                             PONG: nothing
CLOSE           nothing                                             none, the connection ends
==============  ==================================================  ===========================

A client cancels a call by closing the socket. FAILED may answer any request: ``u32`` RFC_RC,
``u32`` RFC_ERROR_GROUP, text key, text message, text class, text type ("E", "A", …), text number, 4
x text (message variables), ``u8`` 1 if the conversation is over.

DESCRIBED: text function, u16 n, n x (text name, u8 direction as RFC_DIRECTION, u8 type as RFCTYPE,
text structure or "", u32 nucLength, u32 ucLength, u32 decimals, u8 optional, text default, text
description), then u16 m, m x type: every structure named, nested ones included.

type: text name, u32 nucLength, u32 ucLength, u16 n, n x (text name, u8 type, text structure or "",
u32 nucLength, u32 nucOffset, u32 ucLength, u32 ucOffset, u32 decimals).

parameter: text name, u8 type, value. The value of a scalar is ``u32`` 1 row, of a structure 1 row,
of a table n rows: ``u32`` rows, ``u32`` row length in bytes (= ucLength), rows x length bytes in
the ABAP layout (fields at ucOffset), then ``u32`` heap length and the heap. In a row CHAR, NUMC,
DATS, TIMS are UTF-16 units padded with blanks (NUMC with zeros), BYTE its bytes, BCD packed decimal
(nucLength bytes, sign nibble C or D), INT1, INT2, INT4, INT8 and FLOAT little-endian, UTCLONG an
``i64`` of 100 ns since 0001-01-01 plus 1 (0 is initial), STRING and XSTRING ``u32`` offset and
``u32`` byte length in the heap (STRING as UTF-16).
"""

from enum import IntEnum


class Message(IntEnum):
    """First byte of a frame."""

    LOGON = 1
    DESCRIBE = 2
    DESCRIBE_TYPE = 3
    INVOKE = 4
    PING = 5
    CLOSE = 6
    LOGGED_ON = 65
    DESCRIBED = 66
    TYPE_DESCRIBED = 67
    RETURNED = 68
    PONG = 69
    FAILED = 127


class RfcType(IntEnum):
    """RFCTYPE of the SDK, as open bindings to it list the numbers."""

    CHAR = 0
    DATE = 1
    BCD = 2
    TIME = 3
    BYTE = 4
    TABLE = 5
    NUM = 6
    FLOAT = 7
    INT = 8
    INT2 = 9
    INT1 = 10
    STRUCTURE = 17
    STRING = 29
    XSTRING = 30
    INT8 = 31
    UTCLONG = 32


class Direction(IntEnum):
    """RFC_DIRECTION, named from the function module's side."""

    IMPORT = 1
    EXPORT = 2
    CHANGING = 3
    TABLES = 7


FIRST_PORT = 3300
"""Port of system number 00."""
