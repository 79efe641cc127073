"""Payloads of the answers: what a conversation has to say, as parts of a frame."""

import itertools
from collections.abc import Iterable, Iterator, Mapping

from erp_resources.sandbox.sap import wire
from erp_resources.sandbox.sap.conversation import Conversation, Returned
from erp_resources.sandbox.sap.errors import RfcError
from erp_resources.sandbox.sap.installation import ISO_LANGUAGES
from erp_resources.sandbox.sap.wire import Block, Buffer, Reader

_VARIABLES = 4
_CODE_PAGE = "4103"  # UTF-16, little-endian
_LENGTHS_BYTES = 4


def attributes(conversation: Conversation, port: int) -> dict[str, str]:
    """RFC_ATTRIBUTES of a connection, by the names of its members."""
    installation = conversation.system.installation
    return {
        "dest": "",
        "host": "client",
        "partnerHost": "sandbox",
        "sysNumber": f"{port % 100:02d}",
        "sysId": installation.sid,
        "client": conversation.client,
        "user": conversation.user.name,
        "language": conversation.language,
        "isoLanguage": ISO_LANGUAGES[conversation.language],
        "codepage": _CODE_PAGE,
        "partnerCodepage": _CODE_PAGE,
        "partnerBytesPerChar": "2",
        "partnerSystemCodepage": _CODE_PAGE,
        "rfcRole": "C",
        "type": "E",
        "partnerType": "3",
        "rel": "750",
        "partnerRel": installation.release,
        "kernelRel": installation.kernel,
        "partnerIP": "127.0.0.1",
    }


def failed(error: RfcError) -> bytes:
    """The payload of FAILED."""
    message = error.message
    variables = [*message.variables, "", "", "", ""][:_VARIABLES]
    words = (message.message_class, message.type, message.number, *variables)
    return b"".join(
        (
            wire.u32(error.code),
            wire.u32(error.group),
            wire.text(error.key),
            wire.text(error.text),
            *map(wire.text, words),
            bytes([error.ends_conversation]),
        )
    )


def read_call(payload: Buffer) -> tuple[str, dict[str, Block]]:
    """Function module and parameters of INVOKE."""
    reader = Reader(payload)
    name, given = reader.text(), {}
    for _ in range(reader.u16()):
        parameter = reader.text()
        reader.u8()  # the type, which the interface knows
        given[parameter] = reader.block()
    return name, given


def returned(answer: Returned) -> tuple[Iterable[Buffer], int]:
    """The payload of RETURNED in parts, and its length."""
    heads = {p.name: wire.parameter_head(p.name, p.type, block) for p, block in answer}
    length = 2 + sum(
        len(heads[p.name]) + block.rows * block.row_length + _LENGTHS_BYTES + len(block.heap)
        for p, block in answer
    )
    parts = itertools.chain([wire.u16(len(answer))], _parameters(answer, heads))
    return parts, length


def _parameters(answer: Returned, heads: Mapping[str, bytes]) -> Iterator[Buffer]:
    for parameter, block in answer:
        yield heads[parameter.name]
        yield from block.parts
        yield wire.u32(len(block.heap))
        yield block.heap
