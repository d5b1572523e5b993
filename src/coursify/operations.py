"""The policy table: who may call an operation, the rule about its object, how often, how it repeats, how much it takes.

The application refuses to start while a route is missing here or a line has no route. A line's name is the
controller's name and the `operationId` of the OpenAPI document. Rules about the object itself live in policies.py.
"""

from __future__ import annotations

from coursify.core.operations import KIB, Operation, Repeat, Who
from coursify.core.ratelimit import Rate

# Rate classes: how many requests in how many seconds, per person where one is known, else per address.
RATES: dict[str, Rate] = {
    rate.name: rate
    for rate in (
        Rate("read", 1_200, 60),
        Rate("default", 300, 60),
        Rate("sign_in", 120, 60),
        Rate("review", 60, 3_600),
        Rate("checkout", 30, 3_600),
        Rate("webhook", 60_000, 60),
    )
}

_ANYONE = Operation(Who.ANYONE, rate="read")
_SIGN_IN = Operation(Who.ANYONE, rate="sign_in", max_body_bytes=128 * KIB, ignores_credential=True)
# Descriptions and lessons: a hundred thousand characters, and every one of them may be written as an escape. An order
# that names far too many lessons is told so.
_LONG = 1_024 * KIB
# Stripe is asked before there is an answer, up to three times.
_ASKS_STRIPE = 45.0
_OWNER = "the course's instructor"
_OWNER_OR_ADMIN = "the course's instructor; an admin any"

OPERATIONS: dict[str, Operation] = {
    # users
    "register_user": _SIGN_IN,
    "log_in": _SIGN_IN,
    "answer_second_factor": _SIGN_IN,
    "refresh_token": _SIGN_IN,
    "verify_email": _SIGN_IN,
    "resend_verification": _SIGN_IN,
    "forgot_password": _SIGN_IN,
    "reset_password": _SIGN_IN,
    "log_out": Operation(Who.SIGNED_IN),
    "log_out_everywhere": Operation(Who.SIGNED_IN, repeat=Repeat.KEY_OPTIONAL),
    "list_sessions": Operation(Who.SIGNED_IN, rate="read"),
    "end_session": Operation(Who.SIGNED_IN, rule="one's own"),
    "step_up": Operation(Who.SIGNED_IN),
    "begin_second_factor": Operation(Who.SIGNED_IN, step_up=True, repeat=Repeat.KEY_OPTIONAL),
    "confirm_second_factor": Operation(Who.SIGNED_IN, repeat=Repeat.KEY_OPTIONAL),
    "remove_second_factor": Operation(Who.SIGNED_IN, step_up=True),
    "get_me": Operation(Who.SIGNED_IN, rate="read"),
    "update_me": Operation(Who.SIGNED_IN),
    "update_my_password": Operation(Who.SIGNED_IN, rule="with the present password"),
    "update_my_email": Operation(Who.SIGNED_IN, rule="with the present password, from a confirmed address"),
    "get_user": Operation(Who.ANYONE, rule="an instructor; any other for oneself or an admin", rate="read"),
    "update_user": Operation(Who.SIGNED_IN, rule="oneself or an admin"),
    "request_export": Operation(Who.SIGNED_IN),
    "download_export": Operation(Who.ANYONE, rule="with the link's signature"),
    "erase_user": Operation(Who.SIGNED_IN, rule="oneself or an admin; never the last admin", step_up=True),
    "list_users": Operation(Who.ADMIN, rate="read"),
    "change_user": Operation(Who.ADMIN, rule="never the last admin", step_up=True),
    "list_audit_log": Operation(Who.ADMIN, rate="read"),
    # courses
    "list_courses": _ANYONE,
    "list_my_courses": Operation(Who.INSTRUCTOR, "one's own", rate="read"),
    "get_course": Operation(
        Who.ANYONE, rule="on sale, or the caller's own, or one they were enrolled in; an admin sees all", rate="read"
    ),
    "list_categories": _ANYONE,
    "create_course": Operation(Who.INSTRUCTOR, repeat=Repeat.KEY_OPTIONAL, max_body_bytes=_LONG),
    "update_course": Operation(Who.INSTRUCTOR, _OWNER_OR_ADMIN, max_body_bytes=_LONG),
    "delete_course": Operation(Who.INSTRUCTOR, _OWNER_OR_ADMIN),
    "submit_course": Operation(Who.INSTRUCTOR, _OWNER, repeat=Repeat.KEY_OPTIONAL),
    "add_lesson": Operation(Who.INSTRUCTOR, _OWNER, repeat=Repeat.KEY_OPTIONAL, max_body_bytes=_LONG),
    "reorder_lessons": Operation(Who.INSTRUCTOR, _OWNER, max_body_bytes=_LONG),
    "update_lesson": Operation(Who.INSTRUCTOR, _OWNER, max_body_bytes=_LONG),
    "delete_lesson": Operation(Who.INSTRUCTOR, _OWNER),
    "create_category": Operation(Who.ADMIN, repeat=Repeat.KEY_OPTIONAL),
    "update_category": Operation(Who.ADMIN),
    "delete_category": Operation(Who.ADMIN),
    "list_admin_courses": Operation(Who.ADMIN, rate="read"),
    "approve_course": Operation(Who.ADMIN, repeat=Repeat.KEY_OPTIONAL),
    "reject_course": Operation(Who.ADMIN, repeat=Repeat.KEY_OPTIONAL),
    # enrollments
    "enroll_me": Operation(
        Who.SIGNED_IN, rule="a published course, not one's own", repeat=Repeat.KEY_OPTIONAL, seconds=_ASKS_STRIPE
    ),
    "list_my_enrollments": Operation(Who.SIGNED_IN, rate="read"),
    "list_user_enrollments": Operation(Who.SIGNED_IN, rule="oneself or an admin", rate="read"),
    "get_enrollment": Operation(Who.SIGNED_IN, rule="its owner or an admin", rate="read"),
    "put_progress": Operation(Who.SIGNED_IN, rule="its owner, while access is open"),
    "get_lesson": Operation(Who.ANYONE, rule="learners, its instructor, admins; a preview: anyone", rate="read"),
    "explain_course_access": Operation(Who.SIGNED_IN, rule="about oneself; an admin about anyone", rate="read"),
    # reviews
    "list_course_reviews": _ANYONE,
    "post_review": Operation(Who.SIGNED_IN, "learners whose access is open", rate="review", repeat=Repeat.KEY_OPTIONAL),
    "list_reviews": _ANYONE,
    "get_review": Operation(Who.ANYONE, "visible, or the caller's own; an admin sees all", rate="read"),
    "update_review": Operation(Who.SIGNED_IN, "its author, while access is open", rate="review"),
    "delete_review": Operation(Who.SIGNED_IN, "its author"),
    "reply_to_review": Operation(Who.INSTRUCTOR, _OWNER, rate="review", repeat=Repeat.KEY_OPTIONAL),
    # payments
    "get_payment_config": _ANYONE,
    "start_payment": Operation(
        Who.SIGNED_IN,
        rule="a published course, not one's own",
        rate="checkout",
        repeat=Repeat.KEY_REQUIRED,
        seconds=_ASKS_STRIPE,
    ),
    "list_my_payments": Operation(Who.SIGNED_IN, rate="read"),
    "get_payment": Operation(Who.SIGNED_IN, rule="its owner or an admin", rate="read", seconds=_ASKS_STRIPE),
    "refund_payment": Operation(
        Who.SIGNED_IN,
        rule="an admin who stepped up, two of them above TWO_PERSON_REFUNDS; the buyer within the term, whole courses",
        repeat=Repeat.KEY_REQUIRED,
    ),
    "list_all_payments": Operation(Who.ADMIN, rate="read"),
    "quote_payment": Operation(Who.SIGNED_IN, rate="read"),
    "preview_payment_refund": Operation(Who.SIGNED_IN, rule="the payment's buyer or an admin", rate="read"),
    "get_refund": Operation(Who.SIGNED_IN, rule="its buyer or an admin", rate="read"),
    # admin
    "list_attention": Operation(Who.ADMIN, rate="read"),
    "act_on_attention": Operation(
        Who.ADMIN, rule="after a recent sign-in where money moves", repeat=Repeat.KEY_OPTIONAL
    ),
    "list_webhook_events": Operation(Who.ADMIN, rate="read"),
    "replay_webhook_event": Operation(Who.ADMIN, repeat=Repeat.KEY_OPTIONAL),
    # webhooks
    "receive_stripe_event": Operation(
        Who.ANYONE,
        rule="signed by Stripe",
        rate="webhook",
        max_body_bytes=1_024 * KIB,
        takes_raw_body=True,
        ignores_credential=True,
    ),
}
