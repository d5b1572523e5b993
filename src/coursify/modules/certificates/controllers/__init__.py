"""The certificates' operations, one resource per file."""

from __future__ import annotations

from coursify.modules.certificates.controllers import certificates, credentials

ROUTERS = (certificates.router, credentials.router)
