"""The rows that ours and the rivals work on: 20,000 courses, 200,000 lessons, 50,000 people, 200,000 enrollments.

Counters agree with the rows, so that `coursify audit` finds nothing. It takes the owner's role: triggers and foreign
keys are off while it runs.
"""

from __future__ import annotations

from typing import Any

import psycopg
from argon2 import PasswordHasher
from rich.progress import Progress

from bench.large_catalogue import fill_large_catalogue
from coursify.core.settings import LEAST_ARGON2_MEMORY_KIB

SIZES = {"courses": 20_000, "students": 45_000, "enrollments": 200_000, "lessons": 10}
# Only these students have sessions; everyone has the same password.
SESSIONS = 5_000
PASSWORD = "correct-horse-battery!"
STEPS: dict[str, str] = {
    "students": """
        INSERT INTO users (email, email_canonical, name, password_hash, role, sessions_valid_after, email_verified_at,
                           created_at, updated_at)
        SELECT 'student' || number || '@example.com', 'student' || number || '@example.com', 'Person ' || number,
               %(password_hash)s, 'student', now() - interval '1 year', now(), now() - interval '200 days', now()
        FROM generate_series(1, %(students)s) AS number
    """,
    # Authors sign in, too; the school has an admin.
    "authors": """
        UPDATE users SET password_hash = %(password_hash)s, email_verified_at = now() WHERE role = 'instructor'
    """,
    "a busy author": """
        UPDATE courses SET instructor_id = (SELECT min(instructor_id::text)::uuid FROM courses)
        WHERE id IN (SELECT id FROM courses WHERE price_minor > 0 ORDER BY id LIMIT 60)
    """,
    "admin": """
        INSERT INTO users (email, email_canonical, name, password_hash, role, sessions_valid_after, email_verified_at,
                           created_at, updated_at)
        VALUES ('admin@example.com', 'admin@example.com', 'Admin', %(password_hash)s, 'admin',
                now() - interval '1 year', now(), now(), now())
    """,
    "approvals": """
        INSERT INTO audit_log (actor_id, action, target_type, target_id)
        SELECT (SELECT id FROM users WHERE role = 'admin'), 'course.approve', 'course', id FROM courses
    """,
    "lessons": """
        INSERT INTO lessons (course_id, title, position, content, is_preview, duration_seconds, created_at, updated_at)
        SELECT id, 'Lesson ' || place, place, '<p>Read this.</p>', place = 1, 600, created_at, created_at
        FROM courses CROSS JOIN generate_series(1, %(lessons)s) AS place
    """,
    # Popular courses have many learners; a person has about four courses.
    "enrollments": """
        INSERT INTO enrollments (user_id, course_id, enrolled_at)
        SELECT DISTINCT ON (student.id, course.id) student.id, course.id, now() - random() * interval '90 days'
        FROM (
            SELECT 1 + number %% %(students)s AS student_place,
                   1 + floor(power(random(), 3) * %(courses)s)::integer AS course_place
            FROM generate_series(1, %(enrollments)s) AS number
        ) AS wanted
        JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM users WHERE role = 'student') AS student
            ON student.place = student_place
        JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM courses) AS course
            ON course.place = course_place
    """,
    "grants": """
        INSERT INTO access_grants (enrollment_id, source_type, source_id, granted_at)
        SELECT id, 'free', id, enrolled_at FROM enrollments
    """,
    "progress": """
        INSERT INTO lesson_progress (enrollment_id, lesson_id, completed_at, position_seconds, updated_at)
        SELECT enrollments.id, lessons.id, now(), 600, now()
        FROM enrollments JOIN lessons USING (course_id) WHERE position <= 2 AND random() < 0.5
    """,
    "reviews": """
        INSERT INTO reviews (user_id, course_id, rating, comment, created_at, updated_at)
        SELECT user_id, course_id, 1 + floor(5 * power(random(), 0.5))::integer, 'It says what I wanted to know.',
               now(), now()
        FROM enrollments WHERE random() < 0.5
    """,
    "sessions": """
        INSERT INTO sessions (user_id, created_at, authenticated_at, last_used_at, expires_at, user_agent)
        SELECT users.id, now(), now(), now(), now() + interval '10 years', 'bench'
        FROM users WHERE email LIKE 'student%%' ORDER BY users.id LIMIT %(sessions)s
    """,
    "counters": """
        UPDATE courses SET enrollment_count = coalesce(learners.count, 0), lesson_count = %(lessons)s,
               duration_seconds = %(lessons)s * 600, rating_sum = coalesce(stars.sum, 0),
               rating_count = coalesce(stars.count, 0), rating_counts = coalesce(stars.counts, '{0,0,0,0,0}')
        FROM courses AS course
        LEFT JOIN (SELECT course_id, count(*) FROM enrollments GROUP BY course_id) AS learners
            ON learners.course_id = course.id
        LEFT JOIN (
            SELECT course_id, count(*), sum(rating),
                   ARRAY[count(*) FILTER (WHERE rating = 1), count(*) FILTER (WHERE rating = 2),
                         count(*) FILTER (WHERE rating = 3), count(*) FILTER (WHERE rating = 4),
                         count(*) FILTER (WHERE rating = 5)]::integer[] AS counts
            FROM reviews GROUP BY course_id
        ) AS stars ON stars.course_id = course.id
        WHERE courses.id = course.id
    """,
}


def build_school(db: psycopg.Connection[Any]) -> None:
    """Fills a migrated, empty database; about a minute."""
    hasher = PasswordHasher(time_cost=2, memory_cost=LEAST_ARGON2_MEMORY_KIB, parallelism=1)
    sizes = SIZES | {"sessions": SESSIONS, "password_hash": hasher.hash(PASSWORD)}
    with Progress(transient=True) as bar:
        task = bar.add_task("Building the school: the catalogue", total=len(STEPS) + 2)
        # None is a draft: people learn in all of them.
        fill_large_catalogue(db, courses=SIZES["courses"], draft_every=SIZES["courses"] + 1)
        with db.transaction():
            db.execute("SET LOCAL session_replication_role = replica")
            db.execute("SELECT setseed(0.5)")
            for name, statement in STEPS.items():
                bar.update(task, advance=1, description=f"Building the school: {name}")
                db.execute(statement, sizes)
        bar.update(task, advance=1, description="Building the school: statistics")
        db.execute("VACUUM (FULL, ANALYZE) courses")
        db.execute("VACUUM (ANALYZE)")
