"""A small school for the statements to run on, made through the API; what the API cannot make yet is written below."""

from __future__ import annotations

from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop
from tests.support.statistics import refresh

from coursify.core.database import Connection
from coursify.modules.analytics.jobs import score_courses

# Rows that no story of the sample makes, so that no table of a statement is empty.
_REST = """
    UPDATE courses SET price_minor = NULL, category = NULL WHERE title = 'A bare draft';
    INSERT INTO disputes (payment_id, provider_dispute_id, status, amount_minor, currency, opened_at, updated_at)
        SELECT id, 'dp_1', 'open', amount_minor, currency, now(), now() FROM payments
        WHERE amount_received_minor > 0 LIMIT 1;
    INSERT INTO refund_proposals (payment_id, action, amount_minor, currency, proposed_by, proposed_at)
        SELECT payments.id, 'refund', 100, currency, users.id, now() FROM payments, users
        WHERE amount_received_minor > 0 AND role = 'admin' LIMIT 1;
    INSERT INTO second_factors (user_id, secret, created_at) SELECT id, '\\x01', now() FROM users LIMIT 2;
    UPDATE second_factors SET confirmed_at = now(), last_step = 1
        WHERE user_id = (SELECT min(user_id::text)::uuid FROM second_factors);
    INSERT INTO recovery_codes (user_id, code_hash)
        SELECT id, decode(repeat('01', 32), 'hex') FROM users LIMIT 2;
    INSERT INTO security_events (user_id, kind, session_id, created_at)
        SELECT user_id, 'new_device', id, now() FROM sessions LIMIT 1;
    INSERT INTO security_events (user_id, kind, created_at) SELECT id, 'password_changed', now() FROM users LIMIT 1;
    INSERT INTO link_requests (id, purpose, address, created_at) VALUES (uuidv7(), 'reset_password', '\\x01', now());
    WITH spent AS (UPDATE refresh_tokens SET rotated_at = now() RETURNING *)
        INSERT INTO refresh_tokens (session_id, user_id, parent_id, token_hash, issued_at, expires_at)
        SELECT session_id, user_id, id, sha256(token_hash), issued_at, expires_at FROM spent;
    UPDATE provider_events SET state = 'parked', handled_at = NULL
        WHERE id IN (SELECT id FROM provider_events ORDER BY id LIMIT 5);
    INSERT INTO provider_cursors (provider, reconciled_until) VALUES ('stripe', now()) ON CONFLICT DO NOTHING;
    UPDATE orders SET expires_at = created_at WHERE status = 'payable';
    WITH ready AS (
        INSERT INTO assets (owner_id, kind, status, path, filename, content_type, size_bytes, hls_folder, created_at,
                            processing_at, ready_at)
        SELECT id, 'video', 'ready', replace(id::text, '-', ''), 'a.mp4', 'video/mp4', 1, 'h1', now(), now(), now()
        FROM users LIMIT 2 RETURNING id
    ), shown AS (
        INSERT INTO lesson_videos (lesson_id, asset_id) SELECT lesson.id, asset.id
        FROM (SELECT id, row_number() OVER () AS place FROM ready) AS asset
        JOIN (SELECT id, row_number() OVER () AS place FROM lessons WHERE deleted_at IS NULL) AS lesson USING (place)
        ON CONFLICT DO NOTHING RETURNING lesson_id, asset_id
    ), rendered AS (
        INSERT INTO renditions SELECT id, '240p', 426, 240, 300000, 'avc1.42c01e', '{6000}' FROM ready
    ), keyed AS (
        INSERT INTO segment_keys (asset_id, number, sealed_key) SELECT id, 0, '\\x01' FROM ready
    ), captioned AS (
        INSERT INTO captions SELECT id, 'en', 'WEBVTT', now() FROM ready
    )
    INSERT INTO playback_sessions (user_id, sign_in_id, account, lesson_id, course_id, asset_id, viewer_mark, device,
                                   created_at, expires_at, ended_at, last_used_at)
        SELECT user_id, sign_in_id, account, lesson_id, course_id, asset_id, mark, 'Firefox on Linux', now(),
               now() + interval '12 hours', CASE WHEN mark LIKE 'B%' THEN now() END, now()
        FROM shown JOIN lessons ON lessons.id = lesson_id
        CROSS JOIN (
            (SELECT user_id, id AS sign_in_id, user_id::text AS account, 'A' AS begins FROM sessions LIMIT 1)
            UNION ALL (SELECT user_id, id, user_id::text, 'B' FROM sessions OFFSET 1 LIMIT 1)
            UNION ALL SELECT NULL, NULL, 'address:1', 'C'
        ) AS viewer
        CROSS JOIN LATERAL (
            SELECT begins || upper(translate(substr(md5(asset_id::text || begins), 1, 11), 'ilou', '1104')) AS mark
        ) AS marked;
    UPDATE certificates SET learner_name = NULL, erased_at = now()
        WHERE user_id IN (SELECT id FROM users WHERE name LIKE 'Erased %');
    UPDATE certificates SET instructor_name = NULL
        WHERE enrollment_id = (SELECT enrollment_id FROM certificates ORDER BY number DESC LIMIT 1);
    UPDATE access_grants SET revoked_at = now(), reason = 'refund'
        WHERE enrollment_id = (SELECT enrollment_id FROM certificates ORDER BY number LIMIT 1);
    WITH places AS (
        SELECT lessons.id AS lesson_id, instructor_id, row_number() OVER (ORDER BY lessons.id) AS place
        FROM lessons JOIN courses ON courses.id = course_id
        WHERE lessons.deleted_at IS NULL AND NOT EXISTS (SELECT FROM lesson_videos WHERE lesson_id = lessons.id)
    ), arriving AS (
        INSERT INTO assets (owner_id, kind, status, path, filename, content_type, size_bytes, upload_hash, expires_at,
                            processing_at, created_at)
        SELECT instructor_id, 'video', CASE place WHEN 2 THEN 'processing' ELSE 'uploading' END,
               replace(lesson_id::text, '-', ''), 'b.mp4', 'video/mp4', 1, sha256(lesson_id::text::bytea), now(),
               CASE place WHEN 2 THEN now() END, now() FROM places WHERE place <= 3
        RETURNING id, path
    )
        INSERT INTO lesson_videos (lesson_id, next_asset_id)
        SELECT lesson_id, id FROM arriving JOIN places ON path = replace(lesson_id::text, '-', '');
    WITH added AS (
        INSERT INTO assets (owner_id, kind, status, path, filename, content_type, size_bytes, ready_at, created_at)
        SELECT id, 'attachment', 'ready', md5(id::text), 'c.pdf', 'application/pdf', 1, now(), now()
        FROM users LIMIT 1 RETURNING id
    )
        INSERT INTO lesson_attachments (lesson_id, asset_id, created_at)
        SELECT lesson.id, added.id, now() FROM added, (SELECT id FROM lessons LIMIT 1) AS lesson;
    INSERT INTO notification_preferences (user_id, course_news, digest, updated_at)
        SELECT id, true, true, now() FROM users LIMIT 5;
    INSERT INTO lesson_announcements (course_id, lessons_after, lessons_until, created_at)
        SELECT id, now() - interval '10 years', now(), now() FROM courses WHERE status = 'published' LIMIT 2;
    INSERT INTO notifications (user_id, kind, subject_id, course_id, created_at, read_at)
        SELECT users.id, 'new_lessons', uuidv7(), courses.id, now(), NULL FROM users, courses LIMIT 20;
    INSERT INTO notifications (user_id, kind, subject_id, created_at, read_at)
        SELECT id, 'refund_succeeded', uuidv7(), now(), now() FROM users LIMIT 5;
    INSERT INTO suppressed_addresses VALUES (decode(repeat('01', 32), 'hex'), 'bounce', now());
    UPDATE users SET status = 'erased', erased_at = now(), email = NULL, email_canonical = NULL, name = NULL,
        bio = NULL, avatar_url = NULL, avatar_path = NULL, avatar_asset_id = NULL, password_hash = NULL
        WHERE name LIKE 'Erased %';
"""


async def make_sample(shop: Shop, classroom: Classroom, db: Connection) -> None:
    """Every state that a row may be in: open and closed, given and missing, present and erased."""
    admin, teacher, leaver = [await classroom.person(role) for role in ("admin", "instructor", "instructor")]
    sold = await classroom.published(teacher, title="Rust in practice", subtitle="With words")
    await classroom.lesson(teacher, sold, title="A second lesson")
    outline = (await classroom.get(f"/courses/{sold['id']}")).json()["data"]["lessons"]
    await classroom.curriculum(teacher, sold, ("First", [outline[0]["id"]]), ("Then", [outline[1]["id"]]))
    left = await classroom.published(leaver, title="A practice of clay", category="design")
    gift = await classroom.published(teacher, title="Practice for nothing", price=0)
    await classroom.lesson(teacher, await classroom.draft(teacher, title="A bare draft"), content=None)
    await classroom.pending(teacher)
    rejected = await classroom.pending(leaver)
    await admin.post(f"/admin/courses/{rejected['id']}/reject", {"reason": "Too short"})

    buyers = [await classroom.person("student") for _number in range(3)]
    for buyer in buyers:
        payment = await shop.buy(buyer, sold["id"], left["id"])
        await buyer.post("/enrollments", {"courseId": gift["id"]})
        await _complete(buyer, gift["id"])
        await _learn_and_review(buyer, sold["id"], comment="Good" if buyer is buyers[0] else None)
    await shop.refund(admin, payment["id"])
    await shop.settle()
    await _pay_twice(shop, classroom, buyer, sold["id"])
    await _leave_orders_open(shop, await classroom.person("student"), sold["id"], left["id"])
    await admin.post(f"/admin/courses/{left['id']}/suspend-sale", {"reason": "Stolen pictures"})
    review = (await classroom.get(f"/courses/{sold['id']}/reviews")).json()["data"][0]
    await teacher.post(f"/reviews/{review['id']}/reply", {"reply": "Thank you"})
    for reporter in (teacher, leaver):
        await reporter.post(f"/reviews/{review['id']}/report", {"reason": "spam", "comment": "An advertisement"})
    await admin.post(f"/admin/reviews/{review['id']}/hide", {"reason": "Advertising"})
    await admin.post(f"/admin/reviews/{review['id']}/restore")
    await buyers[0].post(f"/reviews/{review['id']}/report", {"reason": "other"})
    await _send_notices(classroom, admin, buyers[0], sold["id"], review["id"])
    for person in (leaver, buyers[1]):
        await db.execute("UPDATE users SET name = 'Erased ' || name WHERE id = %s", [person.id])
    await db.execute(_REST)
    await refresh(shop.resources)
    await score_courses(shop.resources)


async def _send_notices(classroom: Classroom, admin: Person, buyer: Person, course_id: str, review_id: str) -> None:
    """One is open, one decided and appealed, one without an account."""
    body = {"subject": {"type": "course", "id": course_id}, "reason": "copyright", "text": "Copied"}
    await classroom.client.post("/api/v1/notices", json=body | {"contact": "someone@example.com"})
    decided = (await buyer.post("/notices", body)).json()["data"]
    await admin.post(f"/admin/notices/{decided['id']}/decide", {"decision": "no_action", "statement": "Nothing is"})
    await buyer.post(f"/notices/{decided['reference']}/appeal", {"text": "Look again"})
    await admin.post("/notices", body | {"subject": {"type": "review", "id": review_id}, "reason": "other"})


async def _pay_twice(shop: Shop, classroom: Classroom, buyer: Person, course_id: str) -> None:
    """A course is bought again, and what was given back of the first payment comes back, twice."""
    await shop.buy(buyer, course_id)
    for _ in range(2):
        ((refund_id,),) = await classroom.rows("SELECT provider_refund_id FROM refunds ORDER BY id DESC LIMIT 1")
        shop.standin.settle_refund(refund_id, "failed")
        await shop.settle()


async def _complete(buyer: Person, course_id: str) -> None:
    (enrolled,) = [row for row in (await buyer.get("/enrollments")).json()["data"] if row["courseId"] == course_id]
    place = (await buyer.get(f"/enrollments/{enrolled['id']}")).json()["data"]
    items = [{"lessonId": lesson["lessonId"], "completed": True} for lesson in place["lessons"]]
    await buyer.put(f"/enrollments/{enrolled['id']}/progress", {"items": items})


async def _learn_and_review(buyer: Person, course_id: str, *, comment: str | None) -> None:
    enrolled = (await buyer.get("/enrollments")).json()["data"]
    place = (await buyer.get(f"/enrollments/{enrolled[-1]['id']}")).json()["data"]
    lesson_id = place["lessons"][0]["lessonId"]
    await buyer.put(f"/enrollments/{place['id']}/progress", {"lessonId": lesson_id, "completed": True})
    await buyer.post(f"/courses/{course_id}/reviews", {"rating": 4, "comment": comment} if comment else {"rating": 5})


async def _leave_orders_open(shop: Shop, buyer: Person, declined: str, abandoned: str) -> None:
    checkout = (await shop.start(buyer, declined)).json()["data"]
    await shop.confirm(checkout, "pm_card_visa_chargeDeclined")
    await shop.start(buyer, abandoned)
    await shop.settle()
