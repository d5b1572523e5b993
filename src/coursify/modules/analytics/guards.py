"""How statistics are answered: as JSON, or as the CSV that the client asked for."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Response

from coursify.core.csv_table import write_csv
from coursify.core.http import failures, reply
from coursify.core.http.responses import csv_response
from coursify.modules.analytics.errors import InvalidPeriod
from coursify.modules.analytics.schemas.incoming import StatsQuery
from coursify.modules.analytics.schemas.outgoing import AdminStats, CourseStats, InstructorStats
from coursify.modules.analytics.schemas.tables import table_of

Accept = Annotated[str | None, Header(include_in_schema=False)]
AS_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}, "example": "start,end,sign_ups,views\r\n"}}}
}
STATS_RESPONSES = {**AS_CSV, **failures(InvalidPeriod)}


def reply_statistics(
    stats: AdminStats | InstructorStats | CourseStats, query: StatsQuery, accept: str | None
) -> Response:
    if query.wants_csv(accept):
        header, rows = table_of(stats, query.table)
        return csv_response(write_csv(header, rows), name=f"{query.table}-{stats.series.from_}-{stats.series.to}.csv")
    return reply(stats, "Statistics.")
