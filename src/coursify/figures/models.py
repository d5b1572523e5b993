"""What is read of the database, and the names under which Prometheus gets it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Sample(NamedTuple):
    name: str
    labels: dict[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class JobFigure:
    """The jobs of one kind in one state; `oldest_seconds` is how long the first of them has been due."""

    queue: str
    job: str
    status: str
    jobs: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class Count:
    label: str
    rows: int


@dataclass(frozen=True, slots=True)
class Delays:
    """What waits longest. A time is None when nothing of it has happened yet."""

    oldest_event_seconds: float
    oldest_refund_seconds: float
    reconciled_until: datetime | None
    statistics_until: datetime | None
    workers: int


@dataclass(frozen=True, slots=True)
class Activity:
    """Of the platform since it began."""

    sign_ups: int
    payments: int
    enrollments: int
    completions: int


@dataclass(frozen=True, slots=True)
class Revenue:
    currency: str
    gross_minor: int
    refunded_minor: int


# name → (type, labels, help)
FAMILIES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "coursify_jobs": ("gauge", ("queue", "job", "status"), "Jobs by kind and state: todo, doing or failed."),
    "coursify_oldest_job_seconds": ("gauge", ("queue", "job"), "How long the first due job of a kind has waited."),
    "coursify_emails_waiting": ("gauge", ("state",), "Emails that are queued, or were begun."),
    "coursify_events_unhandled": ("gauge", ("state",), "Events of providers that are not handled yet."),
    "coursify_oldest_unhandled_event_seconds": ("gauge", (), "Age of the oldest event that is not handled."),
    "coursify_oldest_unsettled_refund_seconds": ("gauge", (), "Age of the oldest refund that is not settled."),
    "coursify_attention_items": ("gauge", ("kind",), "Open items of the work list."),
    "coursify_paid_not_granted": ("gauge", (), "Order lines paid in the last day that did not open their course."),
    "coursify_payments_drift": ("gauge", (), "Open differences between our amounts and the provider's."),
    "coursify_media_videos": ("gauge", ("state",), "Videos that wait for transcoding, are transcoded, or failed."),
    "coursify_workers": ("gauge", (), "Loops of workers with a heartbeat in the last 15 seconds."),
    "coursify_sign_ups": ("counter", (), "Accounts created."),
    "coursify_sales": ("counter", (), "Orders paid."),
    "coursify_enrollments": ("counter", (), "Enrollments."),
    "coursify_completions": ("counter", (), "Courses completed."),
    "coursify_revenue_minor": ("counter", ("currency",), "Money of sales, in the currency's smallest unit."),
    "coursify_refunded_minor": ("counter", ("currency",), "Money given back, in the currency's smallest unit."),
    "coursify_reconciled_timestamp_seconds": ("gauge", (), "Until when the provider's events were fetched."),
    "coursify_statistics_timestamp_seconds": ("gauge", (), "Until when the business figures are complete."),
    "coursify_backup_last_success_timestamp_seconds": (
        "gauge",
        ("operation",),
        "When each part of the backups last succeeded; 0: never.",
    ),
    "coursify_backup_last_verified_restore_timestamp_seconds": (
        "gauge",
        (),
        "When a backup was last restored and checked; 0: never.",
    ),
    "coursify_backup_wal_lag_bytes": (
        "gauge",
        (),
        "Write-ahead log that is not stored; -1: its slot is missing or lost.",
    ),
    "coursify_figures_timestamp_seconds": ("gauge", (), "When these figures were read from the database."),
}
