"""Writes log lines in a thread, so that the event loop never waits for a disk or a pipe."""

from __future__ import annotations

import atexit
import contextlib
import logging
import threading
from collections import deque
from typing import TextIO

FLUSH_SECONDS = 0.1


class LineWriter(logging.Handler):
    """Collects lines and writes them together: after at most FLUSH_SECONDS, and an error at once.

    What is still there when the process ends is written then; a process that is killed loses its last 100 ms.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._lines: deque[str] = deque()
        self._is_awake = False
        self._filled, self._urgent = threading.Event(), threading.Event()
        self._writing = threading.Lock()
        threading.Thread(target=self._run, name="log", daemon=True).start()
        atexit.register(self.flush)

    def append(self, line: str) -> None:
        self._lines.append(line)
        if not self._is_awake:
            self._is_awake = True
            self._filled.set()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self.append(self.format(record))
        except Exception:  # noqa: BLE001  # as every handler does: a line that cannot be written breaks no request
            self.handleError(record)
        if record.levelno >= logging.ERROR:
            self._urgent.set()

    def flush(self) -> None:
        """Write every line that is there."""
        with self._writing:
            lines = []
            while self._lines:
                lines.append(self._lines.popleft() + "\n")
            # A closed pipe takes no lines, and the application goes on without.
            with contextlib.suppress(OSError, ValueError):
                self._stream.write("".join(lines))
                self._stream.flush()

    def close(self) -> None:
        """Write what is there. It goes on writing: the server's own configuration of logging closes every handler."""
        self.flush()
        super().close()

    def _run(self) -> None:
        while True:
            self._filled.wait()
            self._filled.clear()
            self._urgent.wait(FLUSH_SECONDS)
            self._urgent.clear()
            # Before the lines are taken: one that comes after this sets the event again.
            self._is_awake = False
            self.flush()
