"""Which files are accepted: the extension, the first bytes and the type, if one is declared, have to agree. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from coursify.core.uploaded_file import UNKNOWN_TYPE

# As many first bytes as the checks need.
HEAD_BYTES = 4_096
MP4, WEBM = "video/mp4", "video/webm"
ACCEPTED_VIDEOS = "must be a video: .mp4 as video/mp4 or .webm as video/webm"
# The brands of pictures, of sound alone and of QuickTime, which are in the same container as MP4.
_FOREIGN = ("heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis", "crx", "jp2", "jpx")
_FOREIGN_BRANDS = frozenset(brand.ljust(4).encode() for brand in (*_FOREIGN, "M4A", "M4B", "M4P", "qt"))
_EBML = b"\x1a\x45\xdf\xa3"
_DOCUMENT_TYPE = b"\x42\x82\x84webm"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(frozen=True, slots=True)
class AttachmentType:
    """`also` are other names of the type that browsers send; one of `starts` begins the file, where there are any."""

    content_type: str
    also: tuple[str, ...] = ()
    starts: tuple[bytes, ...] = ()
    is_text: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument"
ATTACHMENT_TYPES: dict[str, AttachmentType] = {
    "pdf": AttachmentType("application/pdf", starts=(b"%PDF-",)),
    "zip": AttachmentType("application/zip", ("application/x-zip-compressed",), _ZIP),
    "epub": AttachmentType("application/epub+zip", starts=_ZIP),
    "docx": AttachmentType(f"{_OFFICE}.wordprocessingml.document", starts=_ZIP),
    "xlsx": AttachmentType(f"{_OFFICE}.spreadsheetml.sheet", starts=_ZIP),
    "pptx": AttachmentType(f"{_OFFICE}.presentationml.presentation", starts=_ZIP),
    "txt": AttachmentType("text/plain", is_text=True),
    "csv": AttachmentType("text/csv", ("text/plain", "application/vnd.ms-excel", "application/csv"), is_text=True),
    "mp3": AttachmentType("audio/mpeg", ("audio/mp3",), (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    "png": AttachmentType("image/png", starts=(b"\x89PNG\r\n\x1a\n",)),
    "jpg": AttachmentType("image/jpeg", ("image/jpg",), (b"\xff\xd8\xff",)),
}
_SAME = {"jpeg": "jpg", "m4v": "mp4"}
_VIDEO_EXTENSIONS = {"mp4": MP4, "webm": WEBM}


def extension_of(filename: str) -> str:
    """In lower case without the dot; empty when there is none."""
    extension = filename.rpartition(".")[2].lower() if "." in filename else ""
    return _SAME.get(extension, extension)


def video_type(filename: str, declared: str) -> str | None:
    """The type of a video by its extension, or None when it is no video's or not the declared one, if there is one."""
    known = _VIDEO_EXTENSIONS.get(extension_of(filename))
    return known if declared in {"", known} else None


def is_video_head(head: bytes, content_type: str) -> bool:
    """Whether a file that begins like this may be the video that it was declared to be."""
    if content_type == WEBM:
        return head.startswith(_EBML) and _DOCUMENT_TYPE in head[:64]
    return head[4:8] == b"ftyp" and head[8:12] not in _FOREIGN_BRANDS


def attachment_type(filename: str, declared: str) -> str | None:
    """The type with which an attachment is sent, or None when its extension and declared type do not agree."""
    known = ATTACHMENT_TYPES.get(extension_of(filename))
    if known is None:
        return UNKNOWN_TYPE
    return known.content_type if declared in {"", known.content_type, *known.also} else None


def is_attachment_head(head: bytes, filename: str) -> bool:
    """Whether a file that begins like this may have this extension."""
    known = ATTACHMENT_TYPES.get(extension_of(filename))
    if known is None:
        return True
    return b"\x00" not in head if known.is_text else not known.starts or head.startswith(known.starts)
