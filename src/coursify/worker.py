"""Every email, every periodic job and every job of the application, and the loop that runs them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import procrastinate

from coursify.core import jobs, mail, queues, registered_jobs, retention
from coursify.core.folders import check_folders
from coursify.core.mail import EmailComposer
from coursify.core.metrics import sampling
from coursify.core.metrics_server import serving_metrics
from coursify.core.outage import watching_servers
from coursify.core.registered_jobs import PeriodicTask, Task
from coursify.core.settings import Settings
from coursify.core.slow_statements import reporting_slow_statements
from coursify.integrations.telemetry import reporting
from coursify.migrations.revisions import find_head
from coursify.modules.admin import emails as admin_emails
from coursify.modules.admin import jobs as admin_jobs
from coursify.modules.analytics import emails as analytics_emails
from coursify.modules.analytics import jobs as analytics_jobs
from coursify.modules.certificates import emails as certificate_emails
from coursify.modules.certificates import jobs as certificate_jobs
from coursify.modules.courses import emails as course_emails
from coursify.modules.courses import jobs as course_jobs
from coursify.modules.enrollments import emails as enrollment_emails
from coursify.modules.enrollments import jobs as enrollment_jobs
from coursify.modules.identity import emails as identity_emails
from coursify.modules.identity import jobs as identity_jobs
from coursify.modules.media import jobs as media_jobs
from coursify.modules.notices import emails as notice_emails
from coursify.modules.notices import jobs as notice_jobs
from coursify.modules.notifications import jobs as notification_jobs
from coursify.modules.payments import emails as payment_emails
from coursify.modules.payments import jobs as payment_jobs
from coursify.modules.playback import jobs as playback_jobs
from coursify.modules.privacy import emails as privacy_emails
from coursify.modules.privacy import jobs as privacy_jobs
from coursify.modules.reviews import emails as review_emails
from coursify.modules.webhooks import jobs as webhook_jobs
from coursify.resources import Resources, open_resources

# Longer than the limit of requests, because no client waits for a job.
STATEMENT_TIMEOUT_MS = 30_000

RunJobs = Callable[[], Awaitable[None]]

EMAILS: dict[str, EmailComposer] = {
    **identity_emails.EMAILS,
    privacy_emails.ERASURE_RECEIPT: privacy_emails.compose_erasure_receipt,
    course_emails.APPROVED: course_emails.compose_approved,
    course_emails.REJECTED: course_emails.compose_rejected,
    course_emails.SALE_SUSPENDED: course_emails.compose_sale_suspended,
    course_emails.SALE_RESUMED: course_emails.compose_sale_resumed,
    enrollment_emails.ENROLLMENT: enrollment_emails.compose_enrollment,
    enrollment_emails.NEW_LESSONS: enrollment_emails.compose_new_lessons,
    certificate_emails.CERTIFICATE: certificate_emails.compose_certificate,
    payment_emails.RECEIPT: payment_emails.compose_receipt,
    payment_emails.REFUND: payment_emails.compose_refund,
    payment_emails.REFUND_FAILED: payment_emails.compose_refund_failed,
    payment_emails.DUPLICATE_PAYMENT: payment_emails.compose_duplicate_payment,
    payment_emails.PAYMENT_WAITING: payment_emails.compose_payment_waiting,
    payment_emails.PAYMENT_FAILED: payment_emails.compose_payment_failed,
    review_emails.REVIEW_HIDDEN: review_emails.compose_review_hidden,
    review_emails.REVIEW_RESTORED: review_emails.compose_review_restored,
    review_emails.REVIEW_ANSWERED: review_emails.compose_review_answered,
    review_emails.REPORT_DECIDED: review_emails.compose_report_decided,
    notice_emails.NOTICE_RECEIVED: notice_emails.compose_received,
    notice_emails.NOTICE_DECIDED: notice_emails.compose_decided,
    notice_emails.STATEMENT_OF_REASONS: notice_emails.compose_statement,
    notice_emails.APPEAL_RECEIVED: notice_emails.compose_appeal_received,
    analytics_emails.WEEKLY_DIGEST: analytics_emails.compose_weekly_digest,
    admin_emails.DIGEST: admin_emails.compose_digest,
}

# name → (cron line in UTC, job without arguments)
CLOCK: dict[str, tuple[str, PeriodicTask[Resources]]] = {
    "core.purge_expired": ("7 * * * *", retention.purge_expired),
    "courses.index_missing": ("*/5 * * * *", course_jobs.index_missing),
    "courses.divide_sitemap": ("4-59/5 * * * *", course_jobs.divide_sitemap),
    "courses.keep_catalogue_counts": ("3-59/5 * * * *", course_jobs.keep_catalogue_counts),
    "courses.refresh_words": ("2-59/5 * * * *", course_jobs.refresh_words),
    "enrollments.refresh_recent_counts": ("* * * * *", enrollment_jobs.refresh_recent_counts),
    "enrollments.refresh_all_counts": ("47 2 * * *", enrollment_jobs.refresh_all_counts),
    "certificates.issue_overdue": ("13 * * * *", certificate_jobs.issue_overdue_job),
    "payments.sweep_orders": ("* * * * *", payment_jobs.sweep_orders_job),
    "identity.purge_expired": ("27 * * * *", identity_jobs.purge_expired),
    "media.release_expired_uploads": ("37 * * * *", media_jobs.release_expired_uploads_job),
    "playback.purge_expired": ("17 * * * *", playback_jobs.purge_expired),
    "notifications.purge_expired": ("52 2 * * *", notification_jobs.purge_expired),
    "notices.purge_expired": ("57 2 * * *", notice_jobs.purge_expired),
    "privacy.purge_expired": ("*/5 * * * *", privacy_jobs.purge_expired),
    "analytics.refresh_rollups": ("* * * * *", analytics_jobs.refresh_rollups),
    "analytics.refresh_cohorts": ("*/15 * * * *", analytics_jobs.refresh_cohorts),
    "analytics.score_courses": ("*/5 * * * *", analytics_jobs.score_courses),
    "analytics.tidy_rollups": ("17 2 * * *", analytics_jobs.tidy_rollups),
    "analytics.begin_digests": ("0 8 * * 1", analytics_jobs.begin_digests),
    "admin.send_attention_digest": ("0 7 * * *", admin_jobs.send_attention_digest),
    "webhooks.reconcile": ("*/5 * * * *", webhook_jobs.reconcile_recent),
    "webhooks.reconcile_deep": ("17 3 * * *", webhook_jobs.reconcile_deep),
    "webhooks.compare_money": ("47 3 * * *", webhook_jobs.compare_recent_money),
}


async def send_email(resources: Resources, delivery_id: str) -> None:
    """Send one email, composed by the module that queued it."""
    await mail.send_email(resources, EMAILS, UUID(delivery_id))


JOBS: dict[str, Task[Resources]] = {
    "payments.execute_refund": payment_jobs.execute_refund_job,
    "payments.cancel_order": payment_jobs.cancel_order_job,
    "payments.recheck_payment": payment_jobs.recheck_payment_job,
    "payments.refresh_customer": payment_jobs.refresh_customer_job,
    "certificates.issue": certificate_jobs.issue_certificate_job,
    "certificates.issue_missing": certificate_jobs.issue_missing_job,
    "enrollments.complete_course": enrollment_jobs.complete_course_job,
    "enrollments.announce_lessons": enrollment_jobs.announce_lessons_job,
    "analytics.send_digests": analytics_jobs.send_digests_job,
    "enrollments.tell_learners": enrollment_jobs.tell_learners_job,
    "webhooks.handle_event": webhook_jobs.handle_event_job,
    "identity.send_link": identity_jobs.send_link,
    "media.release_asset": media_jobs.release_asset_job,
    "media.remove_asset": media_jobs.remove_asset_job,
    "media.transcode_video": media_jobs.transcode_video_job,
    "courses.attach_video": course_jobs.attach_video_job,
    "courses.reindex_instructor": course_jobs.reindex_instructor_job,
    "courses.reindex_category": course_jobs.reindex_category_job,
    "privacy.run_step": privacy_jobs.run_erasure_step_job,
    "privacy.make_export": privacy_jobs.make_export_job,
    mail.SEND_EMAIL: send_email,
}


async def work(settings: Settings, *, concurrency: int) -> None:
    """Run jobs until SIGTERM. The jobs of a killed worker are requeued within 30 s.

    Raises ConfigurationError for a folder of media that cannot be used.
    """
    check_folders(settings.media)
    slots = {**dict.fromkeys((jobs.MAIL, jobs.MONEY, jobs.CLOCK, jobs.REST), concurrency), jobs.MEDIA: 1}
    with serving_metrics(settings.watch.metrics_address):
        await _work(settings, slots)


async def _work(settings: Settings, slots: dict[str, int]) -> None:
    async with (
        reporting(settings, service="coursify-worker"),
        open_resources(settings, statement_timeout_ms=STATEMENT_TIMEOUT_MS) as resources,
        open_queue(resources) as queue,
        sampling(resources.database.pool_stats),
        reporting_slow_statements(resources.database.url, slow_ms=settings.watch.slow_statement_ms),
        watching_servers(resources.database, resources.redis, schema_head=find_head()),
    ):
        await queues.run_while_schema_fits(queue, resources.database, slots, head=find_head())


@contextlib.asynccontextmanager
async def open_queue(resources: Resources, *, with_clock: bool = True) -> AsyncIterator[procrastinate.App]:
    """The Procrastinate application with every job, and its own connection pool."""
    queue = procrastinate.App(connector=procrastinate.PsycopgConnector())
    registered_jobs.register(queue, resources, JOBS)
    queues.register_repair(queue, resources.database)
    if with_clock:
        registered_jobs.register_periodic(queue, resources, CLOCK)
    async with queues.open_pool(resources.database.url) as pool, queue.open_async(pool):
        yield queue


async def run_due(queue: procrastinate.App) -> None:
    """Run the jobs that are due now and the jobs that those defer, then return. For tests and tools."""
    await queue.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)
