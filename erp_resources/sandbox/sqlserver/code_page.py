"""Windows code page 1252, in which ``varchar`` travels under the server's collation.

Unlike Python's ``cp1252`` it has a character for each of the 256 bytes, as Windows does.
"""

import codecs

_CHARACTERS = "".join(
    bytes((byte,)).decode("cp1252", errors="ignore") or chr(byte) for byte in range(256)
)
_MAP = codecs.charmap_build(_CHARACTERS)


def encode_1252(text: str) -> bytes:
    """``text`` with one byte per character; ``?`` for those that the code page lacks."""
    return codecs.charmap_encode(text, "replace", _MAP)[0]


def decode_1252(data: bytes) -> str:
    """The text that ``data`` stands for."""
    return codecs.charmap_decode(data, "strict", _CHARACTERS)[0]
