"""Amazon, as far as a request needs it: certificates of its own, the server of its chains, its signature."""

from __future__ import annotations

import base64
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import Store

from tests.alexa.envelopes import Json

NAME = "echo-api.amazon.com"
PATH = "/echo.api/echo-api-cert-13-ats.pem"
ADDRESS = f"https://s3.amazonaws.com{PATH}"
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
UNTIL = datetime(2040, 1, 1, tzinfo=UTC)
USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

Answer = bytes | Callable[[BaseHTTPRequestHandler], None]
"""What lies at a path: bytes, or something that misbehaves."""


class Authority:
    """Someone who issues certificates: a root, or one whom another trusts."""

    def __init__(
        self,
        name: str,
        parent: Authority | None = None,
        *,
        until: datetime = UNTIL,
        key: rsa.RSAPrivateKey | None = None,
        may_issue: bool = True,
    ) -> None:
        self.key = key or rsa.generate_private_key(65537, 2048)
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.parent = parent
        issuer = parent or self
        usage = dict.fromkeys(USAGES, False) | {"key_cert_sign": True, "crl_sign": True}
        self.certificate = (
            _builder(self.name, issuer, self.key, SINCE, until)
            .add_extension(x509.BasicConstraints(ca=may_issue, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .sign(issuer.key, SHA256())
        )

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


class Signer:
    """A certificate with its key, and the chain that it is served with."""

    def __init__(
        self,
        authority: Authority,
        *names: str,
        since: datetime = SINCE,
        until: datetime = UNTIL,
        key: PrivateKey | None = None,
        alternative: bool = True,
    ) -> None:
        self.key = key or rsa.generate_private_key(65537, 2048)
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        builder = _builder(self.name, authority, self.key, since, until).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        if alternative:
            named = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
            builder = builder.add_extension(named, critical=False)
        certificate = builder.sign(authority.key, SHA256())
        self.parts = [certificate.public_bytes(Encoding.PEM)]
        issuer = authority
        while issuer.parent is not None:
            self.parts.append(issuer.pem)
            issuer = issuer.parent

    @property
    def pem(self) -> bytes:
        return b"".join(self.parts)

    def signature(self, body: bytes, algorithm: HashAlgorithm | None = None) -> str:
        assert isinstance(self.key, rsa.RSAPrivateKey)
        return base64.b64encode(self.key.sign(body, PKCS1v15(), algorithm or SHA256())).decode()

    def serving(self) -> ssl.SSLContext:
        """What a server of this name needs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "server.pem"
            key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            path.write_bytes(key + self.pem)
            context.load_cert_chain(path)
        return context


def _builder(
    name: x509.Name, issuer: Authority, key: PrivateKey, since: datetime, until: datetime
) -> x509.CertificateBuilder:
    """What every certificate has."""
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False
        )
    )


class Amazon:
    """A root, two authorities below it, and the certificate that requests are signed with."""

    def __init__(self) -> None:
        self.root = Authority("A Root of Trust")
        self.authority = Authority("Issuing", Authority("Between", self.root))
        self.signer = Signer(self.authority, NAME)

    @cached_property
    def other(self) -> Signer:
        """A certificate of the same name, with another key."""
        return Signer(self.authority, NAME)

    @property
    def store(self) -> Store:
        return Store([self.root.certificate])

    def roots(self, folder: Path) -> Path:
        """The file of what is trusted: this root alone."""
        path = folder / "roots.pem"
        path.write_bytes(self.root.pem)
        return path

    def headers(self, body: bytes, address: str = ADDRESS) -> dict[str, str]:
        """The headers of a request of Amazon's, with the older signature that it sends as well."""
        return {
            "Content-Type": "application/json; charset=utf-8",
            "SignatureCertChainUrl": address,
            "Signature": self.signer.signature(body, SHA1()),
            "Signature-256": self.signer.signature(body),
        }


def body_of(event: Json) -> bytes:
    """An envelope as bytes."""
    return json.dumps(event).encode()


class Storage:
    """The server that Amazon's chains lie on, behind a proxy: `HTTPS_PROXY` leads there.

    The proxy plays the one host it stands for, and notes which host it was asked for.
    """

    def __init__(self, amazon: Amazon) -> None:
        self.answers: dict[str, Answer] = {PATH: amazon.signer.pem}
        self.asked: list[str] = []
        self._context = Signer(amazon.root, "s3.amazonaws.com").serving()

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serve, and give the address of the proxy."""
        server = Quiet(("127.0.0.1", 0), self._handler())
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        storage = self

        class Handler(BaseHTTPRequestHandler):
            def do_CONNECT(self) -> None:
                storage.asked.append(self.path)
                self.send_response(200)
                self.end_headers()
                try:
                    self.connection = storage._context.wrap_socket(self.connection, server_side=True)
                except OSError:
                    return
                with self.connection, self.connection.makefile("rb") as self.rfile:
                    self.wfile = self.connection.makefile("wb")
                    self.handle_one_request()
                self.close_connection = True

            def do_GET(self) -> None:
                storage.asked.append(self.path)
                answer = storage.answers.get(self.path)
                if callable(answer):
                    answer(self)
                else:
                    self.send_response(200 if answer is not None else 403)
                    self.send_header("Content-Length", str(len(answer or b"")))
                    self.end_headers()
                    self.wfile.write(answer or b"")
                self.wfile.flush()

            def log_message(self, *arguments: object) -> None:
                pass

        return Handler


class Quiet(ThreadingHTTPServer):
    """A server that is not upset by those who hang up on it."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        pass


def hangs(handler: BaseHTTPRequestHandler) -> None:
    """Answer nothing, for longer than anyone waits."""
    time.sleep(20)


def redirects(handler: BaseHTTPRequestHandler) -> None:
    """Send the asker elsewhere."""
    handler.send_response(302)
    handler.send_header("Location", "https://s3.amazonaws.com/echo.api/elsewhere.pem")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def never_ends(handler: BaseHTTPRequestHandler) -> None:
    """Send bytes for ever."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"x" * 4096)
    except OSError:
        return


def trickles(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte now and then."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.2)
    except OSError:
        return
