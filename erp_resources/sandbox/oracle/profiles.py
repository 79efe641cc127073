"""What kind of Oracle database the server passes for: versions and capabilities by release."""

from dataclasses import dataclass

_FAST_LOGIN = 0x10000000
_END_OF_RESPONSE = 0x02000000
_RUNTIME_COMPATIBILITY = 2
_RUNTIME_LONG_STRINGS = 0x05


@dataclass(frozen=True)
class Profile:
    """Versions of one release and the features that a client may use with it."""

    release: tuple[int, int, int, int, int]
    net_version: int
    field_version: int
    compile_capability_count: int
    is_23ai: bool
    """Whether clients log on in one message, and responses end with a mark."""

    @property
    def accept_flags(self) -> int:
        """Flags of the ACCEPT packet."""
        return _FAST_LOGIN | _END_OF_RESPONSE if self.is_23ai else 0

    @property
    def version_number(self) -> int:
        """The release as one integer, in the layout of Oracle 18 and later."""
        major, update, revision, increment, extra = self.release
        return major << 24 | update << 16 | revision << 12 | increment << 4 | extra

    @property
    def compile_capabilities(self) -> bytes:
        """What the server was built to do; byte 7 decides the format of every message."""
        values = bytearray(self.compile_capability_count)
        values[7] = self.field_version
        for position, value in _COMPILE_CAPABILITIES.items():
            values[position] = value
        return bytes(values)

    @property
    def runtime_capabilities(self) -> bytes:
        """How the database is set up: strings of up to 32,767 bytes."""
        values = bytearray(11)
        values[0] = _RUNTIME_COMPATIBILITY
        values[6] = _RUNTIME_LONG_STRINGS
        return bytes(values)


# Session state, request boundaries and high-availability notices are left out on purpose: each
# would oblige the server to understand further messages.
_COMPILE_CAPABILITIES = {
    0: 6,  # SQL version
    4: 0xEA,  # logon types
    15: 0x29,  # call status, fast bit vectors
    16: 0x90,  # OCI: fast session propagation, application context
    17: 3,  # type descriptors
    18: 7,  # remote calls
    19: 3,  # their signature
    21: 1,  # file format
    23: 0xCF,  # LOBs: 64-bit sizes, prefetch
    26: 4,  # zero-length values as NULL
    27: 1,  # types of two bytes
    31: 0x10,  # connection pooling
    37: 0xB8,  # big chunks
    40: 4,  # notices inside the stream
    42: 5,  # large LOB prefetch
}

PROFILES = {
    "19c": Profile((19, 24, 0, 0, 0), 318, 12, 46, is_23ai=False),
    "23ai": Profile((23, 26, 0, 0, 0), 319, 24, 53, is_23ai=True),
}
