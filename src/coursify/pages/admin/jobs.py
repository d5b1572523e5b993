"""Jobs that wait, run or have failed: by kind and age, one with its runs and errors, and another try."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Response

from coursify.core.http import Db, Now, PageCursors, SignedIn, WithDatabase
from coursify.core.pagination import Pager
from coursify.core.queries import queued_jobs
from coursify.core.queries.queued_jobs import JobEvent, JobFailure
from coursify.modules.admin.errors import JobNotFound
from coursify.modules.admin.schemas import JobQuery
from coursify.modules.admin.services.list_jobs import list_jobs
from coursify.modules.admin.services.retry_job import retry_job
from coursify.pages.admin.policies import CHANGE, READ
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages

pages = Pages()

JobNumber = Annotated[int, Path(ge=1, le=2**63 - 1)]
_ONE = "/admin/jobs/{job_id:int}"
# The queue's words for what happened, and ours.
_EVENTS = {
    "deferred": ("Queued", "plain"),
    "started": ("A run began", "plain"),
    "deferred_for_retry": ("The run failed; another one is planned", "wait"),
    "failed": ("The run failed; no more are left", "bad"),
    "retried": ("Queued again by a person", "good"),
    "scheduled": ("Planned for later", "plain"),
}


@pages.get("/admin/jobs", page_id="page_admin_jobs", policy=READ)
async def show_jobs(
    page: WithPage, query: Annotated[JobQuery, Query()], database: WithDatabase, cursors: PageCursors
) -> Response:
    pager = Pager(query, cursors, "pages.jobs", query.status, query.kind)
    async with database.read() as db:
        counts = await queued_jobs.count_by_kind(db)
        found = await list_jobs(db, status=query.status, kind=query.kind, window=pager.window)
    meta = pager.meta(found)
    values: dict[str, Any] = {
        "counts": counts,
        "kinds": sorted({each.kind for each in counts}),
        "next_page": page.next_page(meta),
    }
    return page.render("admin/jobs.html", jobs=found.items, chosen=query, meta=meta, **values)


@pages.get(_ONE, page_id="page_admin_job", policy=READ)
async def show_job(page: WithPage, job_id: JobNumber, db: Db) -> Response:
    """Raises JobNotFound."""
    job = await queued_jobs.find_job(db, job_id)
    if job is None:
        raise JobNotFound
    failures = await queued_jobs.list_job_failures(db, job_id)
    events = await queued_jobs.list_job_events(db, job_id)
    retry = page.form(f"/admin/jobs/{job_id}/retry")
    return page.render("admin/job.html", job=job, failures=failures, facts=_facts(events, failures), retry=retry)


@pages.post(_ONE + "/retry", page_id="page_admin_retry_job", policy=CHANGE, form_page=show_job)
async def send_retry(page: WithPage, job_id: JobNumber, caller: SignedIn, db: Db, now: Now) -> Response:
    job = await retry_job(db, caller=caller, job_id=job_id, now=now)
    return page.go("/admin/jobs", f"Job {job_id}, {job.kind}, is queued again. It leaves this list when it succeeds.")


def _facts(events: list[JobEvent], failures: list[JobFailure]) -> list[dict[str, Any]]:
    """What the queue noted and the errors of the runs, in the order of time."""
    noted: list[dict[str, Any]] = [
        {"at": event.at, "title": title, "tone": tone}
        for event in events
        if event.at
        for title, tone in (_EVENTS.get(event.type, (event.type.replace("_", " ").capitalize(), "plain")),)
    ]
    errors: list[dict[str, Any]] = [
        {"at": each.failed_at, "title": f"Error of run {each.attempt}: {each.error.get('type')}", "tone": "bad"}
        for each in failures
    ]
    return sorted(noted + errors, key=lambda fact: fact["at"])
