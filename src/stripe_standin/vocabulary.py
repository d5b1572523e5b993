"""The one type that every part of the stand-in passes around."""

from typing import Any

Json = dict[str, Any]
