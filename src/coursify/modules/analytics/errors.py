"""Why a statistic cannot be given."""

from __future__ import annotations

from coursify.core.errors import Invalid


class InvalidPeriod(Invalid):
    code, message = "invalid_period", "`from` is not after `to`, with at most 10 years and 1,000 periods between them."
    remedy = "Ask for a shorter range, or for longer intervals."
