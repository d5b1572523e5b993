"""Starts processes in their own sessions; a watchdog ends them when the process that started them dies."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coursify_sandbox.errors import SandboxError
from coursify_sandbox.unix_accounts import UnixAccount

LAUNCHER = Path(__file__).with_name("launch.py")
WATCHDOG = Path(__file__).with_name("watchdog.py")
MAX_LINE_LENGTH = 300
Process = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Command:
    """What to run; `kill_signal` is what the watchdog sends to the process group when the supervisor dies."""

    arguments: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    account: UnixAccount | None = None
    kill_signal: signal.Signals = signal.SIGKILL


@dataclass(frozen=True)
class Watchdog:
    """A process that outlives the supervisor and then ends every process that the supervisor started."""

    process: Process

    def write(self, line: str) -> None:
        if self.process.stdin and self.process.poll() is None:
            with contextlib.suppress(BrokenPipeError):
                os.write(self.process.stdin.fileno(), f"{line}\n".encode())


def start_watchdog(run_file: Path | None = None) -> Watchdog:
    """Start a watchdog; it deletes `run_file` when this process dies."""
    process = subprocess.Popen(
        [sys.executable, "-ISB", str(WATCHDOG), *([str(run_file)] if run_file else [])],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=os.sep,
        start_new_session=True,
    )
    return Watchdog(process)


def dismiss_watchdog(watchdog: Watchdog) -> None:
    """End the watchdog after every process was stopped."""
    watchdog.write("bye")
    watchdog.process.communicate(timeout=2)


def spawn(command: Command, watchdog: Watchdog) -> Process:
    """Start the command in its own session and append its output to its log."""
    if watchdog.process.stdin is None:
        raise ValueError("the watchdog has no pipe")
    pipe = watchdog.process.stdin.fileno()
    account = command.account
    arguments = [
        sys.executable,
        "-ISB",
        str(LAUNCHER),
        str(pipe),
        str(int(command.kill_signal)),
        str(account.uid if account else -1),
        str(account.gid if account else -1),
        *command.arguments,
    ]
    with command.log.open("ab") as log:
        return subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=dict(command.env),
            cwd=command.cwd,
            pass_fds=[pipe],
            start_new_session=True,
        )


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signal the process group, if it still exists."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def stop(process: Process, watchdog: Watchdog, number: signal.Signals, timeout: float) -> bool:
    """Send the signal, wait up to `timeout` seconds, kill the group; return whether the process ended in time."""
    if process.poll() is None:
        process.send_signal(number)
    deadline = time.monotonic() + timeout
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    has_stopped = process.poll() is not None
    kill_group(process, watchdog)
    process.wait()
    return has_stopped


def kill_group(process: Process, watchdog: Watchdog) -> None:
    """Kill the process and its descendants, so that their port is free again."""
    signal_group(process.pid, signal.SIGKILL)
    watchdog.write(f"-{process.pid}")


def describe_exit(process: Process) -> str:
    """`was killed by SIGKILL` or `ended with status 1`."""
    code = process.returncode
    if code is not None and code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with status {code}"


def wait_until(is_ready: Callable[[], bool], process: Process, log: Path, timeout: float = 30.0) -> None:
    """Return once the process is ready; otherwise raise with the end of its log."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SandboxError(f"It {describe_exit(process)}; the end of {log}:\n{tail(log)}")
        if is_ready():
            return
        time.sleep(0.02)
    raise SandboxError(f"It was not ready within {timeout:.0f} s; the end of {log}:\n{tail(log)}")


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, each cut to MAX_LINE_LENGTH characters."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - 16_384))
            text = stream.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(line[:MAX_LINE_LENGTH] for line in text.splitlines()[-lines:])
