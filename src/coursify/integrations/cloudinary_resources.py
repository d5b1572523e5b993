"""Which resource of Cloudinary a path of the store is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from coursify.modules.media.store import IMAGE_SIZES, LARGEST_FIRST, picture_path

Kind = Literal["image", "video", "raw"]
KINDS: Final[tuple[Kind, ...]] = ("image", "video", "raw")


@dataclass(frozen=True, slots=True)
class Resource:
    """`name` is what an address ends with. With a `transformation`, Cloudinary makes it of the stored picture."""

    kind: Kind
    public_id: str
    name: str
    transformation: str = ""


def resource_of(path: str) -> Resource:
    """A picture has one image in all its sizes; an uploaded video is a video; everything else is raw bytes."""
    for size, side in IMAGE_SIZES.items():
        ending = f"-{size}.webp"
        if path.endswith(ending):
            public_id = path.removesuffix(ending)
            scaled = "" if size == LARGEST_FIRST[0] else f"c_limit,h_{side},w_{side}"
            return Resource("image", public_id, f"{public_id}.webp", scaled)
    return Resource("video" if path.endswith("/original") else "raw", path, path)


def path_of(kind: Kind, public_id: str) -> str:
    return picture_path(public_id, LARGEST_FIRST[0]) if kind == "image" else public_id
