"""The second act: the course is found, and paid for at the second try."""

from __future__ import annotations

from urllib.parse import urlencode

from coursify_sandbox.tour.stage import Json, Stage

RETURN_URL = "https://school.example.com/thanks"


def find_course(stage: Stage) -> None:
    query = urlencode({"search": f"loaf {stage.batch}"})
    found = stage.ask(None, "GET", f"/courses?{query}", wants=200)["data"]
    stage.want("what the search finds", [course["id"] for course in found], [stage.course["id"]])
    stage.teller.note(f"{found[0]['title']}, by {found[0]['instructor']['name']}")


def stand_before_the_door(stage: Stage) -> None:
    course = f"/courses/{stage.course['id']}"
    preview = stage.ask(None, "GET", f"{course}/lessons/{stage.lessons[0]['id']}", wants=200)["data"]
    stage.want("the preview's text", preview["content"], stage.lessons[0]["content"])
    stage.ask(stage.student, "GET", f"{course}/lessons/{stage.lessons[1]['id']}", wants=403)
    stage.ask(stage.student, "POST", "/enrollments", {"courseId": stage.course["id"]}, wants=402)
    stage.explain(may_learn=False)


def start_payment(stage: Stage) -> None:
    key, body = f"tour-{stage.batch}-payment", {"courseId": stage.course["id"]}
    first = stage.ask(stage.student, "POST", "/payments", body, wants=201, Idempotency_Key=key)
    stage.checkout = first["data"]
    stage.want("the price", stage.checkout["payment"]["amount"], stage.course["price"])
    again = stage.ask(stage.student, "POST", "/payments", body, wants=201, Idempotency_Key=key)
    stage.want("the answer to the same key", again["data"], first["data"])
    stage.want("its header Idempotent-Replayed", again["headers"].get("idempotent-replayed"), "true")
    stage.teller.note("The same key, the same answer: a client that lost it may ask again.")


def try_a_bad_card(stage: Stage) -> None:
    refused = _confirm(stage, "pm_card_visa_chargeDeclined", wants=402)
    stage.want("Stripe's code", refused["error"]["code"], "card_declined")
    payment = stage.await_payment("a lastError on the payment", lambda payment: payment.get("lastError") is not None)
    stage.want("the payment's status", payment["status"], "pending")
    stage.teller.note(f"lastError: {payment['lastError']['message']}")


def try_a_good_card(stage: Stage) -> None:
    stage.want("the intent", _confirm(stage, "pm_card_visa", wants=200)["status"], "succeeded")
    payment = stage.await_payment("a payment that has succeeded", lambda payment: payment.get("status") == "succeeded")
    stage.want("what was paid", (payment["amount"], payment["currency"]), (4900, "usd"))


def receive_letters(stage: Stage) -> None:
    explained = stage.explain(may_learn=True)
    stage.await_letter(f"receipt:{stage.checkout['payment']['orderId']}", stage.student)
    stage.await_letter(f"enrollment:{explained['grants'][0]['id']}", stage.student)


def _confirm(stage: Stage, card: str, *, wants: int) -> Json:
    """As Stripe.js does it in the browser: with the publishable key and the client secret."""
    data = {
        "key": stage.run["publishableKey"],
        "client_secret": stage.checkout["clientSecret"],
        "payment_method": card,
        "return_url": RETURN_URL,
    }
    return stage.ask_stripe("POST", f"/v1/payment_intents/{stage.intent_id}/confirm", data, wants=wants)
