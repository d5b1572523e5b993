"""Everything held on a person, section by section. Other modules' tables are only read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from coursify.core.database import Connection, fetch_records

Records = list[dict[str, Any]]


async def list_account(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT id, email, name, bio, avatar_url, role, status, email_verified_at, created_at, updated_at
        FROM users WHERE id = %(user_id)s
        """,
        user_id=user_id,
    )


async def list_pending_addresses(db: Connection, user_id: UUID) -> Records:
    """Addresses that were asked for and not confirmed, as long as their link is kept."""
    return await fetch_records(
        db,
        """
        SELECT new_email AS address, created_at, expires_at, used_at, invalidated_at
        FROM one_time_tokens WHERE user_id = %(user_id)s AND new_email IS NOT NULL ORDER BY id
        """,
        user_id=user_id,
    )


async def list_sessions(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT id, created_at, authenticated_at, last_used_at, expires_at, revoked_at, revoked_reason, user_agent
        FROM sessions WHERE user_id = %(user_id)s ORDER BY id
        """,
        user_id=user_id,
    )


async def list_second_factor(db: Connection, user_id: UUID) -> Records:
    """That there is one; its secret is nobody's to hand out."""
    return await fetch_records(
        db, "SELECT created_at, confirmed_at FROM second_factors WHERE user_id = %(user_id)s", user_id=user_id
    )


async def list_security_events(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        "SELECT kind, created_at FROM security_events WHERE user_id = %(user_id)s ORDER BY id",
        user_id=user_id,
    )


async def list_emails(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT message_key, kind, state, created_at, settled_at
        FROM email_deliveries WHERE user_id = %(user_id)s ORDER BY id
        """,
        user_id=user_id,
    )


async def list_enrollments(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT enrollments.id, course_id, courses.title, enrolled_at, completed_at
        FROM enrollments JOIN courses ON courses.id = course_id
        WHERE user_id = %(user_id)s ORDER BY enrollments.id
        """,
        user_id=user_id,
    )


async def list_grants(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT access_grants.id, course_id, source_type, source_id, granted_at, valid_until, revoked_at, reason
        FROM access_grants JOIN enrollments ON enrollments.id = enrollment_id
        WHERE user_id = %(user_id)s ORDER BY access_grants.id
        """,
        user_id=user_id,
    )


async def list_progress(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT enrollment_id, lesson_id, lesson_progress.completed_at, position_seconds, updated_at
        FROM lesson_progress JOIN enrollments ON enrollments.id = enrollment_id
        WHERE user_id = %(user_id)s ORDER BY enrollment_id, lesson_id
        """,
        user_id=user_id,
    )


async def list_reviews(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT id, course_id, rating, comment, status, reply, created_at, updated_at
        FROM reviews WHERE user_id = %(user_id)s AND deleted_at IS NULL ORDER BY id
        """,
        user_id=user_id,
    )


async def list_replies(db: Connection, user_id: UUID) -> Records:
    """What an instructor answered to reviews."""
    return await fetch_records(
        db,
        """
        SELECT reviews.id AS review_id, course_id, reply
        FROM reviews JOIN courses ON courses.id = course_id
        WHERE instructor_id = %(user_id)s AND reply IS NOT NULL AND reviews.deleted_at IS NULL ORDER BY reviews.id
        """,
        user_id=user_id,
    )


async def list_payment_customer(db: Connection, user_id: UUID) -> Records:
    """Who the person is at the payment provider."""
    return await fetch_records(
        db, "SELECT provider_customer_id FROM payment_customers WHERE user_id = %(user_id)s", user_id=user_id
    )


async def list_lessons(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT lessons.id, course_id, lessons.title, content, lessons.created_at
        FROM lessons JOIN courses ON courses.id = course_id
        WHERE instructor_id = %(user_id)s AND lessons.deleted_at IS NULL ORDER BY course_id, position
        """,
        user_id=user_id,
    )


async def list_orders(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT orders.id, orders.status, orders.currency, total_minor, paid_at, orders.created_at,
               (SELECT coalesce(jsonb_agg(jsonb_build_object('course_id', course_id, 'title', title,
                                                             'amount_minor', amount_minor)), '[]')
                FROM order_lines WHERE order_id = orders.id) AS lines
        FROM orders WHERE user_id = %(user_id)s ORDER BY orders.id
        """,
        user_id=user_id,
    )


async def list_payments(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT id, order_id, intent_status, amount_minor, amount_received_minor, currency, received_at, created_at
        FROM payments WHERE user_id = %(user_id)s ORDER BY id
        """,
        user_id=user_id,
    )


async def list_refunds(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT refunds.id, payment_id, refunds.status, refunds.amount_minor, refunds.currency, reason, settled_at
        FROM refunds JOIN payments ON payments.id = payment_id
        WHERE payments.user_id = %(user_id)s ORDER BY refunds.id
        """,
        user_id=user_id,
    )


async def list_courses(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT id, slug, title, subtitle, description, status, price_minor, currency, created_at, published_at
        FROM courses JOIN course_texts ON course_id = id WHERE instructor_id = %(user_id)s ORDER BY id
        """,
        user_id=user_id,
    )


async def list_earnings(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT booked.source_type, entry.amount_minor, entry.currency, entry.available_at, booked.booked_at,
               booked.reverses_id IS NOT NULL AS is_reversal
        FROM ledger_entries AS entry JOIN ledger_transactions AS booked ON booked.id = entry.transaction_id
        WHERE entry.instructor_id = %(user_id)s ORDER BY entry.id
        """,
        user_id=user_id,
    )


async def list_audit(db: Connection, user_id: UUID) -> Records:
    return await fetch_records(
        db,
        """
        SELECT action, target_type, target_id, details, at FROM audit_log WHERE actor_id = %(user_id)s ORDER BY id
        """,
        user_id=user_id,
    )
