"""The generated Python client plays the tour; what it sent and read at the last release is still understood."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.clients.traffic import Recorder, find_breaks
from tests.support.story import Story

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "clients" / "python"
DOCUMENT = json.loads((ROOT / "openapi.json").read_text())
# One file for each release; `COURSIFY_WRITE_TRAFFIC=1` writes that of this version.
TRAFFIC = Path(__file__).parent / "traffic"


def test_the_checked_in_client_is_the_generated_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import python_client  # noqa: PLC0415  # a script, which is found by path

    for name, text in python_client.generate(DOCUMENT).items():
        checked_in = (CLIENT / "coursify_client" / name).read_text()
        assert checked_in == python_client.format_code(text), f"{name}: run `make clients`"


@pytest.mark.slow
def test_the_tour_succeeds_and_no_release_is_broken(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(CLIENT))
    from tests.clients import python_tour  # noqa: PLC0415  # it imports the client, which is found by path

    recorder = Recorder(DOCUMENT)
    python_tour.play(story.run, recorder)
    now = recorder.recorded()
    if os.environ.get("COURSIFY_WRITE_TRAFFIC"):
        target = TRAFFIC / f"{DOCUMENT['info']['version']}.json"
        target.parent.mkdir(exist_ok=True)
        lines = (f"{json.dumps(name)}: {json.dumps(shape)}" for name, shape in now.items())
        target.write_text("{" + ",\n".join(lines) + "}\n")
    releases = sorted(TRAFFIC.glob("*.json"))
    assert releases
    for release in releases:
        assert find_breaks(json.loads(release.read_text()), now) == [], release.name


def test_a_field_that_is_gone_and_a_type_that_has_changed_are_found() -> None:
    before = {
        "get_course 200": {
            "": ["object"],
            ".price": ["number"],
            ".title": ["string"],
            ".tags": ["array"],
            ".tags[]": ["string"],
        }
    }
    same = {
        "get_course 200": {
            "": ["object"],
            ".price": ["null", "number"],
            ".title": ["string"],
            ".tags": ["array"],
            ".new": ["null"],
        }
    }
    other = {"get_course 200": {"": ["object"], ".price": ["string"], ".tags": ["array"]}}
    assert find_breaks(before, same) == []
    assert find_breaks(before, other) == [
        "get_course 200: .price was ['number'], and is ['string']",
        "get_course 200: .title is gone",
    ]
    assert find_breaks(before, {}) == ["get_course 200: gone"]
