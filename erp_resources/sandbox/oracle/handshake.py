"""The first exchange on a connection: CONNECT, ACCEPT or REFUSE, then capabilities and types."""

import re
import struct
from dataclasses import dataclass

from erp_resources.sandbox.oracle.codes import (
    UTF8_CHARSET,
    UTF16_CHARSET,
    MessageType,
    PacketType,
)
from erp_resources.sandbox.oracle.primitives import Reader, encode_bytes
from erp_resources.sandbox.oracle.profiles import Profile
from erp_resources.sandbox.oracle.transport import DisconnectedError, Transport

UNKNOWN_SERVICE = 12514
NO_HANDLER = 12520
_MAX_SDU = 65535
_MIN_SDU = 512
_HEADER_SIZE = 8
_LONG_SDU_OFFSET = 50
_FIXED_SIZE = 58
_CONNECT_LAYOUT = ">10H"


@dataclass(frozen=True)
class ConnectRequest:
    """What a client asks of the listener."""

    net_version: int
    sdu: int
    descriptor: str

    @property
    def service(self) -> str:
        """The service name, or the SID, in capitals; empty if there is none."""
        found = re.search(r"\((?:SERVICE_NAME|SID)=([^)]*)\)", self.descriptor, re.IGNORECASE)
        return found.group(1).upper() if found else ""

    @property
    def wants_pooled_server(self) -> bool:
        """Whether the client asks for database resident connection pooling."""
        return "(SERVER=POOLED)" in self.descriptor.upper()


def read_connect(transport: Transport) -> ConnectRequest:
    """Read the CONNECT packet and, if the descriptor is long, the packet behind it.

    Raises:
        DisconnectedError: it is something else.
    """
    packet = transport.read_packet()
    if packet.type != PacketType.CONNECT or len(packet.body) < _FIXED_SIZE:
        raise DisconnectedError
    fields = struct.unpack(_CONNECT_LAYOUT, packet.body[:20])
    net_version, size, offset = fields[0], fields[8], fields[9] - _HEADER_SIZE
    sdu = struct.unpack_from(">I", packet.body, _LONG_SDU_OFFSET)[0]
    text = packet.body[offset : offset + size]
    if len(text) < size:
        text = transport.read_payload()
    return ConnectRequest(net_version, sdu, text.decode(errors="replace"))


def refuse(transport: Transport, code: int) -> None:
    """Answer CONNECT with a listener's error, e.g. 12514 for an unknown service."""
    stack = f"(ERROR_STACK=(ERROR=(CODE={code})(EMFI=4)))"
    text = f"(DESCRIPTION=(TMP=)(VSNNUM=0)(ERR={code}){stack})".encode()
    transport.write_packet(PacketType.REFUSE, b"\x22\x00" + struct.pack(">H", len(text)) + text)


def accept(transport: Transport, request: ConnectRequest, profile: Profile) -> None:
    """Answer CONNECT with the versions and sizes that are to be used."""
    sdu = max(_MIN_SDU, min(request.sdu, _MAX_SDU))
    version = min(request.net_version, profile.net_version)
    flags = profile.accept_flags if version == profile.net_version else 0
    body = b"".join(
        (
            struct.pack(">HHHHHHHBB", version, 1, sdu, sdu, 1, 0, 45, 0, 0),
            bytes(8),
            struct.pack(">II", sdu, sdu),
            b"\0",
            struct.pack(">I", flags),
        )
    )
    transport.accept(body, sdu)
    transport.marks_end_of_response = flags != 0


def answer_protocol(reader: Reader, profile: Profile) -> bytes:
    """Read the client's protocol message behind its type byte; the server's answer to it."""
    while reader.byte():
        pass  # versions that the client speaks
    reader.terminated()
    charsets = bytes(9) + struct.pack(">H", UTF16_CHARSET)
    return b"".join(
        (
            bytes((MessageType.PROTOCOL, 6, 0)),
            b"x86_64/Linux 2.4.xx\0",
            struct.pack("<HBH", UTF8_CHARSET, 1, 0),
            struct.pack(">H", len(charsets)),
            charsets,
            encode_bytes(profile.compile_capabilities),
            encode_bytes(profile.runtime_capabilities),
        )
    )


def answer_data_types(reader: Reader, profile: Profile) -> tuple[bytes, int]:
    """Read the client's types message behind its type byte.

    Returns:
        The answer, and the field version that both sides use from here on.
    """
    reader.raw(5)
    client_capabilities = reader.byte_string() or bytes(8)
    reader.byte_string()
    while reader.uint16():
        if reader.uint16():
            reader.raw(4)
    version = min(profile.field_version, client_capabilities[7])
    return bytes((MessageType.DATA_TYPES, 0, 0)), version
