"""The operations of notifications, one resource per file."""

from __future__ import annotations

from coursify.modules.notifications.controllers import notifications, preferences, unsubscribe

ROUTERS = (preferences.router, notifications.router, unsubscribe.router)
