"""What may be wrong with an upload or an asset."""

from __future__ import annotations

from coursify.core.errors import AppError, Invalid, NotFound, TooManyRequests, UnsupportedMedia
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


class PictureUnsupported(UnsupportedMedia):
    code = "picture_unsupported"
    message = "This is not a PNG, JPEG or WebP picture."
    remedy = "Send a PNG, JPEG or WebP file with its content type and extension."


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
