"""The operations of notices. `ROUTERS` are in the order in which paths are tried."""

from __future__ import annotations

from coursify.modules.notices.controllers import admin, notices

ROUTERS = (notices.router, admin.router)
