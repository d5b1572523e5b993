"""A small SMTP server with faults; it records every command and whether it was encrypted."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class SmtpServer:
    """`starttls` is the reply to STARTTLS, or None when it is not offered; `answers` are the replies to other verbs."""

    context: ssl.SSLContext | None = None
    starttls: str | None = None
    answers: dict[str, str] = field(default_factory=dict)
    port: int = 0
    commands: list[tuple[str, bool]] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    talks: list[asyncio.Future[None]] = field(default_factory=list)

    def said(self, verb: str) -> list[bool]:
        """Whether the command was encrypted, each time that it arrived."""
        return [is_encrypted for command, is_encrypted in self.commands if command.upper().startswith(verb)]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        over = asyncio.get_running_loop().create_future()
        self.talks.append(over)
        try:
            await self._talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            over.set_result(None)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        is_encrypted = False
        await _say(writer, "220 test")
        while line := (await reader.readline()).decode("latin-1").strip():
            self.commands.append((line, is_encrypted))
            verb = line.split()[0].upper()
            if verb in self.answers:
                await _say(writer, self.answers[verb])
            elif verb == "EHLO":
                offered = ["250-STARTTLS"] if self.starttls and not is_encrypted else []
                await _say(writer, "\r\n".join(["250-test", *offered, "250 AUTH PLAIN"]))
            elif verb == "STARTTLS":
                await _say(writer, self.starttls or "502 no")
                if self.context and (self.starttls or "").startswith("220"):
                    await writer.start_tls(self.context)
                    is_encrypted = True
            elif verb == "DATA":
                await _say(writer, "354 go on")
                self.emails.append((await reader.readuntil(b"\r\n.\r\n")).decode())
                await _say(writer, "250 taken")
            else:
                await _say(writer, {"AUTH": "235 welcome", "QUIT": "221 bye"}.get(verb, "250 ok"))


async def _say(writer: asyncio.StreamWriter, line: str) -> None:
    writer.write(line.encode() + b"\r\n")
    await writer.drain()


@asynccontextmanager
async def serving(server: SmtpServer) -> AsyncIterator[SmtpServer]:
    """Listen on a free port of 127.0.0.1."""
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server
        await asyncio.gather(*server.talks)


def make_certificate(folder: Path, host: str) -> tuple[ssl.SSLContext, Path]:
    """A server context with a self-signed certificate, and the file with which a client trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate_file, key_file)
    return context, certificate_file
