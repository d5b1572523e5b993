"""`python -m bench.large_school`: fill a migrated, empty database with a large school, by set-based SQL.

At scale 1: 500,000 enrollments with 5,000,000 rows of progress, 400,000 of them paid and booked in the ledger, 25,000
refunds, and 1,000,000 days of courses with views, over two years. Triggers and foreign keys are off while it runs,
so it takes the owner's role.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg

LARGE_DAYS, LARGE_VIEW_DAYS = 730, 500
# A small one is young, too: each day takes its time, however little happened.
SMALL_DAYS, SMALL_BELOW = 60, 0.01
STEPS: dict[str, str] = {
    "people": """
        INSERT INTO users (email, email_canonical, name, role, sessions_valid_after, created_at, updated_at)
        SELECT 'large' || number || '@example.com', 'large' || number || '@example.com', 'Person ' || number,
               CASE WHEN number <= %(teachers)s THEN 'instructor' ELSE 'student' END,
               now(), now() - %(days)s * interval '1 day', now()
        FROM generate_series(1, %(teachers)s + %(students)s) AS number
    """,
    # One instructor has half of them.
    "courses": """
        INSERT INTO courses (instructor_id, slug, title, excerpt, price_minor, currency, category, status, lesson_count,
                             enrollment_count, published_at, created_at, updated_at)
        SELECT teacher.id, 'large-' || number, 'Large course ' || number, 'Words', 1000 + number * 7 %% 9000,
               CASE WHEN number %% 5 = 0 THEN 'eur' ELSE 'usd' END, 'development', 'published', 10, 250,
               now() - %(days)s * interval '1 day', now() - %(days)s * interval '1 day', now()
        FROM generate_series(1, %(courses)s) AS number
        JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM users WHERE role = 'instructor') AS teacher
            ON teacher.place = CASE number %% 2 WHEN 1 THEN 1 ELSE 1 + number %% %(teachers)s END
    """,
    "descriptions": """
        INSERT INTO course_texts (course_id, description, search)
        SELECT id, 'Words', to_tsvector('simple', title) FROM courses
    """,
    "lessons": """
        INSERT INTO lessons (course_id, title, position, content, duration_seconds, created_at, updated_at)
        SELECT courses.id, 'Lesson ' || place, place, 'Words', 600, courses.created_at, courses.created_at
        FROM courses CROSS JOIN generate_series(1, 10) AS place
    """,
    # Everyone has five courses; the first courses are the most popular ones, and recent months are busier.
    "plan": """
        CREATE TEMPORARY TABLE plan AS
        SELECT number, uuidv7() AS enrollment_id, uuidv7() AS order_id, uuidv7() AS line_id, uuidv7() AS payment_id,
               uuidv7() AS sale_id, uuidv7() AS fee_id, uuidv7() AS refund_id, student.id AS user_id,
               course.id AS course_id, course.instructor_id, course.price_minor AS price, course.currency, at,
               number %% 5 > 0 AS is_paid, number %% 20 = 1 AS is_refunded
        FROM (
            SELECT number, 1 + number / 5 AS student_place,
                   1 + (floor(power(random(), 2) * %(courses)s / 5)::int * 5 + number %% 5) %% %(courses)s
                       AS course_place,
                   now() - power(random(), 1.5) * %(days)s * interval '1 day' AS at
            FROM generate_series(0, %(enrollments)s - 1) AS number
        ) AS wanted
        JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM users WHERE role = 'student') AS student
            ON student.place = student_place
        JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM courses) AS course ON course.place = course_place
    """,
    "enrollments": """
        INSERT INTO enrollments (id, user_id, course_id, enrolled_at, completed_at)
        SELECT enrollment_id, user_id, course_id, at,
               CASE WHEN number %% 3 = 0 THEN least(now(), at + interval '50 days') END
        FROM plan
    """,
    "grants": """
        INSERT INTO access_grants (enrollment_id, source_type, source_id, granted_at, revoked_at, reason)
        SELECT enrollment_id, CASE WHEN is_paid THEN 'order_line' ELSE 'free' END,
               CASE WHEN is_paid THEN line_id ELSE enrollment_id END, at,
               CASE WHEN is_refunded AND is_paid THEN least(now(), at + interval '5 days') END,
               CASE WHEN is_refunded AND is_paid THEN 'refunded' END
        FROM plan
    """,
    "progress": """
        INSERT INTO lesson_progress (enrollment_id, lesson_id, completed_at, position_seconds, updated_at)
        SELECT plan.enrollment_id, lessons.id,
               CASE WHEN plan.number %% 3 = 0 OR lessons.position <= plan.number %% 11
                    THEN least(now(), plan.at + lessons.position * interval '5 days') END,
               300, now()
        FROM plan JOIN lessons ON lessons.course_id = plan.course_id
    """,
    "orders": """
        INSERT INTO orders (id, user_id, status, currency, list_price_minor, total_minor, refund_days, paid_at,
                            closed_at, expires_at, created_at, updated_at)
        SELECT order_id, user_id, 'paid', currency, price, price, 30, at, at, at + interval '1 day',
               at - interval '2 minutes', at
        FROM plan WHERE is_paid
    """,
    "lines": """
        INSERT INTO order_lines (id, order_id, user_id, course_id, course_version, title, instructor_id,
                                 instructor_share_bp, unit_amount_minor, amount_minor, paid_minor, is_open)
        SELECT line_id, order_id, user_id, course_id, 1, 'Large course', instructor_id, 7000, price, price, price, false
        FROM plan WHERE is_paid
    """,
    "payments": """
        INSERT INTO payments (id, order_id, user_id, intent_status, intent_rank, amount_minor, currency,
                              amount_received_minor, received_currency, received_at, created_at, updated_at)
        SELECT payment_id, order_id, user_id, 'succeeded', 2, price, currency, price, currency, at, at, at
        FROM plan WHERE is_paid
    """,
    "refunds": """
        INSERT INTO refunds (id, payment_id, cause, status, amount_minor, currency, requested_by_admin, settled_at,
                             created_at, updated_at)
        SELECT refund_id, payment_id, 'request', 'succeeded', price, currency, true,
               least(now(), at + interval '5 days'), least(now(), at + interval '5 days'), now()
        FROM plan WHERE is_paid AND is_refunded
    """,
    "bookings": """
        INSERT INTO ledger_transactions (id, source_type, source_id, sequence, booked_at)
        SELECT sale_id, 'payment', payment_id, 1, at FROM plan WHERE is_paid
        UNION ALL SELECT fee_id, 'payment_fee', payment_id, 1, at FROM plan WHERE is_paid
        UNION ALL SELECT refund_id, 'refund', refund_id, 1, least(now(), at + interval '5 days')
        FROM plan WHERE is_paid AND is_refunded
    """,
    "entries": """
        INSERT INTO ledger_entries (transaction_id, account, instructor_id, amount_minor, currency, order_line_id)
        SELECT transaction_id, account, CASE WHEN account = 'instructor_payable' THEN instructor_id END, amount,
               currency,
               CASE WHEN account <> 'provider_fees' THEN line_id END
        FROM plan CROSS JOIN LATERAL (VALUES
            (sale_id, 'provider_clearing', price), (sale_id, 'instructor_payable', -(price * 7 / 10)),
            (sale_id, 'platform_revenue', -(price - price * 7 / 10)),
            (fee_id, 'provider_fees', 30 + price / 40), (fee_id, 'provider_clearing', -(30 + price / 40))
        ) AS entry (transaction_id, account, amount) WHERE is_paid
        UNION ALL
        SELECT transaction_id, account, CASE WHEN account = 'instructor_payable' THEN instructor_id END, amount,
               currency,
               line_id
        FROM plan CROSS JOIN LATERAL (VALUES
            (refund_id, 'provider_clearing', -price), (refund_id, 'instructor_payable', price * 7 / 10),
            (refund_id, 'platform_revenue', price - price * 7 / 10)
        ) AS entry (transaction_id, account, amount) WHERE is_paid AND is_refunded
    """,
    "reviews": """
        INSERT INTO reviews (user_id, course_id, rating, created_at, updated_at)
        SELECT DISTINCT ON (user_id, course_id) user_id, course_id, 1 + number %% 5,
               least(now(), at + interval '9 days'), now()
        FROM plan WHERE number %% 10 = 0
    """,
    "views": """
        INSERT INTO course_views (course_id, day, views, viewers)
        SELECT courses.id, (now() AT TIME ZONE 'UTC')::date - day, 3 + day %% 40, 2 + day %% 30
        FROM courses CROSS JOIN generate_series(0, %(view_days)s - 1) AS day
    """,
}


def fill_large_school(
    db: psycopg.Connection[Any], *, scale: float, show: Callable[[str], None] = lambda _line: None
) -> None:
    """One transaction, then ANALYZE."""
    # Five for each person, of five different kinds.
    courses = 5 * max(4, round(400 * scale))
    sizes = {
        "days": SMALL_DAYS if scale < SMALL_BELOW else LARGE_DAYS,
        "teachers": max(4, round(200 * scale)),
        "students": max(20, round(100_000 * scale)),
        "courses": courses,
        "enrollments": max(100, round(500_000 * scale)),
        "view_days": SMALL_DAYS if scale < SMALL_BELOW else LARGE_VIEW_DAYS,
    }
    with db.transaction():
        db.execute("SET LOCAL session_replication_role = replica")
        db.execute("SELECT setseed(0.5)")
        for name, statement in STEPS.items():
            started = time.monotonic()
            rows = db.execute(statement, sizes).rowcount
            show(f"{name}: {rows:,} rows in {time.monotonic() - started:.1f} s")
    db.execute("ANALYZE")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.large_school")
    parser.add_argument("url", help="the owner's URL of a migrated, empty database")
    parser.add_argument("--scale", type=float, default=1.0)
    given = parser.parse_args()
    with psycopg.connect(given.url, autocommit=True) as db:
        if db.execute("SELECT count(*) FROM users").fetchone() != (0,):
            sys.exit("The database has users already.")
        fill_large_school(db, scale=given.scale, show=lambda line: sys.stdout.write(line + "\n") and None)


if __name__ == "__main__":
    main()
