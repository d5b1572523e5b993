"""The operations of identity, one resource per file."""

from __future__ import annotations

from coursify.modules.identity.controllers import account, links, me, public_pages, second_factor, sessions, sign_in

ROUTERS = (sign_in.router, links.router, sessions.router, second_factor.router, account.router, me.router)

PUBLIC_PAGES = public_pages.router
