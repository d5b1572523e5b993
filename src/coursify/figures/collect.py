"""Reads the figures at most once in 15 seconds, whatever the number of processes and scrapes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from coursify.core.database import Connection, Database
from coursify.core.queries import metric_snapshots
from coursify.figures import queries
from coursify.figures.models import FAMILIES, JobFigure, Sample

LIFETIME_SECONDS = 15.0
# Kinds of the work list that say that our amounts are not the provider's.
DRIFT = frozenset({"money_difference", "wrong_amount", "refund_mismatch", "dispute_mismatch"})
VIDEO_STATES = {"todo": "queued", "doing": "transcoding", "failed": "failed"}


async def render_figures(database: Database) -> bytes:
    """The figures in Prometheus' text format. Raises Unavailable."""
    registry = CollectorRegistry()
    registry.register(_Figures(await collect_figures(database)))
    return generate_latest(registry)


async def collect_figures(database: Database) -> list[Sample]:
    """The stored figures; when they are old, the first to ask reads them again, and others get the old ones."""
    async with database.read() as db:
        stored = await metric_snapshots.find_snapshot(db)
    if stored is not None and stored.age_seconds < LIFETIME_SECONDS:
        return [Sample(*sample) for sample in stored.samples]
    async with database.transaction() as (db, now):
        is_claimed = await metric_snapshots.try_claim(db)
        stored = await metric_snapshots.find_snapshot(db)
        if stored is not None and (not is_claimed or stored.age_seconds < LIFETIME_SECONDS):
            return [Sample(*sample) for sample in stored.samples]
        samples = await read_figures(db, now=now)
        await metric_snapshots.store_snapshot(db, [list(sample) for sample in samples])
        return samples


async def read_figures(db: Connection, *, now: datetime) -> list[Sample]:
    jobs = await queries.list_job_figures(db)
    items = await queries.count_attention_items(db)
    return [
        *_jobs(jobs),
        *_videos(jobs),
        *await _waiting(db, now),
        *(Sample("coursify_attention_items", {"kind": item.label}, item.rows) for item in items),
        Sample("coursify_payments_drift", {}, sum(item.rows for item in items if item.label in DRIFT)),
        Sample("coursify_paid_not_granted", {}, await queries.count_paid_not_granted(db, now=now)),
        *await _business(db),
        Sample("coursify_figures_timestamp_seconds", {}, time.time()),
    ]


def _jobs(jobs: list[JobFigure]) -> Iterable[Sample]:
    for kind in jobs:
        labels = {"queue": kind.queue, "job": kind.job}
        yield Sample("coursify_jobs", labels | {"status": kind.status}, kind.jobs)
        if kind.status == "todo":
            yield Sample("coursify_oldest_job_seconds", labels, kind.oldest_seconds)


def _videos(jobs: list[JobFigure]) -> Iterable[Sample]:
    found = {kind.status: kind.jobs for kind in jobs if kind.job == "media.transcode_video"}
    for status, state in VIDEO_STATES.items():
        yield Sample("coursify_media_videos", {"state": state}, found.get(status, 0))


async def _waiting(db: Connection, now: datetime) -> list[Sample]:
    emails = {count.label: count.rows for count in await queries.count_waiting_emails(db)}
    events = {count.label: count.rows for count in await queries.count_unhandled_events(db)}
    delays = await queries.get_delays(db, now=now)
    times = {
        "coursify_reconciled_timestamp_seconds": delays.reconciled_until,
        "coursify_statistics_timestamp_seconds": delays.statistics_until,
    }
    return [
        *(Sample("coursify_emails_waiting", {"state": at}, emails.get(at, 0)) for at in ("queued", "sending")),
        *(Sample("coursify_events_unhandled", {"state": at}, events.get(at, 0)) for at in ("received", "parked")),
        Sample("coursify_oldest_unhandled_event_seconds", {}, delays.oldest_event_seconds),
        Sample("coursify_oldest_unsettled_refund_seconds", {}, delays.oldest_refund_seconds),
        Sample("coursify_workers", {}, delays.workers),
        *(Sample(name, {}, at.timestamp()) for name, at in times.items() if at),
    ]


async def _business(db: Connection) -> list[Sample]:
    activity = await queries.sum_activity(db)
    samples = [
        Sample("coursify_sign_ups", {}, activity.sign_ups),
        Sample("coursify_sales", {}, activity.payments),
        Sample("coursify_enrollments", {}, activity.enrollments),
        Sample("coursify_completions", {}, activity.completions),
    ]
    for revenue in await queries.list_revenue(db):
        labels = {"currency": revenue.currency}
        samples.append(Sample("coursify_revenue_minor", labels, revenue.gross_minor))
        samples.append(Sample("coursify_refunded_minor", labels, revenue.refunded_minor))
    return samples


class _Figures(Collector):
    def __init__(self, samples: list[Sample]) -> None:
        self._samples = samples

    def collect(self) -> Iterable[GaugeMetricFamily | CounterMetricFamily]:
        for name, (kind, labels, sentence) in FAMILIES.items():
            family = (CounterMetricFamily if kind == "counter" else GaugeMetricFamily)(name, sentence, labels=labels)
            for sample in self._samples:
                if sample.name == name:
                    family.add_metric([sample.labels[label] for label in labels], sample.value)
            yield family
