"""Reads the figures at most once in 15 seconds, whatever the number of processes and scrapes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime

import psycopg
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from coursify.core.database import Connection, Database
from coursify.core.errors import Unavailable
from coursify.core.logging import log
from coursify.core.queries import backups, metric_snapshots
from coursify.core.resources import CoreResources
from coursify.figures import queries
from coursify.figures.models import FAMILIES, JobFigure, Sample

LIFETIME_SECONDS = 15.0
# Kinds of the work list that say that our amounts are not the provider's.
DRIFT = frozenset({"money_difference", "wrong_amount", "refund_mismatch", "dispute_mismatch"})
TAKEN = "coursify_figures_timestamp_seconds"
MISSING = -1
VIDEO_STATES = {"todo": "queued", "doing": "transcoding", "failed": "failed"}


# Of this process since figures were last read: a fault that lasts is logged once.
_faults: set[str] = set()


async def render_figures(resources: CoreResources) -> bytes:
    """The figures in Prometheus' text format. Raises Unavailable."""
    registry = CollectorRegistry()
    samples = await collect_figures(resources.database, slot=resources.settings.watch.backup_slot)
    registry.register(_Figures(samples))
    return generate_latest(registry)


async def collect_figures(database: Database, *, slot: str) -> list[Sample]:
    """The stored figures; when they are old, the first to ask reads them again, and others get the old ones.

    What cannot be read again is answered old: its age is an alert. `slot` is the one of the backups.
    """
    async with database.read() as db:
        stored = await metric_snapshots.find_snapshot(db)
    old = [Sample(*sample) for sample in stored.samples] if stored else [Sample(TAKEN, {}, 0)]
    if stored and stored.age_seconds < LIFETIME_SECONDS:
        return old
    try:
        samples = await _read_again(database, slot)
    except (psycopg.Error, Unavailable) as error:
        _report(type(error).__name__)
        return old
    _faults.clear()
    return samples


async def _read_again(database: Database, slot: str) -> list[Sample]:
    async with database.transaction() as (db, now):
        is_claimed = await metric_snapshots.try_claim(db)
        stored = await metric_snapshots.find_snapshot(db)
        if stored is not None and (not is_claimed or stored.age_seconds < LIFETIME_SECONDS):
            return [Sample(*sample) for sample in stored.samples]
        samples = await read_figures(db, now=now, slot=slot)
        await metric_snapshots.store_snapshot(db, [list(sample) for sample in samples])
        return samples


def _report(fault: str) -> None:
    if fault not in _faults:
        _faults.add(fault)
        log.error("figures not read", error=fault)


async def read_figures(db: Connection, *, now: datetime, slot: str) -> list[Sample]:
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
        *await _backups(db, slot),
        Sample(TAKEN, {}, time.time()),
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


async def _backups(db: Connection, slot: str) -> list[Sample]:
    """Nothing where no backup was ever begun. One that never succeeded is as old as time."""
    times = {state.operation: state.succeeded_at for state in await backups.list_backup_states(db)}
    if not times:
        return []
    seconds: dict[str, float] = {name: at.timestamp() if at else 0 for name, at in times.items()}
    lag = await backups.find_slot_lag(db, slot=slot)
    is_usable = lag is not None and lag.wal_status != "lost"
    return [
        *(Sample("coursify_backup_last_success_timestamp_seconds", {"operation": n}, at) for n, at in seconds.items()),
        Sample("coursify_backup_last_verified_restore_timestamp_seconds", {}, seconds.get("verify", 0)),
        Sample("coursify_backup_wal_lag_bytes", {}, lag.lag_bytes if lag and is_usable else MISSING),
    ]


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
