"""Servers on this machine's loopback that take what is sent: a webhook, a mailbox, and a proxy that plays the web.

Slack and Teams have addresses that are fixed; a proxy that ends the encryption itself, with a certificate authority of
its own, takes their messages without anything of them leaving the machine.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOOPBACK = "127.0.0.1"


@dataclass
class Received:
    """What arrived: for HTTP `host`, `path` and `body` of each request."""

    requests: list[tuple[str, str, str]] = field(default_factory=list)
    mails: list[Message] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """The status codes to answer with, in order; 200 when there are none left."""

    def status(self) -> int:
        return self.answers.pop(0) if self.answers else 200


def _handler(received: Received, host: str, tls: dict[str, ssl.SSLContext] | None = None) -> type:
    class Handler(BaseHTTPRequestHandler):
        through: str = host

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            received.requests.append((self.through, self.path, body))
            self.send_response(received.status())
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def do_CONNECT(self) -> None:
            assert tls is not None
            self.through = self.path.partition(":")[0]
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self.connection = tls[self.through].wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", buffering=0)
            self.handle_one_request()
            self.close_connection = True

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing is printed."""

    return Handler


@contextmanager
def _serving(handler: type) -> Iterator[int]:
    server = ThreadingHTTPServer((LOOPBACK, 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def webhook() -> Iterator[tuple[Received, str]]:
    """A webhook: what it received, and its host and port."""
    received = Received()
    with _serving(_handler(received, LOOPBACK)) as port:
        yield received, f"{LOOPBACK}:{port}"


@contextmanager
def mailbox() -> Iterator[tuple[Received, int]]:
    """A mail server: what it received, and its port."""
    received = Received()

    class Handler:
        async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
            received.mails.append(message_from_bytes(envelope.content))
            return "250 taken"

    with socket.create_server((LOOPBACK, 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Handler(), hostname=LOOPBACK, port=port)
    controller.start()
    try:
        yield received, port
    finally:
        controller.stop()


@contextmanager
def web(folder: Path, *hosts: str) -> Iterator[tuple[Received, dict[str, str]]]:
    """A proxy that answers for some hosts: what it received, and the environment that makes requests go there."""
    received = Received()
    authority, contexts = _certificates(folder, hosts)
    with _serving(_handler(received, "", contexts)) as port:
        yield (
            received,
            {
                "HTTPS_PROXY": f"http://{LOOPBACK}:{port}",
                "REQUESTS_CA_BUNDLE": str(authority),
                "NO_PROXY": "",
            },
        )


def _certificates(folder: Path, hosts: tuple[str, ...]) -> tuple[Path, dict[str, ssl.SSLContext]]:
    """An authority's certificate as a file, and by host what encrypts in its name."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority of these tests")])
    authority = _certificate(name, name, key, key, None)
    path = folder / "authority.pem"
    path.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    contexts = {}
    for host in hosts:
        host_key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        certificate = _certificate(subject, name, host_key, key, host)
        pem = folder / f"{host}.pem"
        pem.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + host_key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        contexts[host] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        contexts[host].load_cert_chain(pem)
    return path, contexts


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    host: str | None,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    if host is not None:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    return builder.sign(signer, hashes.SHA256())
