"""What can go wrong with exports and erasures, by name."""

from __future__ import annotations

from coursify.core.errors import AppError, NotFound


class ExportNotFound(NotFound):
    code, message = "export_not_found", "There is no such export."


class ExportExpired(AppError):
    code, status, message = "export_expired", 410, "This link is too old. Ask for a new export."
    remedy = "Ask for a new export with `GET /users/me/export`."
