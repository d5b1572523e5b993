"""Variants of Stripe's responses: each field that the SDK calls optional, once left out and once null.

A test can check code that reads Stripe's objects with each of them:

    for variant in vary(intent):
        assert read(variant.body) == expected, variant
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

import stripe
from stripe import ListObject, StripeObject
from stripe._stripe_object import UntypedStripeObject
from tests.sandbox.stripe.sdk_types import UNIONS, fields_of, violations

Json = dict[str, Any]
Change = Literal["absent", "null"]
Place = tuple[str | int, ...]

RESOURCES: dict[str, type] = {
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "dispute": stripe.Dispute,
    "balance_transaction": stripe.BalanceTransaction,
    "customer": stripe.Customer,
    "payment_method": stripe.PaymentMethod,
    "event": stripe.Event,
}


@dataclass(frozen=True)
class Variant:
    """An object with one optional field changed; `path` names the field, such as `last_payment_error.code`."""

    path: str
    change: Change
    body: Json

    def __str__(self) -> str:
        return f"{self.path} {self.change}"


def vary(body: Json) -> Iterator[Variant]:
    """Every variant of an object, also of the objects inside it; an event's object varies by its own type."""
    for place in optional_places(body, RESOURCES[body["object"]]):
        present = holder_of(body, place)
        if place[-1] in present:
            yield changed(body, place, "absent")
        if present.get(place[-1], ...) is not None:
            yield changed(body, place, "null")


def optional_places(value: Any, annotation: Any, place: Place = ()) -> Iterator[Place]:
    """Where optional fields are or could be, as keys and list positions from the outside in."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in UNIONS:
        fitting = min((option for option in arguments), key=lambda option: len(violations(value, option)))
        yield from optional_places(value, fitting, place)
    elif isinstance(value, list) and arguments:
        for position, item in enumerate(value):
            yield from optional_places(item, arguments[0], (*place, position))
    elif isinstance(value, dict) and origin is ListObject:
        yield from optional_places(value["data"], list[arguments[0]], (*place, "data"))  # type: ignore[valid-type]
    elif isinstance(value, dict) and is_object(annotation):
        for name, inner in fields_of(annotation).items():
            if is_optional(inner):
                yield (*place, name)
            if name in value:
                yield from optional_places(value[name], own_type(annotation, name, value) or inner, (*place, name))


def is_object(annotation: Any) -> bool:
    """Whether an annotation is a class of the SDK with named fields."""
    return (
        isinstance(annotation, type)
        and issubclass(annotation, StripeObject)
        and not issubclass(annotation, UntypedStripeObject)
    )


def is_optional(annotation: Any) -> bool:
    """Whether a field may be null, and so may be absent."""
    return get_origin(annotation) in UNIONS and type(None) in get_args(annotation)


def own_type(owner: type, name: str, value: Json) -> type | None:
    """The type of an event's object, which the SDK leaves open."""
    return RESOURCES.get(value[name].get("object")) if owner is stripe.Event.Data and name == "object" else None


def holder_of(body: Any, place: Place) -> Any:
    """The object that has the last key of the place."""
    for step in place[:-1]:
        body = body[step]
    return body


def changed(body: Json, place: Place, change: Change) -> Variant:
    """A copy with one field left out or null."""
    copy: Json = json.loads(json.dumps(body))
    holder = holder_of(copy, place)
    if change == "absent":
        del holder[place[-1]]
    else:
        holder[place[-1]] = None
    return Variant(".".join(str(step) for step in place), change, copy)
