"""The operations of users, one resource per file."""

from __future__ import annotations

from coursify.modules.users.controllers import administration, profile

ROUTERS = (profile.router, administration.router)
