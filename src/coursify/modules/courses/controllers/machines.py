"""The catalogue for search engines and feed readers."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Request, Response

from coursify.core.errors import NotFound
from coursify.core.http import Configuration, Router, WithDatabase, failures, streamed
from coursify.core.http.conditional import cacheable
from coursify.core.policy import Policy, Who
from coursify.modules.courses import sitemaps
from coursify.modules.courses.errors import CourseNotFound
from coursify.modules.courses.guards import IdOrSlug
from coursify.modules.courses.queries import published
from coursify.modules.courses.services.find_course_page import find_course_page
from coursify.modules.courses.structured_data import MEDIA_TYPE, structured_data

router = Router(tag="courses")
root_router = Router(tag="courses", prefix="")

DETAIL_SECONDS = 15
SITEMAP_SECONDS = 3_600
FEED_SECONDS = 300
MAX_SITEMAPS = 50_000
XML = "application/xml"
ATOM = "application/atom+xml"
TEXT = "text/plain; charset=utf-8"


STRUCTURED_DATA: dict[int | str, dict[str, Any]] = {
    200: {"description": "The course in JSON-LD.", "content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}
}


@router.get(
    "/courses/{course_id}/schema.jsonld",
    operation_id="get_structured_data",
    policy=Policy(Who.ANYONE, rule="on sale", rate="read"),
    response_model=None,
    response_class=Response,
    responses=STRUCTURED_DATA | failures(CourseNotFound),
)
async def get_structured_data(
    request: Request, course_id: IdOrSlug, database: WithDatabase, settings: Configuration
) -> Response:
    """A course on sale as a schema.org Course with offer and instance, to be put into a page."""
    async with database.read() as db:
        course = await find_course_page(db, id_or_slug=course_id)
    if not course.is_on_sale:
        raise CourseNotFound
    content = structured_data(course, public_url=settings.app.public_url, school=settings.app.school_name)
    return cacheable(request, Response(content, media_type=MEDIA_TYPE), max_age=DETAIL_SECONDS)


@root_router.get(
    "/sitemap.xml",
    operation_id="get_sitemap_index",
    policy=Policy(Who.ANYONE, rate="read"),
    response_model=None,
    response_class=Response,
    responses=streamed(XML),
)
async def get_sitemap_index(request: Request, database: WithDatabase, settings: Configuration) -> Response:
    """The sitemaps of all courses on sale."""
    async with database.read() as db:
        count = await published.count_sitemaps(db)
    content = sitemaps.sitemap_index(settings.app.public_url, count)
    return cacheable(request, Response(content, media_type=XML), max_age=SITEMAP_SECONDS)


@root_router.get(
    "/sitemap/{number}.xml",
    operation_id="get_sitemap",
    policy=Policy(Who.ANYONE, rate="read"),
    response_model=None,
    response_class=Response,
    responses=streamed(XML) | failures(NotFound),
)
async def get_sitemap(
    request: Request,
    number: Annotated[int, Path(ge=1, le=MAX_SITEMAPS)],
    database: WithDatabase,
    settings: Configuration,
) -> Response:
    """Some 10,000 courses on sale."""
    async with database.read() as db:
        ids = await published.find_sitemap_range(db, number)
        if ids is None:
            raise NotFound
        pages = await published.list_published_pages(db, ids)
    content = sitemaps.sitemap(settings.app.public_url, pages)
    return cacheable(request, Response(content, media_type=XML), max_age=SITEMAP_SECONDS)


@root_router.get(
    "/feed.xml",
    operation_id="get_feed",
    policy=Policy(Who.ANYONE, rate="read"),
    response_model=None,
    response_class=Response,
    responses=streamed(ATOM),
)
async def get_feed(request: Request, database: WithDatabase, settings: Configuration) -> Response:
    """The newest courses on sale as an Atom feed."""
    async with database.read() as db:
        entries = await published.list_feed_entries(db)
    content = sitemaps.atom_feed(settings.app.public_url, settings.app.school_name, entries)
    return cacheable(request, Response(content, media_type=ATOM), max_age=FEED_SECONDS)


@root_router.get(
    "/robots.txt",
    operation_id="get_robots_txt",
    policy=Policy(Who.ANYONE, rate="read"),
    response_model=None,
    response_class=Response,
    responses=streamed("text/plain"),
)
async def get_robots_txt(request: Request, settings: Configuration) -> Response:
    """What robots may read, and where the sitemap is."""
    content = sitemaps.robots_txt(settings.app.public_url)
    return cacheable(request, Response(content, media_type=TEXT), max_age=SITEMAP_SECONDS)
