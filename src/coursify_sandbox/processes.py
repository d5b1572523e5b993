"""Children in sessions of their own, which never outlive the process that started them."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coursify_sandbox.accounts import Account
from coursify_sandbox.errors import SandboxError

LAUNCHER = Path(__file__).with_name("launch.py")
LONGEST_LINE = 300
Process = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Command:
    """How a child is started: its words, surroundings, user, and the signal that ends it when we die."""

    words: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    account: Account | None = None
    death_signal: signal.Signals = signal.SIGKILL


def spawn(command: Command) -> Process:
    """Start the command in its own session, both its outputs appended to its log."""
    account = command.account
    words = [
        sys.executable,
        "-ISB",
        str(LAUNCHER),
        str(int(command.death_signal)),
        str(os.getpid()),
        str(account.uid if account else -1),
        str(account.gid if account else -1),
        *command.words,
    ]
    with command.log.open("ab") as log:
        return subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=dict(command.env),
            cwd=command.cwd,
            start_new_session=True,
        )


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signal everything in the child's session group; nobody left to hear it is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def stop(process: Process, number: signal.Signals, patience: float) -> bool:
    """Ask the child to end; after `patience` seconds kill its group. True when it ended by itself."""
    if process.poll() is None:
        process.send_signal(number)
    deadline = time.monotonic() + patience
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    graceful = process.poll() is not None
    signal_group(process.pid, signal.SIGKILL)
    process.wait()
    return graceful


def how_it_ended(process: Process) -> str:
    """Half a sentence for a person: killed by which signal, or ended with which status."""
    code = process.returncode
    if code is not None and code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with status {code}"


def wait_until(answers: Callable[[], bool], process: Process, log: Path, patience: float = 30.0) -> None:
    """Return once the child answers; say why, with the end of its log, when it does not."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SandboxError(f"It {how_it_ended(process)}; the end of {log} says:\n{tail(log)}")
        if answers():
            return
        time.sleep(0.02)
    raise SandboxError(f"It did not answer within {patience:.0f} s; the end of {log} says:\n{tail(log)}")


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a child's log, for the sentence that says why it did not start."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - 16_384))
            text = stream.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(line[:LONGEST_LINE] for line in text.splitlines()[-lines:])
