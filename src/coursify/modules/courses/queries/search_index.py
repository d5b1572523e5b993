"""SQL of what courses are found by: read, written, and which courses are not yet indexed as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_all, fetch_values


@dataclass(frozen=True, slots=True)
class IndexSource:
    """What a course says, and the version that says it."""

    course_id: UUID
    version: int
    title: str
    subtitle: str | None
    description: str
    instructor_id: UUID
    instructor_name: str | None
    category: str | None
    category_name: str | None
    level: str
    language: str


async def lock_courses(db: Connection, course_ids: list[UUID]) -> list[UUID]:
    """Those that exist, in the order of their ids."""
    return await fetch_values(
        db,
        UUID,
        "SELECT id FROM courses WHERE id = ANY(%(course_ids)s::uuid[]) ORDER BY id FOR NO KEY UPDATE",
        course_ids=course_ids,
    )


async def list_index_sources(db: Connection, course_ids: list[UUID]) -> list[IndexSource]:
    return await fetch_all(
        db,
        IndexSource,
        """
        SELECT course.id AS course_id, course.version, course.title, course.subtitle, texts.description,
               course.instructor_id, instructor.name AS instructor_name, course.category,
               category.name AS category_name, course.level, course.language
        FROM courses AS course
        JOIN course_texts AS texts ON texts.course_id = course.id
        JOIN users AS instructor ON instructor.id = course.instructor_id
        LEFT JOIN categories AS category ON category.slug = course.category
        WHERE course.id = ANY(%(course_ids)s::uuid[]) ORDER BY course.id
        """,
        course_ids=course_ids,
    )


async def put_vectors(
    db: Connection, course_id: UUID, *, head: str, words: str, rest: str, course_version: int, index_version: int
) -> int:
    """What is equal is not written again."""
    return await execute(
        db,
        """
        INSERT INTO course_search AS search (course_id, head, words, rest, course_version, index_version)
        VALUES (%(course_id)s, %(head)s::text::tsvector, %(words)s, %(rest)s, %(course_version)s, %(index_version)s)
        ON CONFLICT (course_id) DO UPDATE SET
            head = CASE WHEN search.head = excluded.head THEN search.head ELSE excluded.head END,
            words = CASE WHEN search.words = excluded.words THEN search.words ELSE excluded.words END,
            rest = CASE WHEN search.rest = excluded.rest THEN search.rest ELSE excluded.rest END,
            course_version = excluded.course_version, index_version = excluded.index_version
        """,
        course_id=course_id,
        head=head,
        words=words,
        rest=rest,
        course_version=course_version,
        index_version=index_version,
    )


async def set_indexed_version(db: Connection, course_id: UUID, *, course_version: int) -> int:
    """The course has a new version with the same words."""
    return await execute(
        db,
        """
        UPDATE course_search SET course_version = %(course_version)s
        WHERE course_id = %(course_id)s AND course_version = %(course_version)s::integer - 1
        """,
        course_id=course_id,
        course_version=course_version,
    )


async def list_unindexed(db: Connection, *, index_version: int, after_id: UUID, limit: int) -> list[UUID]:
    """Courses without words, with words of an earlier version, or with words that other rules cut."""
    return await fetch_values(
        db,
        UUID,
        """
        SELECT course.id FROM courses AS course LEFT JOIN course_search AS search ON search.course_id = course.id
        WHERE course.id > %(after_id)s AND (
            search.course_version IS DISTINCT FROM course.version OR search.index_version <> %(index_version)s
        )
        ORDER BY course.id LIMIT %(limit)s
        """,
        index_version=index_version,
        after_id=after_id,
        limit=limit,
    )


async def list_course_ids_of_instructor(
    db: Connection, instructor_id: UUID, *, after_id: UUID, limit: int
) -> list[UUID]:
    """Deleted courses are among them: an erased name is taken out of their words as well."""
    return await fetch_values(
        db,
        UUID,
        """
        SELECT id FROM courses WHERE instructor_id = %(instructor_id)s AND id > %(after_id)s
        ORDER BY id LIMIT %(limit)s
        """,
        instructor_id=instructor_id,
        after_id=after_id,
        limit=limit,
    )


async def list_course_ids(db: Connection, *, after_id: UUID, limit: int) -> list[UUID]:
    return await fetch_values(
        db,
        UUID,
        "SELECT id FROM courses WHERE id > %(after_id)s ORDER BY id LIMIT %(limit)s",
        after_id=after_id,
        limit=limit,
    )


async def list_course_ids_of_category(db: Connection, category: str, *, after_id: UUID, limit: int) -> list[UUID]:
    return await fetch_values(
        db,
        UUID,
        "SELECT id FROM courses WHERE category = %(category)s AND id > %(after_id)s ORDER BY id LIMIT %(limit)s",
        category=category,
        after_id=after_id,
        limit=limit,
    )
