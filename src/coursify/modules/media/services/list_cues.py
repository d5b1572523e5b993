"""The cues of a video's captions, for those who look for words in them."""

from __future__ import annotations

from coursify.modules.media.cues import read_cues


def list_cues(captions: str) -> list[tuple[int, str]]:
    """Where each cue begins, in seconds, and its text."""
    return [(cue.second, cue.text) for cue in read_cues(captions)]
