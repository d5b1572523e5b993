"""The rate classes: requests for each window (seconds), per person for signed-in callers, else per address."""

from __future__ import annotations

from coursify.core.ratelimit import Rate

RATES: dict[str, Rate] = {
    rate.name: rate
    for rate in (
        Rate("read", 1_200, 60),
        Rate("default", 300, 60),
        Rate("sign_in", 120, 60),
        Rate("sign_up", 600, 60),
        Rate("review", 60, 3_600),
        Rate("report", 60, 3_600),
        Rate("view", 600, 3_600),
        Rate("notice", 20, 3_600),
        Rate("certificate", 120, 60),
        Rate("checkout", 30, 3_600),
        Rate("playback", 60, 60),
        # Playlists, keys and segments, per address: a school's thousand learners may share one.
        Rate("stream", 60_000, 60),
        Rate("picture", 60, 3_600),
        Rate("image", 6_000, 60),
        Rate("upload", 3_000, 60),
        Rate("webhook", 60_000, 60),
    )
}
