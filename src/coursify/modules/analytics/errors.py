"""Why a statistic cannot be given."""

from __future__ import annotations

from coursify.core.errors import Invalid


class InvalidPeriod(Invalid):
    code = "invalid_period"
    message = "`from` must not be after `to`, and they must be at most 10 years and 1,000 periods apart."
    remedy = "Show `details`: they name the parameter. Ask for a shorter range, or for longer intervals."
