"""What a provider is told."""

from __future__ import annotations

from coursify.core.schema import Output


class Received(Output):
    """`isNew` is false for an event that was delivered before."""

    is_new: bool
