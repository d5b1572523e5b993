"""Ports are kept from start to start while they are free."""

from __future__ import annotations

import socket
from pathlib import Path

from coursify_sandbox.ports import KeptPorts, is_free


def test_a_server_gets_the_port_of_its_last_start(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    first = KeptPorts(file)
    chosen = {name: first.choose(name) for name in ("stripe", "mailbox")}
    assert len(set(chosen.values())) == 2
    second = KeptPorts(file)
    assert {name: second.choose(name) for name in ("stripe", "mailbox")} == chosen


def test_a_port_that_is_taken_or_not_readable_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "ports.json"
    port = KeptPorts(file).choose("stripe")
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        changed = KeptPorts(file).choose("stripe")
    assert changed != port
    assert KeptPorts(file).choose("stripe") == changed
    for text in ("", "[]", '{"stripe": "x"}', '{"stripe": 80}'):
        file.write_text(text)
        assert is_free(KeptPorts(file).choose("stripe"))
