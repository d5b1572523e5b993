"""Lines are written together and soon, in their order, and none is lost at the end."""

from __future__ import annotations

import io
import logging
import threading
import time

from coursify.core.log_writer import LineWriter


def _written_within(stream: io.StringIO, seconds: float) -> str:
    deadline = time.monotonic() + seconds
    while not stream.getvalue() and time.monotonic() < deadline:
        time.sleep(0.005)
    return stream.getvalue()


def test_a_line_is_written_soon_without_anything_else_happening() -> None:
    writer = LineWriter(stream := io.StringIO())
    writer.append("one")
    assert _written_within(stream, 3) == "one\n"
    writer.close()


def test_lines_of_many_threads_are_all_written_when_it_closes() -> None:
    writer = LineWriter(stream := io.StringIO())
    threads = [
        threading.Thread(target=lambda part=part: [writer.append(f"{part} {number}") for number in range(500)])
        for part in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    lines = [line.split() for line in stream.getvalue().splitlines()]
    for part in range(4):
        assert [int(number) for which, number in lines if int(which) == part] == list(range(500))


def test_lines_of_the_standard_library_keep_their_place_among_the_others() -> None:
    writer = LineWriter(stream := io.StringIO())
    writer.append("first")
    writer.emit(logging.LogRecord("name", logging.ERROR, "path", 1, "second", None, None))
    writer.append("third")
    writer.close()
    assert stream.getvalue() == "first\nsecond\nthird\n"


def test_a_handler_that_was_closed_goes_on_writing() -> None:
    """Granian configures logging by `dictConfig`, which closes every handler that is there."""
    writer = LineWriter(stream := io.StringIO())
    writer.close()
    writer.append("later")
    assert _written_within(stream, 3) == "later\n"


def test_a_closed_stream_breaks_nothing() -> None:
    stream = io.StringIO()
    writer = LineWriter(stream)
    stream.close()
    writer.append("lost")
    writer.close()
