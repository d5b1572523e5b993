"""A process of its own: decodes one picture and writes it as WebP in several sizes, without its metadata.

It imports nothing of the application and has limits on time, memory and files, so that a hostile picture ends this
process alone. Only the first frame counts. Exit codes: 0, or 3 when the bytes are no such picture.
"""

from __future__ import annotations

import json
import resource
import sys
from io import BytesIO

from PIL import Image, ImageCms

CPU_SECONDS = 8
MEMORY_BYTES = 1_073_741_824
FILE_BYTES = 33_554_432
UNREADABLE = 3
_ORIENTATION = 0x0112
_TRANSPOSED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def main(arguments: list[str]) -> int:
    """`source FORMAT max-pixels target {"small": 320, …}`: the longest sides; a picture is never enlarged."""
    source, kind, max_pixels, target, sizes = arguments
    for limit, value in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    try:
        encode(source, kind, int(max_pixels), target, json.loads(sizes))
    except OSError as error:
        # No room for the result is not the picture's fault; an error of the decoder has no number.
        return 1 if error.errno else UNREADABLE
    except Exception:  # noqa: BLE001  # whatever a hostile file raises, it is no picture
        return UNREADABLE
    return 0


def encode(source: str, kind: str, max_pixels: int, target: str, sizes: dict[str, int]) -> None:
    Image.MAX_IMAGE_PIXELS = None  # the limit below is an error, not a warning
    largest = max(sizes.values())
    with Image.open(source, formats=[kind]) as opened:
        if opened.width * opened.height > max_pixels:
            raise ValueError("too many pixels")
        # A JPEG is decoded at a fraction of its size, at least twice the target.
        opened.draft(None, (2 * largest, 2 * largest))
        turned = _TRANSPOSED.get(_orientation(opened))
        profile = opened.info.get("icc_profile")
        opened.load()
        image = _plain(opened)
    image.thumbnail((largest, largest), reducing_gap=2.0)
    image = _in_srgb(image, profile)
    if turned is not None:
        image = image.transpose(turned)
    save(image, target, sizes)


def save(image: Image.Image, target: str, sizes: dict[str, int], *, method: int = 4) -> None:
    """Write the image in every size; a smaller `method` of WebP is quicker, and the files are larger."""
    for name, side in sorted(sizes.items(), key=lambda size: -size[1]):
        image.thumbnail((side, side), reducing_gap=2.0)
        image.save(f"{target}/{name}.webp", "WEBP", quality=82, method=method)


def _orientation(image: Image.Image) -> int:
    """How the camera was turned; broken metadata does not make a broken picture."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001  # as above
        return 1


def _plain(image: Image.Image) -> Image.Image:
    """8 bits of red, green and blue for each pixel, and of alpha where the picture has it."""
    if image.mode in {"RGB", "RGBA"}:
        return image
    if image.mode.startswith("I"):
        image = image.point(lambda value: value / 256).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    """The colors as a browser shows them without the picture's profile; a profile that is not of RGB is ignored."""
    if not isinstance(profile, bytes):
        return image
    try:
        converted = ImageCms.profileToProfile(
            image, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
        )
    except Exception:  # noqa: BLE001  # as above
        return image
    return converted or image


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
