"""What may be wrong with an upload or an asset."""

from __future__ import annotations

from coursify.core.errors import NotFound


class AssetNotFound(NotFound):
    code = "asset_not_found"
    message = "There is no such file."
