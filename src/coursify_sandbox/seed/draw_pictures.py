"""Draws the picture of each sample course: a soft gradient, two lights, rings and the title. The same on every run."""

from __future__ import annotations

import asyncio
import colorsys
import hashlib
import tempfile
import textwrap
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from coursify.modules.media import picture_encoder
from coursify.modules.media.services.encode_picture import EncodedPicture, picture_of
from coursify.modules.media.store import IMAGE_SIZES

SIZE = (1_280, 720)
# Lights and gradient are drawn small and enlarged, which makes them soft and quick.
_SMALL = (80, 45)
_MARGIN = 84
# A third of the time of the method for uploads, for files that are a quarter larger.
_WEBP_METHOD = 1
EUROPEAN_FONT = ("manimgx_fonts", "NotoSans[wght].ttf")
CJK_FONT = ("manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc")
Color = tuple[int, int, int]


@contextmanager
def drawing_pictures(titles: Sequence[str]) -> Iterator[Mapping[str, Awaitable[EncodedPicture]]]:
    """By title, drawn in this order by two threads: the transaction of the seed must not wait for all of them."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(2) as threads:
        yield {title: loop.run_in_executor(threads, _encode, title) for title in titles}


def _encode(title: str) -> EncodedPicture:
    sizes = {str(name): side for name, side in IMAGE_SIZES.items()}
    with tempfile.TemporaryDirectory() as folder:
        picture_encoder.save(draw_picture(title), folder, sizes, method=_WEBP_METHOD)
        return picture_of(Path(folder))


def draw_picture(title: str) -> Image.Image:
    generator = Random(hashlib.sha256(title.encode()).digest())
    hue = generator.random()
    image = _background(generator, hue).resize(SIZE, Image.Resampling.BICUBIC)
    canvas = ImageDraw.Draw(image, "RGBA")
    _draw_rings(canvas, generator)
    _draw_title(canvas, title)
    return image


def _background(generator: Random, hue: float) -> Image.Image:
    """A gradient from dark to bright of neighboring hues, with two lights in it."""
    width, height = _SMALL
    ramp = Image.linear_gradient("L").resize(_SMALL).rotate(generator.choice((0, 180)))
    image = Image.composite(
        Image.new("RGB", _SMALL, _color(hue, 0.72, 0.30)),
        Image.new("RGB", _SMALL, _color(hue + 0.08, 0.62, 0.62)),
        ramp,
    )
    for shift, strength in ((0.15, 150), (-0.12, 120)):
        mask = Image.new("L", _SMALL, 0)
        x, y, radius = generator.uniform(0.45, 1) * width, generator.uniform(0, 1) * height, generator.uniform(9, 16)
        ImageDraw.Draw(mask).ellipse((x - radius, y - radius, x + radius, y + radius), fill=strength)
        light = Image.new("RGB", _SMALL, _color(hue + shift, 0.55, 0.95))
        image.paste(light, mask=mask.filter(ImageFilter.GaussianBlur(7)))
    return image


def _draw_rings(canvas: ImageDraw.ImageDraw, generator: Random) -> None:
    x, y = SIZE[0] * generator.uniform(0.72, 0.95), SIZE[1] * generator.uniform(0.1, 0.6)
    for number in range(generator.randint(3, 5)):
        radius = 70 + 64 * number
        canvas.ellipse(
            (x - radius, y - radius, x + radius, y + radius), outline=(255, 255, 255, 60 - 9 * number), width=3
        )


def _draw_title(canvas: ImageDraw.ImageDraw, title: str) -> None:
    """At the bottom left, in up to three lines, over a short bar."""
    lines = textwrap.wrap(title, 20)[:3]
    y = SIZE[1] - _MARGIN - 92 * len(lines)
    canvas.rectangle((_MARGIN, y - 36, _MARGIN + 96, y - 28), fill=(255, 255, 255, 230))
    font = load_font(title)
    for number, line in enumerate(lines):
        canvas.text((_MARGIN, y + 92 * number), line, font=font, fill=(255, 255, 255, 245))


def load_font(title: str) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Noto Sans, for Europe or for Japan; without the extra `documents`, Pillow's font, which has English letters."""
    package, name = CJK_FONT if any(letter >= "\u2e80" for letter in title) else EUROPEAN_FONT
    if find_spec(package) is None:
        return ImageFont.load_default(78)
    with as_file(files(package) / name) as path:
        font = ImageFont.truetype(path, 76)
    font.set_variation_by_axes([500])
    return font


def _color(hue: float, saturation: float, value: float) -> Color:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)
