"""What the catalogue says beside its courses."""

from __future__ import annotations

from typing import Generic, Literal

from coursify.core.schema import Data, Meta, Output, PageEnvelope


class CatalogueMeta(Meta):
    """`didYouMean`: other words that find more. If the search found nothing, the page has what they find."""

    did_you_mean: str | None


class CataloguePage(PageEnvelope[Data], Generic[Data]):
    """A page of the catalogue."""

    meta: CatalogueMeta


class SuggestionOut(Output):
    """`slug` is that of the course or category; for an instructor it is the id, as in `GET /users/{id}`."""

    kind: Literal["course", "instructor", "category"]
    text: str
    slug: str
