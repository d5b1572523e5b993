"""The last act: the money goes back, and with it the access."""

from __future__ import annotations

from coursify_sandbox.tour.stage import Json, Stage


def give_back(stage: Stage) -> None:
    body = {"paymentId": stage.payment_id, "reason": "The oven is broken"}
    key = f"tour-{stage.batch}-refund"
    asked = stage.ask(stage.admin, "POST", "/payments/refund", body, wants=202, Idempotency_Key=key)
    stage.refund = asked["data"]["refund"]
    stage.want("what is given back", stage.refund["amount"], stage.course["price"])
    stage.await_payment("a payment that is refunded", lambda payment: payment.get("status") == "refunded")


def receive_refund_letter(stage: Stage) -> None:
    stage.await_letter(f"refund:{stage.refund['id']}", stage.student)


def stand_before_the_door_again(stage: Stage) -> None:
    stage.ask(stage.student, "GET", f"/courses/{stage.course['id']}/lessons/{stage.lessons[1]['id']}", wants=403)
    kept = stage.ask(stage.student, "GET", f"/enrollments/{stage.enrollment['id']}", wants=200)["data"]
    stage.want("the progress that was kept", (kept["progress"], kept["status"]), (100, "revoked"))
    stage.explain(may_learn=False)


def compare_the_books(stage: Stage) -> None:
    ledger = stage.ask_stripe("GET", "/_control/ledger", wants=200)
    line: Json = next((line for line in ledger["payment_intents"] if line["id"] == stage.intent_id), {})
    stage.want("what Stripe received and gave back", (line.get("received"), line.get("refunded")), (4900, 4900))
    payment = stage.ask(stage.admin, "GET", f"/payments/{stage.payment_id}", wants=200)["data"]
    stage.want("what we say of it", (payment["amount"], payment["refundedAmount"]), (4900, 4900))
    stage.teller.note("Received 49.00 USD, given back 49.00 USD: Stripe's books and ours say the same.")
