"""What the actions of the work list are called, and what each of them does, in words for an admin."""

from __future__ import annotations

from coursify.modules.attention.models import Action, Kind

LABELS: dict[Action, str] = {
    "replay": "Handle again",
    "retry": "Try again",
    "settle": "Record as paid otherwise",
    "accept": "Accept the amount",
    "return": "Return the money",
    "close": "Close the order",
    "recheck": "Compare again",
    "confirm": "Confirm",
    "dismiss": "Dismiss",
}
DONE: dict[Action, str] = {
    "replay": "The event is queued again.",
    "retry": "Done: it is tried again.",
    "settle": "The refund is recorded as paid otherwise.",
    "accept": "The amount is accepted, and the courses are open.",
    "return": "The money is on its way back.",
    "close": "The order is closed.",
    "recheck": "The payment is compared again. The item closes when the sums agree.",
    "confirm": "Confirmed, and carried out.",
    "dismiss": "Dismissed.",
}
_DISMISS = "Nothing is changed. The item leaves the list, because it was dealt with elsewhere."
EFFECTS: dict[tuple[Kind, Action], str] = {
    ("event_failed", "replay"): "The object is fetched from the provider again, and what is new is applied.",
    ("event_failed", "dismiss"): _DISMISS,
    ("job_failed", "retry"): "The job runs once more. When it fails again, it comes back to this list.",
    ("job_failed", "dismiss"): "The job stays failed, and does not come back to this list.",
    ("email_failed", "retry"): "The email is composed anew and sent to the address that the person has now.",
    ("email_failed", "dismiss"): "The email is not sent.",
    ("email_unknown", "retry"): "The email is sent once more. The person may get it twice.",
    ("email_unknown", "dismiss"): "The email is not sent again.",
    ("email_undelivered", "retry"): "The email is sent once more, to the address that the person has now.",
    ("email_undelivered", "dismiss"): "The email is not sent again.",
    ("order_refused", "retry"): "The order is no longer on hold, and the provider is asked again.",
    ("order_refused", "close"): "The order ends without a payment, and the buyer can order again.",
    ("order_refused", "dismiss"): "Nothing is changed: the order stays on hold.",
    ("wrong_amount", "accept"): "What was received counts as the price. The courses open, and it is booked.",
    ("wrong_amount", "return"): "All of it goes back to the buyer through the provider. No course opens.",
    (
        "wrong_amount",
        "dismiss",
    ): "The order ends, and nothing is returned from here. Use this after a return at the provider.",
    ("paid_twice", "dismiss"): _DISMISS,
    ("refund_failed", "retry"): "A new refund of the same amount is requested from the provider.",
    ("refund_failed", "settle"): "It is booked as paid from the bank. Do this after the money was sent another way.",
    ("refund_failed", "dismiss"): "Nothing is paid. The money stays with the school.",
    ("refund_mismatch", "dismiss"): _DISMISS,
    ("refund_proposed", "confirm"): "What the first admin asked for is carried out at once, in both names.",
    (
        "refund_proposed",
        "dismiss",
    ): "Nothing is carried out. The proposal can still be confirmed by asking for the same.",
    ("dispute_open", "dismiss"): "Nothing is changed. Answer the dispute at the provider.",
    ("dispute_mismatch", "dismiss"): _DISMISS,
    ("money_difference", "recheck"): "The payment is fetched from the provider and compared with our books.",
    ("money_difference", "dismiss"): _DISMISS,
}
OBJECTS_OF_PAYMENTS = frozenset({"payment", "order", "refund", "refund_proposal", "dispute"})
PAGES_OF_OBJECTS = {
    "event": "/admin/webhook-events",
    "job": "/admin/jobs",
    "email": "/admin/emails",
    "review": "/admin/reviews",
    "notice": "/admin/notices",
}
