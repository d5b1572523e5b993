"""Pictures in requests and responses."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from coursify.core.pictures import ImageSizes, image_sizes
from coursify.core.schema import Input, Line, Output

# An HTML form sends a field that nobody filled in as the empty text.
AltText = Annotated[Annotated[Line, Field(max_length=300)] | None, BeforeValidator(lambda text: text or None)]

PICTURE_PART = {"type": "string", "contentMediaType": "application/octet-stream", "description": "PNG, JPEG or WebP"}


class PictureText(Input):
    """The text beside an uploaded picture."""

    alt_text: AltText = None

    @classmethod
    def parts(cls) -> frozenset[str]:
        """The names of its fields in a form."""
        return frozenset(field.alias or name for name, field in cls.model_fields.items())


class PictureOut(Output):
    """The picture in three sizes; `imageUrl` is the one in the middle."""

    image_url: str
    image_sizes: ImageSizes
    alt_text: str | None

    @classmethod
    def of(cls, path: str, alt_text: str | None) -> PictureOut:
        sizes = image_sizes(path)
        if sizes is None:
            raise AssertionError("an uploaded picture has a path")
        return cls(image_url=sizes.medium, image_sizes=sizes, alt_text=alt_text)


def form_of(*texts: str) -> dict[str, Any]:
    """The body of an upload for OpenAPI: the file, and these text fields."""
    properties: dict[str, Any] = {"file": PICTURE_PART} | {text: {"type": "string"} for text in texts}
    schema = {"type": "object", "required": ["file"], "properties": properties, "additionalProperties": False}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}
