"""The policy table: every operation, who may call it, the rule about its object, its rate class, how it repeats.

The application refuses to start while a route is missing here or a line has no route. A line's name is the
controller's name and the `operationId` of the OpenAPI document. Rules about the object itself live in policies.py.
"""

from __future__ import annotations

from coursify.core.operations import Operation, Who

_ANYONE = Operation(Who.ANYONE, rate="read")

OPERATIONS: dict[str, Operation] = {
    # users
    # courses
    # enrollments
    # reviews
    # payments
    # webhooks
    # admin
}
