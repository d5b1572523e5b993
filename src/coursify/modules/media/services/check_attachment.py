"""A file is looked at before it becomes an attachment."""

from __future__ import annotations

from coursify.core.settings import MediaSettings
from coursify.core.uploaded_file import UploadedFile
from coursify.modules.media.errors import WrongFileType
from coursify.modules.media.file_types import HEAD_BYTES, attachment_type, extension_of, is_attachment_head


def check_attachment(file: UploadedFile, *, limits: MediaSettings) -> str:
    """The type with which it is sent. Raises WrongFileType unless extension, first bytes and declared type agree."""
    content_type = attachment_type(file.filename, file.content_type)
    if content_type is None or extension_of(file.filename) not in limits.attachment_types:
        raise _wrong(limits)
    with file.path.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    if not head or not is_attachment_head(head, file.filename):
        raise _wrong(limits)
    return content_type


def _wrong(limits: MediaSettings) -> WrongFileType:
    accepted = ", ".join(limits.attachment_types)
    return WrongFileType(
        details=[{"field": "file", "message": f"must be one of {accepted}, by name, type and content"}]
    )
