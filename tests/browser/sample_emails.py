"""An email of each template with long and short words, as people get it; the pictures of the documents show them."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

SCHOOL: dict[str, Any] = {
    "name": "North Harbor School",
    "url": "https://school.example.com",
    "support_email": "help@school.example.com",
    "seller_name": "North Harbor School Ltd",
    "seller_address": ("12 Quay Street", "Galway, Ireland"),
}
_LINK = "https://school.example.com/verify-email?token=kZ0Qm3yV4p1Xr8sT6uW2bC5dE7fG9hJ0lN3oP1qR4sT"
_COURSE = "Donaudampfschifffahrtsgesellschaftskapitänsmütze für Fortgeschrittene"
_BOUGHT = {
    "name": "Ada Lovelace",
    "titles": [_COURSE, "Rust in practice"],
    "total": "$1,234.50",
    "order_id": "0199b2f0",
}
_TAUGHT = {"name": "Ada Lovelace", "course_title": _COURSE, "course_url": "https://school.example.com/courses/rust"}
_NOTICE = {
    "name": "Ada Lovelace",
    "reference": "N-2026-0042",
    "course_title": _COURSE,
    "subject_type": "review",
    "notice_url": "https://school.example.com/notices/N-2026-0042",
}
_DECIDED = _NOTICE | {
    "is_about_appeal": False,
    "outcome": "no action",
    "statement": "Nothing on the page is copied.",
    "ground": "our terms",
    "token": "kZ0Qm3yV4p1Xr8sT6uW2bC5dE7fG9hJ0",
}

SAMPLES: dict[str, dict[str, Any]] = {
    "welcome": {"name": "Ada Lovelace", "subject": "Welcome to North Harbor School", "link": _LINK},
    "account_link": {
        "name": "Ada Lovelace",
        "subject": "Reset your password",
        "sentence": "Use this link to choose a new password. It is valid once, for 20 minutes.",
        "button": "Choose a new password",
        "link": _LINK,
    },
    "account_notice": {
        "name": "Ada Lovelace",
        "subject": "New sign-in to your account",
        "sentence": "Someone signed in to your account from a new device.",
        "facts": [("Time", "26 November 2026, 21:04 UTC"), ("Device", "Firefox on Linux")],
        "advice": "If this was not you, choose a new password now. This ends every session.",
        "link": "https://school.example.com/forgot-password",
        "button": "Choose a new password",
    },
    "receipt": _BOUGHT
    | {
        "subject": "Receipt for your payment of $1,234.50",
        "paid_on": "26 November 2026",
        "lines": [(_COURSE, "$1,185.50"), ("Rust in practice", "$49.00"), ("W" * 90, "$0.00")],
        "link": "https://school.example.com/payments/0199b2f0",
    },
    "refund": _BOUGHT | {"subject": "Your refund of $49.00", "amount": "$49.00"},
    "refund_failed": _BOUGHT | {"subject": "Your refund of $49.00 failed", "amount": "$49.00"},
    "duplicate_payment": _BOUGHT | {"subject": "You paid twice: $49.00 is being returned", "amount": "$49.00"},
    "payment_waiting": _BOUGHT | {"subject": "Your payment of $1,234.50 is being processed"},
    "payment_failed": _BOUGHT | {"subject": "Your payment of $1,234.50 failed"},
    "enrollment": _TAUGHT,
    "new_lessons": _TAUGHT | {"titles": ["Ownership", "W" * 90], "unsubscribe_url": "https://school.example.com/u/x"},
    "course_approved": _TAUGHT | {"reason": None},
    "course_rejected": _TAUGHT | {"reason": "The third lesson has no sound.\nPlease record it again."},
    "sale_suspended": _TAUGHT | {"reason": "A picture is copied."},
    "sale_resumed": _TAUGHT | {"reason": None},
    "certificate": {
        "name": "Ada Lovelace",
        "course_title": _COURSE,
        "certificate_url": "https://school.example.com/certificates/AB12",
        "unsubscribe_url": "https://school.example.com/u/x",
    },
    "review_answered": {
        "name": "Ada Lovelace",
        "course_title": _COURSE,
        "answer": "Thank you. The slides are below the video now.",
        "review_url": "https://school.example.com/courses/rust",
        "unsubscribe_url": "https://school.example.com/u/x",
    },
    "review_hidden": {
        "name": "Ada Lovelace",
        "course_title": _COURSE,
        "reason": "Advertising.",
        "review_url": "https://school.example.com/courses/rust",
    },
    "review_restored": {
        "name": "Ada Lovelace",
        "course_title": _COURSE,
        "reason": "It was no advertising after all.",
        "review_url": "https://school.example.com/courses/rust",
    },
    "review_report_decided": {"name": "Ada Lovelace", "course_title": _COURSE, "is_hidden": False},
    "notice_received": _NOTICE,
    "notice_decided": _DECIDED,
    "notice_appeal_received": _NOTICE,
    "statement_of_reasons": _DECIDED,
    "erasure_receipt": {"requested_at": "26 November 2026, 08:00 UTC", "payments": 2, "years": 10},
    "weekly_digest": {
        "name": "Ada Lovelace",
        "since": "16 November",
        "until": "22 November 2026",
        "sales": [SimpleNamespace(gross="$1,234.50", refunded="$49.00", share="$829.85")],
        "teaching": SimpleNamespace(enrollments=12, ratings=3),
        "taught": [SimpleNamespace(course_title=_COURSE, enrollments=12, ratings=3)],
        "learning": [SimpleNamespace(course_title="Rust in practice", lessons=2)],
        "unsubscribe_url": "https://school.example.com/u/x",
    },
    "attention_digest": {
        "name": "Ada Lovelace",
        "total": 2,
        "items": [SimpleNamespace(since=datetime(2026, 11, 25, tzinfo=UTC), why="A refund of $49.00 failed.")],
        "url": "https://api.example.com/admin/attention",
    },
}
