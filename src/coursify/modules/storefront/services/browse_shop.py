"""A page of the catalogue with its facets, and what belongs to each course for the caller."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.core.pagination import Window
from coursify.modules.courses.models import OrderName
from coursify.modules.courses.models.facets import FacetName, Facets
from coursify.modules.courses.services.browse_catalogue import CataloguePage, browse_catalogue
from coursify.modules.courses.services.count_facets import count_facets
from coursify.modules.storefront.models import Surroundings
from coursify.modules.storefront.services.find_surroundings import find_surroundings


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the catalogue: words, filters, order, what to count and what to write out."""

    text: str | None
    filters: dict[str, Any]
    sort: OrderName | None
    filters_by_facet: dict[FacetName, dict[str, Any]]
    expand: Collection[str]


@dataclass(frozen=True, slots=True)
class Shop:
    """`around` is by course id."""

    found: CataloguePage
    facets: Facets | None
    around: Mapping[UUID, Surroundings]


async def browse_shop(
    db: Connection, question: Question, *, caller: Caller | None, window: Window, now: datetime | None
) -> Shop:
    found = await browse_catalogue(db, text=question.text, filters=question.filters, sort=question.sort, window=window)
    facets = None
    if question.filters_by_facet:
        facets = await count_facets(db, texts=found.texts, filters_by_facet=question.filters_by_facet)
    around = await find_surroundings(db, caller=caller, courses=found.page.items, expand=question.expand, now=now)
    return Shop(found, facets, around)
