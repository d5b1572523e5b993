"""Captions: WebVTT for each language, checked line by line."""

from __future__ import annotations

import httpx
import pytest
from tests.support.classroom import refusal
from tests.support.films import Studio

pytestmark = pytest.mark.anyio

CAPTIONS = """WEBVTT - for the lesson

NOTE a comment

1
00:00.000 --> 00:02.500 align:start line:90%
<v Ada>Hello <b>world</b> &amp; <c.loud>all</c></v>

00:02.500 --> 01:00:04.000
Second cue
of two lines
"""


async def put(studio: Studio, text: str | bytes, *, language: str = "en", kind: str = "text/vtt") -> httpx.Response:
    content = text.encode() if isinstance(text, str) else text
    path = f"{studio.path}/video/captions/{language}"
    return await studio.owner.call("PUT", path, content=content, headers={"Content-Type": kind})


async def test_captions_are_listed_by_language(studio: Studio) -> None:
    assert refusal(await put(studio, CAPTIONS)) == (404, "video_not_found")
    await studio.begin(100)
    for language in ("en", "PT-br", "zh-hant"):
        assert (await put(studio, CAPTIONS, language=language, kind="text/vtt; charset=utf-8")).status_code == 200
    again = await put(studio, "\ufeff" + CAPTIONS.replace("\n", "\r\n"))
    assert again.json()["data"]["captions"] == [{"language": "en"}, {"language": "pt-BR"}, {"language": "zh-Hant"}]
    [(content,)] = await studio.classroom.rows("SELECT content FROM captions WHERE language = 'en'")
    assert content == CAPTIONS
    assert (await studio.owner.delete(f"{studio.path}/video/captions/pt-BR")).status_code == 200
    assert (await studio.shown())["video"]["captions"] == [{"language": "en"}, {"language": "zh-Hant"}]
    assert refusal(await studio.owner.delete(f"{studio.path}/video/captions/pt-BR")) == (404, "captions_not_found")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("1\n00:00:01,000 --> 00:00:02,000\nsubtitles of SubRip", 1),
        ("WEBVTTX\n\n00:01.000 --> 00:02.000\nx", 1),
        ("WEBVTT\n00:01.000 --> 00:02.000\nx", 2),
        ("WEBVTT\n\n", 3),
        ("WEBVTT\n\n00:01.000 -> 00:02.000\nx", 4),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\nx", 3),
        ("WEBVTT\n\n00:01.000 --> 00:01.000\nx", 3),
        ("WEBVTT\n\n00:61.000 --> 01:02.000\nx", 3),
        ("WEBVTT\n\n00:05.000 --> 00:06.000\nx\n\n00:01.000 --> 00:02.000\ny", 6),
        ("WEBVTT\n\n00:01.000 --> 00:02.000 onclick:alert\nx", 3),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<script>alert(1)</script>", 4),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n<img src=x onerror=alert(1)>", 4),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nx\n00:03.000 --> 00:04.000\ny", 5),
        ("WEBVTT\n\nSTYLE\n::cue { background: url(https://example.com) }\n\n00:01.000 --> 00:02.000\nx", 3),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\na\x00b", 4),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n\xff\xfe", 4),
    ],
)
async def test_what_is_no_webvtt_is_refused_with_its_line(studio: Studio, text: str | bytes, line: int) -> None:
    await studio.begin(100)
    answer = await put(studio, text)
    assert refusal(answer) == (422, "captions_invalid"), answer.text
    assert [detail["field"] for detail in answer.json()["error"]["details"]] == [f"line {line}"]
    assert await studio.classroom.rows("SELECT count(*) FROM captions") == [(0,)]


async def test_captions_have_a_type_a_size_and_a_language(studio: Studio) -> None:
    await studio.begin(100)
    assert refusal(await put(studio, CAPTIONS, kind="application/json")) == (415, "captions_type_required")
    assert refusal(await put(studio, CAPTIONS + "x" * 1_048_576)) == (413, "body_too_large")
    for language in ("english-language", "e", "en_US", "en-", "%3Cscript%3E"):
        assert (await put(studio, CAPTIONS, language=language)).status_code == 404, language
