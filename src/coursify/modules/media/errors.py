"""What may be wrong with an upload or an asset."""

from __future__ import annotations

from coursify.core.errors import NotFound, TooManyRequests


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
