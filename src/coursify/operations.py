"""The policy table: every operation, who may call it, the rule about its object, its rate class, how it repeats.

The application refuses to start while a route is missing here or a line has no route. A line's name is the
controller's name and the `operationId` of the OpenAPI document. Rules about the object itself live in policies.py.
"""

from __future__ import annotations

from coursify.core.operations import Operation, Who
from coursify.core.ratelimit import Rate

# Rate classes: how many requests in how many seconds, per person where one is known, else per address.
RATES: dict[str, Rate] = {
    rate.name: rate
    for rate in (
        Rate("read", 1_200, 60),
        Rate("default", 300, 60),
        Rate("sign_in", 120, 60),
    )
}

_ANYONE = Operation(Who.ANYONE, rate="read")
_SIGN_IN = Operation(Who.ANYONE, rate="sign_in", ignores_credential=True)

OPERATIONS: dict[str, Operation] = {
    # users
    "register_user": _SIGN_IN,
    "log_in": _SIGN_IN,
    "get_me": Operation(Who.SIGNED_IN, rate="read"),
    "update_me": Operation(Who.SIGNED_IN),
    # courses
    # enrollments
    # reviews
    # payments
    # webhooks
    # admin
}
