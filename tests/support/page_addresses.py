"""The address of every page that is declared, with ids of objects that exist: a page that is added is looked at too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from coursify.pages.core.page_route import PageRoute
from coursify.pages.routes import PAGES

# They answer what is no page.
MISSING = {"page_admin_missing", "page_teach_missing"}


def addresses_of_pages(
    area: str, examples: Mapping[str, Sequence[object]], *, without: frozenset[str] = frozenset()
) -> list[str]:
    """Every page below `/<area>` with each example of its parameters, `without` pages that have one of these.

    Any other parameter without an example fails.
    """
    pages = [
        page
        for page in PAGES
        if page.method == "GET" and page.id not in MISSING and without.isdisjoint(page.param_convertors)
    ]
    return [
        address for page in pages if page.path_format.split("/")[1] == area for address in _addresses(page, examples)
    ]


def _addresses(page: PageRoute, examples: Mapping[str, Sequence[object]]) -> list[str]:
    names = list(page.param_convertors)
    unknown = [name for name in names if not examples.get(name)]
    assert not unknown, f"{page.path_format}: tests/browser has no example of {', '.join(unknown)}"
    return [
        page.path_format.format(**dict(zip(names, chosen, strict=True)))
        for chosen in product(*(examples[name] for name in names))
    ]
