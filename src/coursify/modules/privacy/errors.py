"""Errors of exports and erasures."""

from __future__ import annotations

from coursify.core.errors import AppError, NotFound


class ExportNotFound(NotFound):
    code, message = "export_not_found", "Export not found."


class ExportExpired(AppError):
    code, status, message = "export_expired", 410, "This link has expired. Request a new export."
    remedy = "Request a new export with `GET /users/me/export`."
