"""A signature header is refused with a 400, whatever it holds, unless it is one of ours from the last minutes."""

from __future__ import annotations

import hmac
import json
from typing import Any

import httpx
import pytest
from tests.support.classroom import PREFIX, Classroom, refusal
from tests.support.shop import Shop

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
WEBHOOK = PREFIX + "/payments/webhook"
REFUSED = (400, "signature_invalid")


@pytest.fixture
async def event(shop: Shop, classroom: Classroom) -> Json:
    course = await classroom.published(await classroom.person("instructor"))
    await shop.start(await classroom.person("student"), course["id"])
    return (await shop.events())[-1]


async def count_events(classroom: Classroom) -> int:
    return int((await classroom.rows("SELECT count(*) FROM provider_events"))[0][0])


def sign(shop: Shop, stamp: str, body: bytes) -> str:
    return hmac.digest(shop.standin.webhook_secret.encode(), f"{stamp}.".encode() + body, "sha256").hex()


async def send(shop: Shop, body: bytes, signature: bytes | str) -> httpx.Response:
    raw = signature if isinstance(signature, bytes) else signature.encode()
    headers = [(b"Stripe-Signature", raw), (b"Content-Type", b"application/json")]
    return await shop.client.post(WEBHOOK, content=body, headers=headers)


STRANGE: list[tuple[str, bytes]] = [
    ("huge time", b"t=" + b"9" * 5000 + b",v1=00"),
    ("long time", b"t=99999999999999999999,v1=00"),
    ("negative time", b"t=-1,v1=00"),
    ("signed time", b"t=+1700000000,v1=00"),
    ("fraction", b"t=1700000000.5,v1=00"),
    ("exponent", b"t=1e9,v1=00"),
    ("not a number", b"t=nan,v1=00"),
    ("digits of another script", "t=١٢٣٤,v1=00".encode()),
    ("time not in ASCII", b"t=\xff\xfe,v1=00"),
    ("signature not in ASCII", b"t=1700000000,v1=\xc3\xa4"),
    ("null", b"t=1700000000,v1=\x01"),
    ("no value", b"t,v1"),
    ("only commas", b",,,,"),
    ("equals", b"====,t==,v1=="),
    ("no scheme", b"t=1700000000"),
    ("other scheme", b"t=1700000000,v0=00"),
    ("huge header", b"t=1700000000," + b"v1=00," * 10_000),
]


@pytest.mark.parametrize("signature", [pytest.param(header, id=name) for name, header in STRANGE])
async def test_a_strange_signature_is_a_400(shop: Shop, classroom: Classroom, event: Json, signature: bytes) -> None:
    answer = await send(shop, json.dumps(event).encode(), signature)
    assert refusal(answer) == REFUSED or answer.status_code == 431
    assert await count_events(classroom) == 0


@pytest.mark.parametrize("order", ["old first", "new first"])
async def test_a_second_time_stamp_does_not_make_an_old_delivery_new(
    shop: Shop, classroom: Classroom, event: Json, order: str
) -> None:
    """The signature is true for the old stamp; the fresh one beside it is anybody's."""
    body = json.dumps(event).encode()
    now = int((await shop.resources.database.now()).timestamp())
    old = str(now - 86_400)
    stamps = [f"t={old}", f"t={now}"]
    stamps = stamps if order == "old first" else stamps[::-1]
    answer = await send(shop, body, ",".join([*stamps, f"v1={sign(shop, old, body)}"]))
    assert refusal(answer) == REFUSED
    assert await count_events(classroom) == 0


async def test_a_time_stamp_with_a_space_before_it_hides_none(shop: Shop, classroom: Classroom, event: Json) -> None:
    body = json.dumps(event).encode()
    now = int((await shop.resources.database.now()).timestamp())
    old = str(now - 86_400)
    for header in (f" t={now},t={old},v1={sign(shop, old, body)}", f"t={now}, t={old},v1={sign(shop, old, body)}"):
        assert refusal(await send(shop, body, header)) == REFUSED, header
    assert await count_events(classroom) == 0


async def test_one_of_several_signatures_is_enough(shop: Shop, classroom: Classroom, event: Json) -> None:
    """While a secret is rolled over, the provider signs with both."""
    body, headers = shop.sign(event)
    stamp, true = headers["Stripe-Signature"].split(",")
    answer = await send(shop, body, f"{stamp},v1={'0' * 64},{true},v0=anything")
    assert answer.status_code == 200
    assert await count_events(classroom) == 1


BODIES: list[tuple[str, Json]] = [
    ("id with a NUL", {"id": "evt_\x00"}),
    ("id with a line feed", {"id": "evt_\n"}),
    ("id of no text", {"id": 7}),
    ("id too long", {"id": "evt_" + "x" * 300}),
    ("empty id", {"id": ""}),
    ("half a character", {"id": "evt_\ud800"}),
    ("type with a NUL", {"type": "payment_intent.\x00"}),
    ("type of no text", {"type": None}),
    ("created too large", {"created": 1e20}),
    ("created beyond every calendar", {"created": 10**30}),
    ("created before 1970", {"created": -1}),
    ("created as text", {"created": "yesterday"}),
    ("created as truth", {"created": True}),
    ("created absent", {"created": ...}),
    ("data absent", {"data": ...}),
    ("data a list", {"data": []}),
    ("object a list", {"data": {"object": []}}),
    ("object without a kind", {"data": {"object": {"id": "pi_1"}}}),
    ("object id with a NUL", {"data": {"object": {"object": "payment_intent", "id": "pi_\x00"}}}),
    ("object id an object", {"data": {"object": {"object": "payment_intent", "id": {"a": 1}}}}),
    ("livemode absent", {"livemode": ...}),
    ("livemode as text", {"livemode": "false"}),
    ("version of no text", {"api_version": 7}),
]


@pytest.mark.parametrize("change", [pytest.param(change, id=name) for name, change in BODIES])
async def test_a_body_that_is_no_event_is_a_400_though_it_is_signed(
    shop: Shop, classroom: Classroom, event: Json, change: Json
) -> None:
    changed = {name: value for name, value in (event | change).items() if value is not ...}
    body, headers = shop.sign(changed)
    answer = await shop.client.post(WEBHOOK, content=body, headers=headers)
    assert refusal(answer) == REFUSED
    assert await count_events(classroom) == 0


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "7", '"evt"', "{", "[" * 50_000, '{"id": ' + "9" * 5000 + "}", "NaN", '{"created": Infinity}'],
    ids=["empty", "null", "list", "number", "text", "half", "deep", "huge number", "nan", "infinity"],
)
async def test_a_body_that_is_no_object_is_a_400_though_it_is_signed(
    shop: Shop, classroom: Classroom, event: Json, text: str
) -> None:
    body = text.encode()
    now = str(int((await shop.resources.database.now()).timestamp()))
    answer = await send(shop, body, f"t={now},v1={sign(shop, now, body)}")
    assert refusal(answer) == REFUSED
    assert await count_events(classroom) == 0


async def test_a_delivery_is_taken_until_its_window_is_over_and_not_again(
    shop: Shop, classroom: Classroom, event: Json
) -> None:
    for seconds, status in ((-290, 200), (290, 200), (-310, 400), (310, 400)):
        body, headers = shop.sign(event | {"id": f"evt_{seconds + 400}"}, seconds=seconds)
        answer = await shop.client.post(WEBHOOK, content=body, headers=headers)
        assert answer.status_code == status, seconds
    assert await count_events(classroom) == 2
