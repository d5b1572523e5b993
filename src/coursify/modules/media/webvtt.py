"""WebVTT as it is accepted: a header, cues in order, the tags of WebVTT and nothing else of HTML. Pure."""

from __future__ import annotations

import re

MAX_BYTES = 1_048_576
MAX_CUES = 20_000
_TIME = r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+(.*))?", re.ASCII)
_SETTING = re.compile(r"(vertical|line|position|size|align|region):[A-Za-z0-9_.,%-]{1,64}", re.ASCII)
_TAG = re.compile(
    r"</?(?:c|i|b|u|ruby|rt|v|lang)(?:\.[^\s<>&.]+)*(?:[ \t][^<>&]*)?>|<(?:\d{2,4}:)?[0-5]\d:[0-5]\d\.\d{3}>"
)
_BLOCK = re.compile(r"(NOTE|STYLE|REGION)([ \t].*)?")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class CaptionsInvalid(ValueError):
    """`line` counts from 1."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem


def read_captions(raw: bytes) -> str:
    """The text with LF line ends and without a byte order mark. Raises CaptionsInvalid with the line."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise CaptionsInvalid(raw[: error.start].count(b"\n") + 1, "is not UTF-8") from error
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    _check_header(lines)
    _check_blocks(lines)
    return text.rstrip("\n") + "\n"


def _check_header(lines: list[str]) -> None:
    if not re.fullmatch(r"WEBVTT([ \t].*)?", lines[0]):
        raise CaptionsInvalid(1, "must begin with WEBVTT")
    for number, line in enumerate(lines, start=1):
        if _CONTROLS.search(line):
            raise CaptionsInvalid(number, "contains a control character")
    if len(lines) > 1 and "-->" in lines[1]:
        raise CaptionsInvalid(2, "must be empty: a blank line follows the header")


def _check_blocks(lines: list[str]) -> None:
    number, previous_start, cues = _after_block(lines, 0), 0, 0
    while number < len(lines):
        if not lines[number]:
            number += 1
        elif _BLOCK.fullmatch(lines[number]):
            _reject_style(lines, number)
            number = _after_block(lines, number)
        else:
            previous_start, number = _check_cue(lines, number, previous_start)
            cues += 1
            if cues > MAX_CUES:
                raise CaptionsInvalid(number, f"is beyond {MAX_CUES} cues")
    if not cues:
        raise CaptionsInvalid(len(lines), "ends without any cue")


def _reject_style(lines: list[str], number: int) -> None:
    if lines[number].startswith("STYLE"):
        raise CaptionsInvalid(number + 1, "begins a style sheet, which is not accepted")


def _after_block(lines: list[str], number: int) -> int:
    """The index of the blank line that ends the block, or of the end."""
    while number < len(lines) and lines[number]:
        number += 1
    return number


def _check_cue(lines: list[str], number: int, previous_start: int) -> tuple[int, int]:
    """The start of the cue in milliseconds, and the index after it."""
    if "-->" not in lines[number]:
        number += 1  # an identifier
    timing = _TIMING.fullmatch(lines[number].rstrip(" \t")) if number < len(lines) else None
    if timing is None:
        raise CaptionsInvalid(number + 1, "must be a timing such as 00:01.000 --> 00:04.000")
    start, end = _milliseconds(timing, 1), _milliseconds(timing, 5)
    if end <= start:
        raise CaptionsInvalid(number + 1, "ends before it begins")
    if start < previous_start:
        raise CaptionsInvalid(number + 1, "begins before the cue above it")
    if not all(_SETTING.fullmatch(setting) for setting in (timing[9] or "").split()):
        raise CaptionsInvalid(number + 1, "has an unknown setting")
    after = _after_block(lines, number + 1)
    for text in range(number + 1, after):
        _check_text(lines[text], text + 1)
    return start, after


def _milliseconds(timing: re.Match[str], group: int) -> int:
    hours, minutes, seconds, rest = (int(timing[group + offset] or 0) for offset in range(4))
    return ((hours * 60 + minutes) * 60 + seconds) * 1_000 + rest


def _check_text(line: str, number: int) -> None:
    if "-->" in line:
        raise CaptionsInvalid(number, "is a timing; a blank line is missing above it")
    if "<" in _TAG.sub("", line):
        raise CaptionsInvalid(number, "has a tag that is not one of WebVTT; write &lt; for a plain <")
