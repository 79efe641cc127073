"""TLS for a TDS server: its certificate, and the channel that turns bytes into records and back."""

import datetime as dt
import ipaddress
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path

_DAY = dt.timedelta(days=1)
_VALID_FOR = 3650 * _DAY
_RECEIVE_SIZE = 1 << 16


@dataclass(frozen=True)
class Tls:
    """A server's certificate and its private key, as files in PEM."""

    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """Settings for TLS within TDS 7.x, which no release of SQL Server does above TLS 1.2."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        return context

    def strict_context(self) -> ssl.SSLContext:
        """Settings for TDS 8.0, which begins with TLS."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        context.set_alpn_protocols(["tds/8.0"])
        return context


def make_certificate(folder: Path) -> Tls:
    """Write a self-signed certificate for localhost and 127.0.0.1, unless the folder has one."""
    tls = Tls(folder / "certificate.pem", folder / "key.pem")
    if not (tls.certificate.exists() and tls.key.exists()):
        _write_certificate(tls)
    return tls


def _write_certificate(tls: Tls) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    # Microsoft's driver looks for an address among the names.
    names = [
        x509.DNSName("localhost"),
        x509.DNSName("127.0.0.1"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    ]
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _VALID_FOR)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    tls.key.touch(mode=0o600)
    tls.key.write_bytes(private)
    tls.certificate.write_bytes(certificate.public_bytes(pem))


class TlsChannel:
    """The server's end of TLS without a socket; safe to read and write from two threads."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._lock = threading.Lock()
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    def shake_hands(self, received: bytes) -> tuple[bytes, bool]:
        """Take what the client sent; returns what to send, and whether the handshake is done.

        Raises:
            ssl.SSLError: the client does not agree.
        """
        self._incoming.write(received)
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return self._outgoing.read(), False
        return self._outgoing.read(), True

    def decrypt(self, received: bytes) -> bytes:
        """The plain bytes that can be read now that ``received`` has come as well.

        Raises:
            ssl.SSLError: the records are broken, or the client ended TLS.
        """
        plain = bytearray()
        with self._lock:
            self._incoming.write(received)
            try:
                while piece := self._tls.read(_RECEIVE_SIZE):
                    plain += piece
            except ssl.SSLWantReadError:
                return bytes(plain)
        return bytes(plain)

    def encrypt(self, plain: bytes | memoryview) -> bytes:
        """``plain`` as records to send."""
        with self._lock:
            self._tls.write(plain)
            return self._outgoing.read()
