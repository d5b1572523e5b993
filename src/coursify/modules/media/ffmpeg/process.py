"""Runs ffmpeg on one local file: low priority, no network, no input, limited memory, CPU, files and time."""

from __future__ import annotations

import asyncio
import ctypes
import os
import resource
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from coursify.core.cancellation import uncanceled

MEMORY_BYTES = 4 * 1_024**3
FILE_BYTES = 4 * 1_024**3
LOWEST_PRIORITY = 19
# Threads of a decoder or encoder: each reserves address space, which is limited.
THREADS = "4"
_KEPT_BYTES = 65_536
# The option PR_SET_PDEATHSIG of Linux.
_SET_PARENT_DEATH_SIGNAL = 1
_LIBC = ctypes.CDLL(None)
_ENVIRONMENT = {"LC_ALL": "C", "MALLOC_ARENA_MAX": "2"}

OnProgress = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Finished:
    """`messages` is the beginning of what ffmpeg wrote; `code` is negative when a signal ended it."""

    code: int
    messages: str

    def require_uninterrupted(self) -> None:
        """Raises Interrupted."""
        is_out_of_space = "No space left on device" in self.messages or "Disk quota exceeded" in self.messages
        if self.code < 0 or is_out_of_space:
            raise Interrupted(self.messages[:500] or f"signal {-self.code}")


class Interrupted(Exception):
    """ffmpeg was killed, or had no room: another attempt may succeed."""


class TooSlow(Exception):
    """ffmpeg did not finish in time, and was killed."""


async def run_ffmpeg(
    binary: Path, arguments: list[str], *, folder: Path, seconds: float, on_progress: OnProgress | None = None
) -> Finished:
    """`on_progress` gets the seconds of the output that are done. Raises TooSlow. Canceled, it kills ffmpeg."""
    process = await asyncio.create_subprocess_exec(
        binary,
        *("-hide_banner", "-nostdin", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
        env=_ENVIRONMENT,
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )
    try:
        _limit(process.pid, seconds)
        async with asyncio.timeout(seconds):
            async with asyncio.TaskGroup() as group:
                group.create_task(_follow(process.stdout, on_progress))
                messages = group.create_task(_read_beginning(process.stderr))
            code = await process.wait()
    except TimeoutError as error:
        raise TooSlow from error
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        await uncanceled(process.wait())
    return Finished(code, messages.result())


def _end_with_parent() -> None:
    """Let the kernel kill this process when its worker is killed: the next worker starts from the beginning anyway."""
    _LIBC.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _limit(pid: int, seconds: float) -> None:
    cpu_seconds = int(seconds * (os.cpu_count() or 1)) + 1
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: FILE_BYTES,
        resource.RLIMIT_CORE: 0,
    }
    with suppress(ProcessLookupError):
        for kind, limit in limits.items():
            resource.prlimit(pid, kind, (limit, limit))
        os.setpriority(os.PRIO_PROCESS, pid, LOWEST_PRIORITY)


async def _follow(output: asyncio.StreamReader | None, on_progress: OnProgress | None) -> None:
    """The lines of `-progress pipe:1`: `out_time_us=1500000`."""
    if output is None:
        raise AssertionError("stdout is a pipe")
    async for line in output:
        name, _, value = line.decode("ascii", "replace").strip().partition("=")
        if on_progress and name == "out_time_us" and value.isdigit():
            await on_progress(int(value) / 1_000_000)


async def _read_beginning(errors: asyncio.StreamReader | None) -> str:
    """Everything is read, so that ffmpeg never waits; the beginning is kept."""
    if errors is None:
        raise AssertionError("stderr is a pipe")
    kept = bytearray()
    while chunk := await errors.read(_KEPT_BYTES):
        kept += chunk[: _KEPT_BYTES - len(kept)]
    return kept.decode(errors="replace")
