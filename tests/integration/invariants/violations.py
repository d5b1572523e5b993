"""For every invariant: what an owner's hand would have to do to the small school to break it.

Constraints that forbid it are dropped first, in the test's own transaction.
"""

from __future__ import annotations

PAID_LINE = """
    (SELECT line.id FROM order_lines AS line JOIN orders ON orders.id = line.order_id
     JOIN access_grants AS live ON live.source_id = line.id AND live.revoked_at IS NULL
     WHERE NOT EXISTS (SELECT FROM refund_lines WHERE order_line_id = line.id) ORDER BY line.id LIMIT 1)
"""
PAID_ORDER = f"(SELECT order_id FROM order_lines WHERE id = {PAID_LINE})"
PAYMENT = f"(SELECT id FROM payments WHERE order_id = {PAID_ORDER})"
SALE = f"(SELECT id FROM ledger_transactions WHERE source_type = 'payment' AND source_id = {PAYMENT})"
WHOLE_REFUND = """
    (SELECT refunds.id FROM refunds JOIN payments ON payments.id = refunds.payment_id
     WHERE refunds.amount_minor >= payments.amount_minor ORDER BY refunds.id LIMIT 1)
"""
ADMIN_REFUND = "(SELECT id FROM refunds WHERE requested_by_admin ORDER BY id LIMIT 1)"
STUDENT = "(SELECT id FROM users WHERE role = 'student' ORDER BY id LIMIT 1)"
COURSE = "(SELECT id FROM courses WHERE status = 'published' ORDER BY id LIMIT 1)"
DIVIDED = "(SELECT course_id FROM sections ORDER BY id LIMIT 1)"
REVIEW = "(SELECT id FROM reviews ORDER BY id LIMIT 1)"
ENROLLMENT = "(SELECT id FROM enrollments WHERE completed_at IS NOT NULL ORDER BY id LIMIT 1)"
OTHER_LINE = f"""
    (SELECT line.id FROM order_lines AS line JOIN orders ON orders.id = line.order_id AND orders.status = 'paid'
     WHERE line.order_id <> {PAID_ORDER} AND NOT EXISTS (SELECT FROM refund_lines WHERE order_line_id = line.id)
     ORDER BY line.id LIMIT 1)
"""
SESSION = f"""
    WITH signed_in AS (
        INSERT INTO sessions (user_id, created_at, authenticated_at, last_used_at, expires_at)
        VALUES ({STUDENT}, now(), now(), now(), now() + interval '30 days') RETURNING id, user_id, expires_at
    )
"""
TOKEN = f"""
    {SESSION}
    INSERT INTO refresh_tokens (session_id, user_id, token_hash, issued_at, expires_at)
    SELECT id, user_id, sha256(('token' || number)::bytea), now(), expires_at FROM signed_in
"""
FROM_ONE_TO = ", generate_series(1, {}) AS number"
LINK = f"""
    INSERT INTO one_time_tokens (user_id, purpose, token_hash, email_canonical_at_issue, created_at, expires_at)
    SELECT {STUDENT}, 'reset_password', sha256(('link' || number)::bytea), '{{}}', now(), now() + interval '1 hour'
    FROM generate_series(1, {{}}) AS number
"""
EVENT = """
    INSERT INTO provider_events (provider, event_id, type, object_type, object_id, state, received_at)
    VALUES ('stripe', 'evt_1', 'payment_intent.succeeded', 'payment_intent', 'pi_nobody', '{}', now() - interval '{}')
"""

VIDEO = """
    INSERT INTO assets (owner_id, kind, status, path, filename, content_type, size_bytes, hls_folder, created_at,
                        ready_at)
    SELECT instructor_id, 'video', 'ready', md5(courses.id::text), 'a.mp4', 'video/mp4', 1, {}, now() - interval '{}',
           now() FROM courses LIMIT 1
"""
VIDEOS = "(SELECT id FROM assets WHERE kind = 'video') AS videos"

# (code, what it is, statements)
VIOLATIONS: list[tuple[str, str, list[str]]] = [
    ("I-01", "a paid line whose grant is closed", [
        f"UPDATE access_grants SET revoked_at = now(), reason = 'lost' WHERE source_id = {PAID_LINE}",
    ]),
    ("I-01", "a paid line without any grant", [
        f"DELETE FROM access_grants WHERE source_id = {PAID_LINE}",
    ]),
    ("I-02", "access by an order line that never was", [
        f"UPDATE access_grants SET source_id = uuidv7() WHERE source_id = {PAID_LINE}",
    ]),
    ("I-02", "access to a course that someone else has paid for", [
        f"UPDATE order_lines SET user_id = {STUDENT} WHERE id = {PAID_LINE}",
        f"""UPDATE orders SET user_id = (SELECT id FROM users WHERE role = 'student' AND id <> orders.user_id LIMIT 1)
            WHERE id = {PAID_ORDER}""",
    ]),
    ("I-02", "access although the dispute is lost", [
        f"""INSERT INTO disputes (payment_id, provider_dispute_id, status, amount_minor, currency, opened_at,
                                  updated_at)
            VALUES ({PAYMENT}, 'du_1', 'lost', 100, 'usd', now(), now())""",
    ]),
    ("I-03", "one course in two payable orders", [
        "DROP INDEX order_lines_one_open",
        """WITH line AS (SELECT user_id, course_id, id FROM order_lines ORDER BY id LIMIT 1)
           INSERT INTO order_lines (order_id, user_id, course_id, course_version, title, instructor_id,
                                    instructor_share_bp, unit_amount_minor, amount_minor, is_open)
           SELECT orders.id, line.user_id, line.course_id, 1, 'twice', original.instructor_id, 7000, 0, 0, true
           FROM line JOIN order_lines AS original ON original.id = line.id
           CROSS JOIN LATERAL (
               SELECT id FROM orders WHERE id <> original.order_id AND NOT EXISTS (
                   SELECT FROM order_lines WHERE order_id = orders.id AND course_id = line.course_id)
               ORDER BY id LIMIT 2) AS orders""",
    ]),
    ("I-03", "a line that is open although its order is paid", [
        f"UPDATE order_lines SET is_open = true WHERE id = {PAID_LINE}",
    ]),
    ("I-04", "one course paid twice", [
        "ALTER TABLE order_lines DROP CONSTRAINT order_lines_order_id_course_id_key",
        f"""UPDATE order_lines SET (user_id, course_id)
                = (SELECT user_id, course_id FROM order_lines WHERE id = {PAID_LINE}) WHERE id = {OTHER_LINE}""",
    ]),
    ("I-05", "a refund above what was received", [
        f"UPDATE refunds SET amount_minor = amount_minor + 1 WHERE id = {WHOLE_REFUND}",
        f"UPDATE refund_lines SET amount_minor = amount_minor + 1 WHERE refund_id = {WHOLE_REFUND}",
    ]),
    ("I-05", "a refund of which a part fits no line, and nobody knows", [
        f"UPDATE refund_lines SET amount_minor = amount_minor - 1 WHERE refund_id = {WHOLE_REFUND}",
    ]),
    ("I-42", "a refund requested while a dispute was open", [
        f"""INSERT INTO disputes (id, payment_id, provider_dispute_id, status, amount_minor, currency, opened_at,
                                  updated_at)
            SELECT '01900000-0000-7000-8000-000000000001', payment_id, 'du_1', 'open', 100, 'usd',
                   created_at - interval '1 day', created_at - interval '1 day' FROM refunds
            WHERE id = {ADMIN_REFUND}""",
    ]),
    ("I-06", "a total that is not list less discount", [
        "ALTER TABLE orders DROP CONSTRAINT orders_check1",
        f"UPDATE orders SET total_minor = total_minor + 1 WHERE id = {PAID_ORDER}",
    ]),
    ("I-06", "a total that its lines do not add up to", [
        f"""UPDATE order_lines SET unit_amount_minor = unit_amount_minor + 1, amount_minor = amount_minor + 1
            WHERE id = {PAID_LINE}""",
    ]),
    ("I-07", "a payment in another currency", [
        f"UPDATE payments SET currency = 'chf' WHERE id = {PAYMENT}",
    ]),
    ("I-07", "less money than was asked", [
        f"UPDATE payments SET amount_received_minor = amount_received_minor - 1 WHERE id = {PAYMENT}",
    ]),
    ("I-08", "a transaction that does not sum to zero", [
        "ALTER TABLE ledger_entries DISABLE TRIGGER USER",
        "UPDATE ledger_entries SET amount_minor = amount_minor + 1 WHERE id = (SELECT min(id) FROM ledger_entries)",
    ]),
    ("I-09", "a payment that was not booked", [
        f"DELETE FROM ledger_entries WHERE transaction_id = {SALE}",
    ]),
    ("I-09", "a refund that was booked twice", [
        f"""WITH again AS (
                INSERT INTO ledger_transactions (source_type, source_id, sequence, booked_at)
                SELECT source_type, source_id, 2, booked_at FROM ledger_transactions WHERE source_id = {WHOLE_REFUND}
                RETURNING id)
            INSERT INTO ledger_entries (transaction_id, account, instructor_id, amount_minor, currency, order_line_id)
            SELECT again.id, account, instructor_id, amount_minor, currency, order_line_id FROM again, ledger_entries
            JOIN ledger_transactions AS booked ON booked.id = transaction_id
            WHERE booked.source_id = {WHOLE_REFUND}""",
    ]),
    ("I-09", "a booking about nothing", [
        f"UPDATE ledger_transactions SET source_id = uuidv7() WHERE source_id = {WHOLE_REFUND}",
    ]),
    ("I-41", "a reversal that takes back something else", [
        f"""WITH reversal AS (
                INSERT INTO ledger_transactions (source_type, source_id, sequence, reverses_id, booked_at)
                SELECT source_type, source_id, 2, id, booked_at FROM ledger_transactions WHERE id = {SALE}
                RETURNING id)
            INSERT INTO ledger_entries (transaction_id, account, amount_minor, currency)
            SELECT reversal.id, account, amount, 'usd'
            FROM reversal, (VALUES ('bank', 1), ('suspense', -1)) AS entry (account, amount)""",
    ]),
    ("I-10", "a unit too much for the instructor", [
        f"""UPDATE ledger_entries SET amount_minor = amount_minor - 1
            WHERE transaction_id = {SALE} AND account = 'instructor_payable'""",
        f"""UPDATE ledger_entries SET amount_minor = amount_minor + 1
            WHERE transaction_id = {SALE} AND account = 'platform_revenue'""",
    ]),
    ("I-12", "a paid order without money", [
        "ALTER TABLE payments DISABLE TRIGGER USER",
        f"""UPDATE payments SET intent_rank = 0, received_at = NULL, received_currency = NULL,
                amount_received_minor = 0 WHERE id = {PAYMENT}""",
    ]),
    ("I-12", "a canceled order that keeps its money", [
        f"UPDATE orders SET status = 'canceled', paid_at = NULL WHERE id = {PAID_ORDER}",
    ]),
    ("I-13", "a step backwards", [
        f"""INSERT INTO payment_status_history (payment_id, seq, intent_status, rank, at)
            VALUES ({PAYMENT}, 9, 'processing', 0, now())""",
    ]),
    ("I-15", "an event that nobody handles", [EVENT.format("received", "6 minutes")]),
    ("I-15", "an event that is parked for hours", [EVENT.format("parked", "2 hours")]),
    ("I-15", "an applied success without effect", [EVENT.format("applied", "1 minute")]),
    ("I-16", "a key that is held for an hour", [
        f"""INSERT INTO idempotency_keys (user_id, route, key, request_hash, state, leased_until, created_at)
            VALUES ({STUDENT}, 'start_payment', 'a-key-of-sixteen', sha256('x'), 'in_progress',
                    now() + interval '1 hour', now())""",
    ]),
    ("I-17", "two enrollments for one person and course", [
        "ALTER TABLE enrollments DROP CONSTRAINT enrollments_user_id_course_id_key",
        """INSERT INTO enrollments (user_id, course_id, enrolled_at)
           SELECT user_id, course_id, enrolled_at FROM enrollments ORDER BY id LIMIT 1""",
    ]),
    ("I-19", "access to what was given back", [
        f"""UPDATE access_grants SET revoked_at = NULL, reason = NULL
            WHERE source_id = (SELECT order_line_id FROM refund_lines WHERE refund_id = {WHOLE_REFUND})""",
    ]),
    ("I-20", "an instructor in their own course", [
        f"""UPDATE enrollments SET user_id = (SELECT instructor_id FROM courses WHERE id = enrollments.course_id)
            WHERE id = {ENROLLMENT}""",
    ]),
    ("I-21", "two reviews by one person", [
        "DROP INDEX reviews_one_each",
        """INSERT INTO reviews (user_id, course_id, rating, created_at, updated_at)
           SELECT user_id, course_id, rating, now(), now() FROM reviews ORDER BY id LIMIT 1""",
    ]),
    ("I-22", "a rating that is not counted", [f"DELETE FROM reviews WHERE id = {REVIEW}"]),
    ("I-22", "a hidden rating that is counted", [f"UPDATE reviews SET status = 'hidden' WHERE id = {REVIEW}"]),
    ("I-22", "a distribution with the right sum and the wrong stars", [
        f"UPDATE courses SET rating_counts[1] = rating_counts[1] + 1 WHERE id = {COURSE}",
    ]),
    ("I-23", "a review from before the enrollment", [
        f"UPDATE reviews SET created_at = created_at - interval '200 days' WHERE id = {REVIEW}",
    ]),
    ("I-23", "six stars", [
        "ALTER TABLE reviews DROP CONSTRAINT reviews_rating_check",
        f"UPDATE reviews SET rating = 6 WHERE id = {REVIEW}",
    ]),
    ("I-24", "a lesson completed tomorrow", [
        "UPDATE lesson_progress SET completed_at = now() + interval '1 day'",
    ]),
    ("I-24", "a negative position", [
        "ALTER TABLE lesson_progress DROP CONSTRAINT lesson_progress_position_seconds_check",
        "UPDATE lesson_progress SET position_seconds = -1",
    ]),
    ("I-25", "progress in another course", [
        f"""UPDATE lesson_progress SET lesson_id = (
                SELECT id FROM lessons WHERE course_id <> (SELECT course_id FROM enrollments WHERE id = {ENROLLMENT})
                LIMIT 1)
            WHERE enrollment_id = {ENROLLMENT} AND lesson_id = (
                SELECT min(lesson_id::text)::uuid FROM lesson_progress WHERE enrollment_id = {ENROLLMENT})""",
    ]),
    ("I-26", "completed with a lesson left open", [
        f"UPDATE lesson_progress SET completed_at = NULL WHERE enrollment_id = {ENROLLMENT}",
    ]),
    ("I-26", "every lesson done and no completion", [
        f"""UPDATE lesson_progress SET completed_at = completed_at - interval '1 day'
            WHERE enrollment_id = {ENROLLMENT}""",
        f"UPDATE enrollments SET completed_at = NULL, certificate_code = NULL WHERE id = {ENROLLMENT}",
    ]),
    ("I-27", "a certificate with the code of nobody", [
        "UPDATE certificates SET code = code || 'X'",
    ]),
    ("I-27", "a completion that got no certificate", [
        "DELETE FROM certificates",
    ]),
    ("I-28", "a gap between lessons", [
        f"UPDATE lessons SET position = position + 1 WHERE course_id = {COURSE} AND position > 1",
    ]),
    ("I-28", "a counter that has lost a lesson", [
        f"UPDATE courses SET lesson_count = lesson_count - 1 WHERE id = {COURSE}",
    ]),
    ("I-29", "two live tokens of one sign-in", [
        "DROP INDEX refresh_tokens_one_live",
        TOKEN + FROM_ONE_TO.format(2),
    ]),
    ("I-30", "a live token of a sign-in that has ended", [
        TOKEN + FROM_ONE_TO.format(1),
        "UPDATE sessions SET revoked_at = now()",
    ]),
    ("I-30", "a live token of someone suspended", [
        TOKEN + FROM_ONE_TO.format(1),
        f"UPDATE users SET status = 'suspended' WHERE id = {STUDENT}",
    ]),
    ("I-31", "a token with two children", [
        "ALTER TABLE refresh_tokens DROP CONSTRAINT refresh_tokens_parent_id_key",
        "DROP INDEX refresh_tokens_one_live",
        TOKEN + FROM_ONE_TO.format(3),
        """UPDATE refresh_tokens SET parent_id = (SELECT min(id::text)::uuid FROM refresh_tokens)
           WHERE id > (SELECT min(id::text)::uuid FROM refresh_tokens)""",
    ]),
    ("I-31", "a child of a token that was never spent", [
        "DROP INDEX refresh_tokens_one_live",
        TOKEN + FROM_ONE_TO.format(2),
        """UPDATE refresh_tokens SET parent_id = (SELECT min(id::text)::uuid FROM refresh_tokens)
           WHERE id > (SELECT min(id::text)::uuid FROM refresh_tokens)""",
    ]),
    ("I-32", "two live links for one purpose", [
        "DROP INDEX one_time_tokens_one_live",
        LINK.format("nobody@example.com", 2),
    ]),
    ("I-32", "a link to reset by an address of long ago", [LINK.format("former@example.com", 1)]),
    ("I-33", "a token stored as it is", [
        "ALTER TABLE refresh_tokens DROP CONSTRAINT refresh_tokens_token_hash_check",
        TOKEN + FROM_ONE_TO.format(1),
        "UPDATE refresh_tokens SET token_hash = 'the token itself'",
    ]),
    ("I-34", "an order without a receipt", [
        f"DELETE FROM email_deliveries WHERE message_key = 'receipt:' || {PAID_ORDER}",
    ]),
    ("I-34", "a receipt that is not sent", [
        f"UPDATE email_deliveries SET state = 'queued' WHERE message_key = 'receipt:' || {PAID_ORDER}",
    ]),
    ("I-34", "a refund without an email", [
        f"DELETE FROM email_deliveries WHERE message_key = 'refund:' || {WHOLE_REFUND}",
    ]),
    ("I-35", "a job that nobody begins", [
        """INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at)
           VALUES ('default', 'mail.send_email', '{}', statement_timestamp() - interval '2 minutes')""",
    ]),
    ("I-36", "an email without a job", [
        f"UPDATE email_deliveries SET state = 'queued' WHERE message_key = 'receipt:' || {PAID_ORDER}",
    ]),
    ("I-36", "an event without a job", [EVENT.format("received", "1 second")]),
    ("I-36", "a refund without a job", [
        f"UPDATE refunds SET status = 'requested', settled_at = NULL WHERE id = {ADMIN_REFUND}",
    ]),
    ("I-37", "an erased person who is still signed in", [
        TOKEN + FROM_ONE_TO.format(1),
        f"""UPDATE users SET status = 'erased', erased_at = now(), email = NULL, email_canonical = NULL, name = NULL,
                password_hash = NULL WHERE id = {STUDENT}""",
    ]),
    ("I-39", "a course on sale with an empty lesson", [
        f"UPDATE lessons SET content = '' WHERE course_id = {COURSE} AND position = 1",
    ]),
    ("I-39", "a course on sale without lessons", [
        f"UPDATE lessons SET deleted_at = now(), position = NULL WHERE course_id = {COURSE}",
    ]),
    ("I-40", "an admin's refund that is not in the audit log", [
        f"DELETE FROM audit_log WHERE target_id = {ADMIN_REFUND}",
    ]),
    ("I-40", "a proposed refund that is not in the audit log", [
        f"""INSERT INTO refund_proposals (payment_id, action, amount_minor, currency, proposed_by, proposed_at)
            VALUES ({PAYMENT}, 'refund', 100, 'usd', {STUDENT}, now())""",
    ]),
    ("I-40", "a gift that is not in the audit log", [
        f"""INSERT INTO access_grants (enrollment_id, source_type, source_id, granted_at)
            VALUES ({ENROLLMENT}, 'admin', uuidv7(), now())""",
    ]),
    ("I-40", "nobody left who administers", ["UPDATE users SET status = 'suspended' WHERE role = 'admin'"]),
    ("I-44", "a gap between sections", [
        f"UPDATE sections SET position = position + 1 WHERE course_id = {DIVIDED}",
    ]),
    ("I-44", "a section whose lessons are apart", [
        f"UPDATE lessons SET section_id = NULL WHERE course_id = {DIVIDED} AND position = 2",
    ]),
    ("I-44", "sections in another order than their lessons", [
        f"""UPDATE sections SET position = count + 1 - position
            FROM (SELECT count(*) FROM sections WHERE course_id = {DIVIDED}) AS counted
            WHERE course_id = {DIVIDED}""",
    ]),
    ("I-44", "a lesson in a section of another course", [
        "ALTER TABLE lessons DROP CONSTRAINT lessons_section",
        f"UPDATE lessons SET section_id = uuidv7() WHERE course_id = {DIVIDED} AND position = 1",
    ]),
    ("I-45", "a file of two days that nothing uses", [VIDEO.format("NULL", "2 days")]),
    ("I-46", "a ready video without renditions", [VIDEO.format("'hls-1'", "1 hour")]),
    ("I-46", "a ready video with too few keys", [
        VIDEO.format("'hls-1'", "1 hour"),
        f"INSERT INTO renditions SELECT id, '240p', 426, 240, 1, 'avc1', '{{1,1,1,1,1,1}}' FROM {VIDEOS}",
        f"INSERT INTO segment_keys (asset_id, number, sealed_key) SELECT id, 0, '' FROM {VIDEOS}",
    ]),
    ("I-46", "a lesson that plays a rejected video", [
        VIDEO.format("NULL", "1 hour"),
        f"INSERT INTO lesson_videos (lesson_id, asset_id) SELECT (SELECT id FROM lessons LIMIT 1), id FROM {VIDEOS}",
        "UPDATE assets SET status = 'rejected', reason = 'damaged' WHERE kind = 'video'",
    ]),
    ("I-47", "sales that no statistic has", [
        "INSERT INTO rollup_progress (name, refreshed_until) VALUES ('refresh', now() + interval '2 months')",
    ]),
    ("I-43", "a course of a suspended instructor on sale", [
        f"UPDATE users SET status = 'suspended' WHERE id = (SELECT instructor_id FROM courses WHERE id = {COURSE})",
    ]),
    ("I-43", "a course off sale whose instructor may sell", [
        f"UPDATE courses SET sale_suspended_at = now() WHERE id = {COURSE}",
    ]),
    ("I-43", "a course whose suspension has ended and is still marked", [
        f"UPDATE courses SET sale_suspension_id = uuidv7(), sale_suspended_at = now() WHERE id = {COURSE}",
    ]),
]  # fmt: skip
