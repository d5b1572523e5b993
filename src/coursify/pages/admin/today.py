"""What happened in the last seven days, beside the seven before, and what needs a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from fastapi import Response

from coursify.core.http import WithDatabase
from coursify.modules.analytics.models import PLATFORM_ID, Activity, PeriodRevenue, Statistics
from coursify.modules.analytics.periods import local_day, make_span
from coursify.modules.analytics.services.read_statistics import read_statistics
from coursify.modules.attention import queries as attention
from coursify.modules.courses.queries import approvals
from coursify.pages.admin.policies import READ
from coursify.pages.core.figures import Figure
from coursify.pages.core.formats import amount, number
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages

pages = Pages()

WEEK = 7
FIGURES = (
    ("Sales", "payments"),
    ("Enrollments", "enrollments"),
    ("Sign-ups", "sign_ups"),
    ("Completions", "completions"),
)


@pages.get("/admin", page_id="page_admin_today", policy=READ)
async def show_today(page: WithPage, database: WithDatabase) -> Response:
    now, zone = await database.now(), page.zone
    last = local_day(now, zone)
    span = make_span(last - timedelta(days=2 * WEEK - 1), last, interval="day", zone=zone)
    async with database.read() as db:
        found = await read_statistics(db, PLATFORM_ID, span=span, now=now)
        todo = await attention.count_open_by_kind(db)
        waiting = await approvals.count_courses(db, status="pending")
    values = summarize(found) | {"found": found, "todo": todo, "waiting": waiting}
    return page.render("admin/today.html", **values)


def summarize(found: Statistics) -> dict[str, Any]:
    """The figures of both weeks and the series of the charts."""
    days = [day.strftime("%-d %b") for day in found.span.starts]
    activities = [activity for activity, _daily, _revenue in found.periods]
    revenues = [revenue for _activity, _daily, revenue in found.periods]
    currencies = sorted({each.currency for day in revenues for each in day})
    return {
        "revenue": [_revenue_of(revenues, currency) for currency in currencies],
        "figures": [_figure_of(activities, label, name) for label, name in FIGURES],
        "revenue_charts": [
            (
                f"Net revenue by day in {currency.upper()}",
                [(day, net, amount(net, currency)) for day, net in zip(days, _nets(revenues, currency), strict=True)],
                currency,
            )
            for currency in currencies
        ],
        "enrollment_chart": [
            (day, activity.enrollments, number(activity.enrollments))
            for day, activity in zip(days, activities, strict=True)
        ],
    }


def _figure_of(activities: Sequence[Activity], label: str, name: str) -> Figure:
    values: list[int] = [getattr(activity, name) for activity in activities]
    return Figure(label, sum(values[WEEK:]), sum(values[:WEEK]))


def _revenue_of(revenues: Sequence[Sequence[PeriodRevenue]], currency: str) -> Figure:
    nets = _nets(revenues, currency)
    return Figure(f"Net revenue, {currency.upper()}", sum(nets[WEEK:]), sum(nets[:WEEK]), currency)


def _nets(revenues: Sequence[Sequence[PeriodRevenue]], currency: str) -> list[int]:
    return [sum(each.net_minor for each in day if each.currency == currency) for day in revenues]
