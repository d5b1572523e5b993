"""Where people see the school: pages of its storefront, or small pages of ours under the same paths."""

from __future__ import annotations

from coursify.core.settings import AppSettings


def page_url(settings: AppSettings, path: str) -> str:
    return f"{settings.storefront_url or settings.public_url}/{path}"
