"""A device has a name that a person knows, and nothing else of a User-Agent is kept."""

from __future__ import annotations

import pytest

from coursify.core.devices import UNKNOWN, name_device

AGENTS = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0": (
        "Edge on Windows"
    ),
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15": "Safari on Mac",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1": "Safari on iPhone",
    "Mozilla/5.0 (Linux; Android 15; Pixel) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36": (
        "Chrome on Android"
    ),
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox on Linux",
    "python-httpx/0.28": UNKNOWN,
    "": UNKNOWN,
    "<script>Firefox/1</script>": "Firefox",
}


@pytest.mark.parametrize("agent", AGENTS)
def test_a_device_is_named_by_browser_and_system(agent: str) -> None:
    assert name_device(agent) == AGENTS[agent]
