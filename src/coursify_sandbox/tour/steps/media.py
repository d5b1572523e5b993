"""The course gets a picture and a video; its buyer plays the video, and the key is refused after the refund."""

from __future__ import annotations

import re
import tempfile
from io import BytesIO
from pathlib import Path

import httpx
from PIL import Image

from coursify.modules.media.ffmpeg.binary import find_ffmpeg
from coursify_sandbox.draw_video import draw_video
from coursify_sandbox.tour.context import Json, TourContext
from coursify_sandbox.tour.errors import StepFailed

VIDEO_SECONDS = 12
TUS = {"Tus-Resumable": "1.0.0"}
AES_KEY_BYTES = AES_BLOCK_BYTES = 16
WITHOUT_FFMPEG = "ffmpeg is not installed, so this tour has no video."


def upload_picture(context: TourContext) -> None:
    """A crust with a cut, drawn for the tour."""
    picture = BytesIO()
    Image.linear_gradient("L").resize((1_280, 720)).rotate(180).convert("RGB").save(picture, "PNG")
    path = f"/courses/{context.course['id']}/image"
    files = {"file": ("loaf.png", picture.getvalue(), "image/png"), "altText": (None, "A loaf of bread")}
    stored = context.request(context.instructor, "POST", path, files=files, status=200)["data"]
    for size, address in stored["imageSizes"].items():
        response = context.fetch(address, status=200)
        context.check(f"the type of the {size} picture", response.headers["content-type"], "image/webp")


def upload_video(context: TourContext) -> None:
    """In two parts, as after a lost connection."""
    content = _draw_video()
    if content is None:
        context.output.show_note(WITHOUT_FFMPEG)
        return
    lesson = f"/courses/{context.course['id']}/lessons/{context.lessons[1]['id']}"
    announced = {"filename": "starter.mp4", "size": len(content), "type": "video/mp4"}
    upload = context.request(context.instructor, "POST", f"{lesson}/video/upload", announced, status=201)["data"]
    offset = _send(context, upload["uploadUrl"], content[: len(content) // 2], offset=0)
    head = context.fetch(upload["uploadUrl"], "HEAD", headers=TUS, status=200)
    context.check("the offset after half of the file", int(head.headers["upload-offset"]), offset)
    _send(context, upload["uploadUrl"], content[offset:], offset=offset)
    context.video = context.poll("a video that is ready", lambda: _find_ready_video(context, lesson), seconds=60)
    context.output.show_exchange("GET", lesson, f"200 video {context.video['status']}")
    context.check("the length of the video", context.video["durationSeconds"], VIDEO_SECONDS)


def play_video(context: TourContext) -> None:
    """As a player does: the playlists, a key, a segment, which is encrypted."""
    if not context.video:
        context.output.show_note(WITHOUT_FFMPEG)
        return
    playback = context.request(context.student, "POST", _playback_of(context), status=201)["data"]
    master = context.fetch(playback["url"], status=200)
    rendition = context.fetch(str(httpx.URL(playback["url"]).join(_last_line(master.text))), status=200)
    context.key_address = str(rendition.url.join(re.findall(r'URI="([^"]+)"', rendition.text)[0]))
    segment_address = str(rendition.url.join(_last_line(rendition.text)))
    key = context.fetch(context.key_address, status=200)
    context.check("the bytes of the key", len(key.content), AES_KEY_BYTES)
    segment = context.fetch(segment_address, status=200)
    context.check("the rest of an encrypted segment", len(segment.content) % AES_BLOCK_BYTES, 0)


def check_refused_key(context: TourContext) -> None:
    if not context.video:
        context.output.show_note(WITHOUT_FFMPEG)
        return
    context.fetch(context.key_address, status=403)
    context.request(context.student, "POST", _playback_of(context), status=403)


def _playback_of(context: TourContext) -> str:
    return f"/courses/{context.course['id']}/lessons/{context.lessons[1]['id']}/playback"


def _send(context: TourContext, address: str, content: bytes, *, offset: int) -> int:
    headers = TUS | {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
    response = context.fetch(address, "PATCH", headers=headers, content=content, status=204)
    return int(response.headers["upload-offset"])


def _find_ready_video(context: TourContext, lesson: str) -> Json | None:
    video: Json = context.read(context.instructor, lesson)["video"]
    if video["status"] == "rejected":
        raise StepFailed("a video that is ready", f"one that is rejected: {video['reason']}")
    return video if video["status"] == "ready" else None


def _last_line(playlist: str) -> str:
    return [line for line in playlist.splitlines() if line and not line.startswith("#")][-1]


def _draw_video() -> bytes | None:
    """None without ffmpeg."""
    ffmpeg = find_ffmpeg(None)
    if ffmpeg is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "video.mp4")
        draw_video(ffmpeg, target, seconds=VIDEO_SECONDS)
        return target.read_bytes()
