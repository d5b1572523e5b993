"""A student finds the course and buys it with the second card."""

from __future__ import annotations

from urllib.parse import urlencode

from coursify_sandbox.tour.context import Json, TourContext

RETURN_URL = "https://school.example.com/thanks"


def find_course(context: TourContext) -> None:
    query = urlencode({"search": f"loaf {context.suffix}"})
    found = context.request(None, "GET", f"/courses?{query}", status=200)["data"]
    context.check("the search results", [course["id"] for course in found], [context.course["id"]])
    context.output.show_note(f"{found[0]['title']}, by {found[0]['instructor']['name']}")


def check_closed_lesson(context: TourContext) -> None:
    course = f"/courses/{context.course['id']}"
    preview = context.request(None, "GET", f"{course}/lessons/{context.lessons[0]['id']}", status=200)["data"]
    context.check("the content of the preview", preview["content"], context.lessons[0]["content"])
    context.request(context.student, "GET", f"{course}/lessons/{context.lessons[1]['id']}", status=403)
    context.request(context.student, "POST", "/enrollments", {"courseId": context.course["id"]}, status=402)
    context.check_access(may_learn=False)


def start_payment(context: TourContext) -> None:
    key, body = f"tour-{context.suffix}-payment", {"courseId": context.course["id"]}
    first = context.request(context.student, "POST", "/payments", body, status=201, Idempotency_Key=key)
    context.checkout = first["data"]
    context.check("the price", context.checkout["payment"]["amount"], context.course["price"])
    repeated = context.request(context.student, "POST", "/payments", body, status=201, Idempotency_Key=key)
    context.check("the response to the same key", repeated["data"], first["data"])
    context.check("the header Idempotent-Replayed", repeated["headers"].get("idempotent-replayed"), "true")
    context.output.show_note("The same key gets the same response, so a client can safely repeat the request.")


def pay_with_declined_card(context: TourContext) -> None:
    declined = _confirm(context, "pm_card_visa_chargeDeclined", status=402)
    context.check("Stripe's code", declined["error"]["code"], "card_declined")
    payment = context.wait_for_payment("a payment with lastError", lambda payment: payment.get("lastError") is not None)
    context.check("the status of the payment", payment["status"], "pending")
    context.output.show_note(f"lastError: {payment['lastError']['message']}")


def pay_with_valid_card(context: TourContext) -> None:
    context.check("the status of the intent", _confirm(context, "pm_card_visa", status=200)["status"], "succeeded")
    payment = context.wait_for_payment("a succeeded payment", lambda payment: payment.get("status") == "succeeded")
    context.check("the paid amount", (payment["amount"], payment["currency"]), (4900, "usd"))


def receive_emails(context: TourContext) -> None:
    access = context.check_access(may_learn=True)
    context.wait_for_email(f"receipt:{context.checkout['payment']['orderId']}", context.student)
    context.wait_for_email(f"enrollment:{access['grants'][0]['id']}", context.student)


def _confirm(context: TourContext, card: str, *, status: int) -> Json:
    """Confirm as Stripe.js does, with the publishable key and the client secret."""
    data = {
        "key": context.run_file["publishableKey"],
        "client_secret": context.checkout["clientSecret"],
        "payment_method": card,
        "return_url": RETURN_URL,
    }
    return context.request_stripe("POST", f"/v1/payment_intents/{context.intent_id}/confirm", data, status=status)
