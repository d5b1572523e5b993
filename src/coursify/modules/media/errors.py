"""What may be wrong with an upload or an asset."""

from __future__ import annotations

from coursify.core.errors import AppError, BadRequest, Conflict, Invalid, NotFound, TooLarge, TooManyRequests
from coursify.core.errors import UnsupportedMedia as UnsupportedBody
from coursify.modules.media.store import StoreUnavailable


class AssetNotFound(NotFound):
    code = "asset_not_found"
    message = "There is no such file."


class TooManyUploads(TooManyRequests):
    code = "too_many_uploads"
    message = "You have too many unfinished uploads. Finish or cancel one first."
    remedy = "Finish or cancel an upload. One that is left alone ends after a day."


class StorageQuotaExceeded(TooManyRequests):
    code = "storage_quota_exceeded"
    message = "There is no room left for your files. Delete some first."
    remedy = "Delete videos, pictures or files that are no longer needed."


class PictureUnsupported(UnsupportedBody):
    code = "picture_unsupported"
    message = "This is not a PNG, JPEG or WebP picture."
    remedy = "Send a PNG, JPEG or WebP file with its extension, and with its content type or none."


class PictureInvalid(Invalid):
    code = "picture_invalid"
    message = "This picture cannot be read: it is damaged, incomplete or has more than 50 million pixels."
    remedy = "Save the picture again, or send a smaller one."


PICTURE_FAILURES: tuple[type[AppError], ...] = (
    PictureUnsupported,
    PictureInvalid,
    TooManyUploads,
    StorageQuotaExceeded,
    StoreUnavailable,
)


class FileTooLarge(TooLarge):
    code = "file_too_large"
    message = "The file is too large. `details` has the limit."
    remedy = "Show the limit in `details`; offer to send a smaller file."


class WrongFileType(UnsupportedBody):
    code = "unsupported_file_type"
    message = "This type of file is not accepted here, or its name, type and content do not agree."
    remedy = "Show the accepted types in `details`. Send the real extension, and the real type or none."


class UploadNotFound(NotFound):
    code = "upload_not_found"
    message = "There is no such upload, or it has ended."
    remedy = "Begin a new upload."


class UploadUnfinished(Conflict):
    code = "upload_unfinished"
    message = "Some bytes of this upload have not arrived yet."
    remedy = "Send the rest of the file first."
    is_final = False


class OffsetMismatch(Conflict):
    code = "upload_offset_mismatch"
    message = "`Upload-Offset` is not where this upload goes on. Ask with HEAD."
    remedy = "Ask for the offset with HEAD, and continue there."
    is_final = False


class UploadLocked(AppError):
    code, status = "upload_locked", 423
    message = "Another request is writing to this upload."
    remedy = "Wait until the other request has ended, ask for the offset with HEAD, and continue there."


class ChecksumMismatch(AppError):
    code, status = "checksum_mismatch", 460
    message = "The bytes do not have the checksum of `Upload-Checksum`. None of them was kept."
    remedy = "Send the same bytes again."


class TusVersionUnsupported(AppError):
    code, status = "unsupported_tus_version", 412
    message = "Send `Tus-Resumable: 1.0.0`."
    remedy = "Use a client of tus 1.0."


class TusHeaderInvalid(BadRequest):
    code = "invalid_upload_header"
    message = "A header of the upload is missing or malformed. `details` names it."


class TusBodyUnsupported(UnsupportedBody):
    code = "offset_stream_required"
    message = "Send the bytes as `Content-Type: application/offset+octet-stream`, unencoded."
    remedy = "Send the header `Content-Type: application/offset+octet-stream` and no `Content-Encoding`."


class CaptionsRefused(Invalid):
    code = "captions_invalid"
    message = "These captions are not valid WebVTT. `details` names the line."
    remedy = "Show the line and the problem in `details`."


class VideoRejected(Exception):
    """A video cannot be played by anyone; `reason` is a sentence for its owner."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
