"""An admin refunds the payment, which revokes access to the course."""

from __future__ import annotations

from coursify_sandbox.tour.context import Json, TourContext


def request_refund(context: TourContext) -> None:
    body = {"paymentId": context.payment_id, "reason": "The oven is broken"}
    key = f"tour-{context.suffix}-refund"
    requested = context.request(context.admin, "POST", "/payments/refund", body, status=202, Idempotency_Key=key)
    context.refund = requested["data"]["refund"]
    context.check("the refunded amount", context.refund["amount"], context.course["price"])
    context.wait_for_payment("a refunded payment", lambda payment: payment.get("status") == "refunded")


def receive_refund_email(context: TourContext) -> None:
    context.wait_for_email(f"refund:{context.refund['id']}", context.student)


def check_revoked_access(context: TourContext) -> None:
    context.request(
        context.student, "GET", f"/courses/{context.course['id']}/lessons/{context.lessons[1]['id']}", status=403
    )
    enrollment = context.request(context.student, "GET", f"/enrollments/{context.enrollment['id']}", status=200)["data"]
    context.check("the progress and status", (enrollment["progress"], enrollment["status"]), (100, "revoked"))
    context.check_access(may_learn=False)


def compare_ledgers(context: TourContext) -> None:
    ledger = context.request_stripe("GET", "/_control/ledger", status=200)
    line: Json = next((line for line in ledger["payment_intents"] if line["id"] == context.intent_id), {})
    context.check(
        "the received and refunded amounts at Stripe", (line.get("received"), line.get("refunded")), (4900, 4900)
    )
    payment = context.request(context.admin, "GET", f"/payments/{context.payment_id}", status=200)["data"]
    context.check("the amounts of our payment", (payment["amount"], payment["refundedAmount"]), (4900, 4900))
    context.output.show_note("Stripe and Coursify both report 49.00 USD received and 49.00 USD refunded.")
