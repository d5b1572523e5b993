"""The storefront's operations. `ROUTERS` are in the order in which paths are tried."""

from __future__ import annotations

from coursify.modules.storefront.controllers import catalogue, courses, wishlist

ROUTERS = (catalogue.router, courses.router, wishlist.router)
