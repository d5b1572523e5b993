"""What an instructor writes as HTML is stored sanitized, and can be sent back as it was read."""

from __future__ import annotations

from coursify.modules.courses.errors import HtmlTooLong
from coursify.modules.courses.rich_text import MAX_LENGTH, sanitize


def clean_html(text: str, *, field: str) -> str:
    """The sanitized HTML; raises HtmlTooLong when it has grown beyond the limit (`<` is stored as `&lt;`)."""
    cleaned = sanitize(text)
    if len(cleaned) > MAX_LENGTH:
        message = f"has more than {MAX_LENGTH} characters once `<`, `>` and `&` are written as HTML writes them"
        raise HtmlTooLong(details=[{"field": field, "message": message}])
    return cleaned
