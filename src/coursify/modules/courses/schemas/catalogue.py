"""What the catalogue says beside its courses."""

from __future__ import annotations

from typing import Generic, Literal

from coursify.core.schema import Data, Meta, Output, PageEnvelope
from coursify.modules.courses.models.facets import Facets


class FacetCountOut(Output):
    """`value` is what the filter takes: of prices `free` or `paid`, of ratings the least."""

    value: str
    count: int


class CatalogueMeta(Meta):
    """`didYouMean`: other words that find more; the page has what they find as well.

    `facets`: how many courses there are with each value of a filter, all other filters kept. Without `facetsExact`
    more courses match than were counted.
    """

    did_you_mean: str | None
    facets: dict[str, list[FacetCountOut]] | None
    facets_exact: bool | None

    @classmethod
    def of(cls, meta: Meta, *, did_you_mean: str | None, facets: Facets | None) -> CatalogueMeta:
        counts: dict[str, list[FacetCountOut]] | None = (
            {name: [FacetCountOut.model_validate(one) for one in ones] for name, ones in facets.counts.items()}
            if facets
            else None
        )
        return cls(
            **meta.model_dump(by_alias=False),
            did_you_mean=did_you_mean,
            facets=counts,
            facets_exact=facets.is_exact if facets else None,
        )


class CataloguePage(PageEnvelope[Data], Generic[Data]):
    """A page of the catalogue."""

    meta: CatalogueMeta


class SuggestionOut(Output):
    """`slug` is that of the course or category; for an instructor it is the id, as in `GET /users/{id}`."""

    kind: Literal["course", "instructor", "category"]
    text: str
    slug: str
