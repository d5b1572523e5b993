"""What search engines and feed readers get: courses on sale and nothing else, well formed, with a tag."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, fromstring

import httpx
import pytest
from tests.support.catalogue import put_on_sale
from tests.support.classroom import PREFIX, Classroom

from coursify.core.database import Connection, Database
from coursify.core.deadline import NEVER
from coursify.modules.courses.services import divide_sitemap
from coursify.modules.courses.services.refresh_words import refresh_words

pytestmark = pytest.mark.anyio

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"
TITLE = 'R&D <for> "all" </script> \u0001 🚀'
HIDDEN = "xyzzy"


def parse(content: bytes) -> Element:
    return fromstring(content)  # noqa: S314  # our own


@pytest.fixture
async def school(classroom: Classroom, db: Connection) -> Classroom:
    """Two courses on sale, and 1,000 with a telling word that are not."""
    instructor = await classroom.person("instructor")
    hidden: list[dict[str, Any]] = [
        {"slug": f"{HIDDEN}-{number}", "title": f"{HIDDEN} all music {number}", "description": "Plughtwist",
         "status": status, "day": 30}
        for number, status in enumerate(["draft", "pending", "rejected", "published", "published"] * 200)
    ]  # fmt: skip
    shown = [
        {"slug": "rd", "title": TITLE, "price": 4990, "duration": 5_430, "day": 1},
        {"slug": "free", "price": 0, "currency": "jpy", "rating_sum": 9, "rating_count": 2, "day": 2},
    ]
    await put_on_sale(db, instructor.id, *hidden, *shown)
    await db.execute("UPDATE courses SET deleted_at = now() WHERE slug ~ '^xyzzy-[0-9]*3$'")
    await db.execute("UPDATE courses SET sale_suspended_at = now() WHERE slug ~ '^xyzzy-[0-9]*[48]$'")
    await db.execute("UPDATE courses SET deleted_at = now() WHERE slug ~ '^xyzzy-[0-9]*9$'")
    return classroom


# With a typing error, a part of the word, and words of the description alone.
TELLING = (HIDDEN, "xyzyz", "yzzy", "plughtwist", "plughtwits", f"{HIDDEN} 7", "all music xyzzy")
ALL_FACETS = "facets=category,level,language,price,rating"


async def test_courses_that_are_not_on_sale_are_nowhere(school: Classroom, db: Connection, database: Database) -> None:
    await refresh_words(database)
    client = school.client
    hidden = await db.execute("SELECT id FROM courses WHERE slug LIKE 'xyzzy%%' ORDER BY id LIMIT 90")
    ids = ",".join(str(course_id) for (course_id,) in await hidden.fetchall())
    lists = [f"/courses?limit=100&sort={sort}&{ALL_FACETS}" for sort in ("newest", "popular", "rating", "trending")]
    lists += ["/courses?limit=100&sort=price&currency=usd", f"/courses?category=music&level=all&{ALL_FACETS}"]
    lists += [f"/courses?search={word}&{ALL_FACETS}" for word in TELLING]
    for path in (
        *("/sitemap.xml", "/sitemap/1.xml", "/feed.xml", "/robots.txt"),
        *(PREFIX + path for path in lists),
        *(PREFIX + f"/search/suggest?q={word}" for word in (*TELLING, "x", "xy")),
        *(
            PREFIX + path
            for path in ("/categories", "/courses/rd/related", "/courses/free/related", f"/courses?ids={ids}")
        ),
    ):
        answer = await client.get(path)
        assert answer.status_code == 200, path
        shown = answer.text.replace(path.rpartition("search=")[2], "")
        assert HIDDEN not in shown, path
        assert "plugh" not in shown, path
        body = answer.json() if path.startswith(PREFIX) else {}
        total = body.get("meta", {}).get("total")
        assert total in {None, 0 if "ids=" in path or "search=" in path else 2, 1}, path
        for counts in (body.get("meta", {}).get("facets") or {}).values():
            assert all(one["count"] <= 2 for one in counts), path
        assert body.get("meta", {}).get("didYouMean") is None, path
    for slug in (f"{HIDDEN}-{number}" for number in range(5)):
        for path in (f"/courses/{slug}/schema.jsonld", f"/courses/{slug}", f"/courses/{slug}/related"):
            assert (await client.get(PREFIX + path)).status_code == 404, path
    known = (
        "SELECT word FROM search_words UNION SELECT word FROM search_deletes UNION SELECT lexeme FROM search_lexemes"
    )
    words = [word for (word,) in await school.rows(known)]
    assert [word for word in words if "xyz" in word or "plugh" in word] == []
    [music] = [one for one in (await school.get("/categories")).json()["data"] if one["slug"] == "music"]
    assert music["courseCount"] == 2


async def test_a_course_is_described_for_search_engines(school: Classroom) -> None:
    answer = await school.get("/courses/rd/schema.jsonld")
    assert answer.headers["Content-Type"] == "application/ld+json"
    assert "<" not in answer.text
    course = answer.json()
    assert (course["@context"], course["@type"], course["name"]) == ("https://schema.org", "Course", TITLE)
    [offer], [instance] = course["offers"], course["hasCourseInstance"]
    assert (offer["price"], offer["priceCurrency"], offer["category"]) == ("49.90", "USD", "Paid")
    assert (instance["courseMode"], instance["courseWorkload"]) == ("Online", "PT1H30M")
    assert "aggregateRating" not in course
    free = (await school.get("/courses/free/schema.jsonld")).json()
    assert (free["offers"][0]["price"], free["offers"][0]["category"]) == ("0", "Free")
    assert (free["aggregateRating"]["ratingValue"], free["aggregateRating"]["ratingCount"]) == (4.5, 2)
    by_id = {one["slug"]: one["id"] for one in (await school.get("/courses")).json()["data"]}
    assert (await school.get(f"/courses/{by_id['free']}/schema.jsonld")).json() == free


async def test_the_sitemaps_have_every_course_once(
    school: Classroom, db: Connection, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await sitemaps_of(school.client) == [["rd", "free"]]
    monkeypatch.setattr(divide_sitemap, "COURSES_PER_SITEMAP", 1)
    for _ in range(2):
        await divide_sitemap.divide_sitemap(database, deadline=NEVER)
        assert await sitemaps_of(school.client) == [["rd"], ["free"]]
    await put_on_sale(db, (await school.person("instructor")).id, {"slug": "third"}, {"slug": "fourth"})
    assert await sitemaps_of(school.client) == [["rd"], ["free", "third", "fourth"]]
    await divide_sitemap.divide_sitemap(database, deadline=NEVER)
    assert await sitemaps_of(school.client) == [["rd"], ["free"], ["third"], ["fourth"]]
    await db.execute("UPDATE courses SET sale_suspended_at = now() WHERE slug = 'free'")
    await db.execute("UPDATE courses SET status = 'published' WHERE slug = 'xyzzy-0'")
    assert await sitemaps_of(school.client) == [["xyzzy-0", "rd"], [], ["third"], ["fourth"]]
    for path in ("/sitemap/5.xml", "/sitemap/0.xml", "/sitemap/x.xml", "/sitemap/99999999999999.xml"):
        assert (await school.client.get(path)).status_code == 404


async def sitemaps_of(client: httpx.AsyncClient) -> list[list[str]]:
    """The slugs of each sitemap of the index."""
    index = parse((await client.get("/sitemap.xml")).content)
    found = []
    for shard in index.iter(f"{SITEMAP}loc"):
        path = "/sitemap/" + str(shard.text).rpartition("/")[2]
        listed = parse((await client.get(path)).content).iter(f"{SITEMAP}loc")
        found.append([str(one.text).rpartition("/")[2] for one in listed])
    return found


async def test_the_feed_has_the_newest_first(school: Classroom) -> None:
    answer = await school.client.get("/feed.xml")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    feed = parse(answer.content)
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert titles == ["A course", TITLE.replace("\u0001", "")]


async def test_an_empty_school_has_valid_documents(client: httpx.AsyncClient) -> None:
    for path in ("/sitemap.xml", "/sitemap/1.xml", "/feed.xml"):
        parse((await client.get(path)).content)
    robots = (await client.get("/robots.txt")).text
    assert "Disallow: /admin\n" in robots
    assert robots.strip().endswith("/sitemap.xml")


async def test_machines_ask_again_with_the_tag(school: Classroom) -> None:
    for path in ("/sitemap.xml", "/sitemap/1.xml", "/feed.xml", "/robots.txt", PREFIX + "/courses/rd/schema.jsonld"):
        first = await school.client.get(path)
        again = await school.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path
        assert first.headers["Cache-Control"].startswith("public, max-age="), path
        assert (await school.client.head(path)).headers["ETag"] == first.headers["ETag"]
