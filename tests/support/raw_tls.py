"""Bytes over TLS as they are written: a client would refuse to send most of them."""

from __future__ import annotations

import socket
import ssl
import time

from tests.support.nginx import Nginx


def open_tls(nginx: Nginx, *, source: str = "127.0.0.1") -> ssl.SSLSocket:
    plain = socket.create_connection(("127.0.0.1", nginx.port), timeout=10, source_address=(source, 0))
    return nginx.tls.wrap_socket(plain, server_hostname="localhost")


def exchange(nginx: Nginx, *pieces: bytes, pause: float = 0, source: str = "127.0.0.1") -> bytes:
    """Sends the pieces and reads until the server closes, or says nothing for two seconds."""
    received = b""
    with open_tls(nginx, source=source) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)
            connection.settimeout(2)
            while chunk := connection.recv(65_536):
                received += chunk
        except (TimeoutError, ConnectionError, ssl.SSLError):
            pass
    return received


def statuses(answer: bytes) -> list[int]:
    """The status of each response in the bytes."""
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]
