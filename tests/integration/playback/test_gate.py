"""What ends a stream: from the next key on, nothing is given. Each case plays first, so the end is what refuses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin

import pytest
from tests.support.classroom import Classroom, Person, refusal
from tests.support.gate import pause
from tests.support.player import Json, Player, VideoLesson
from tests.support.shop import Shop
from tests.support.videos import Videos

from coursify.core.counted import STATEMENTS
from coursify.modules.enrollments.queries import grants
from coursify.modules.playback.jobs import purge_expired
from coursify.resources import Resources

pytestmark = pytest.mark.anyio

REFUSED = (403, "playback_refused")


async def assert_refused(player: Player, playback: Json) -> None:
    """No key, no playlist, no captions and no poster."""
    for name in ("keys/0", "keys/1", "index.m3u8", "240p.m3u8", "captions/en.vtt", "poster.webp"):
        answer = await player.client.get(urljoin(playback["url"], name))
        assert refusal(answer) == REFUSED, name


async def log_out(learner: Person, _classroom: Classroom) -> None:
    assert (await learner.post("/users/logout")).status_code == 200


async def log_out_everywhere(learner: Person, _classroom: Classroom) -> None:
    assert (await learner.post("/users/logout-all")).status_code == 200


async def suspend(learner: Person, classroom: Classroom) -> None:
    admin = await classroom.person("admin")
    assert (await admin.put(f"/admin/users/{learner.id}", {"status": "suspended"})).status_code == 200


async def erase(learner: Person, _classroom: Classroom) -> None:
    assert (await learner.delete(f"/users/{learner.id}")).status_code == 202


async def revoke_access(learner: Person, classroom: Classroom) -> None:
    await classroom.db.execute("UPDATE access_grants SET revoked_at = now(), reason = 'refunded'")


async def let_access_expire(learner: Person, classroom: Classroom) -> None:
    await classroom.db.execute("UPDATE access_grants SET valid_until = now()")


ENDS = [log_out, log_out_everywhere, suspend, erase, revoke_access, let_access_expire]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
async def test_nothing_is_given_after(
    end: Callable[[Person, Classroom], Awaitable[None]],
    player: Player,
    lesson: VideoLesson,
    learner: Person,
    classroom: Classroom,
) -> None:
    playback = await player.open(lesson, learner)
    assert (await player.key(playback)).content == lesson.video.keys[0]
    await end(learner, classroom)
    await assert_refused(player, playback)


async def test_nothing_is_given_after_a_refund(
    player: Player, lesson: VideoLesson, classroom: Classroom, shop: Shop
) -> None:
    buyer, admin = await classroom.person("student"), await classroom.person("admin")
    payment = await shop.buy(buyer, lesson.course["id"])
    playback = await player.open(lesson, buyer)
    assert (await player.key(playback)).content == lesson.video.keys[0]
    assert (await shop.refund(admin, payment["id"])).status_code == 202
    await shop.settle()
    await assert_refused(player, playback)


async def test_a_session_of_before_a_refund_stays_ended_after_buying_again(
    player: Player, lesson: VideoLesson, classroom: Classroom, shop: Shop
) -> None:
    buyer, admin = await classroom.person("student"), await classroom.person("admin")
    payment = await shop.buy(buyer, lesson.course["id"])
    before = await player.open(lesson, buyer)
    assert (await player.key(before)).status_code == 200
    await shop.refund(admin, payment["id"])
    await shop.settle()
    await shop.buy(buyer, lesson.course["id"])
    assert (await player.key(await player.open(lesson, buyer))).status_code == 200
    await assert_refused(player, before)


async def test_a_session_of_before_a_grant_was_reopened_stays_ended(
    player: Player, lesson: VideoLesson, learner: Person, classroom: Classroom, resources: Resources
) -> None:
    before = await player.open(lesson, learner)
    ((source_id,),) = await classroom.rows("SELECT source_id FROM access_grants")
    for change in (grants.close_grant, grants.reopen_grant):
        async with resources.database.transaction() as (db, now):
            reason = {"reason": "disputed"} if change is grants.close_grant else {}
            assert await change(db, source_type="admin", source_id=source_id, now=now, **reason)
    assert (await player.key(await player.open(lesson, learner))).status_code == 200
    await assert_refused(player, before)


async def test_a_session_that_was_refused_once_has_ended(
    player: Player, lesson: VideoLesson, teacher: Person, classroom: Classroom
) -> None:
    path = f"/courses/{lesson.course['id']}/lessons/{lesson.id}"
    await teacher.put(path, {"isPreview": True})
    playback = await player.open(lesson, None)
    await teacher.put(path, {"isPreview": False})
    assert refusal(await player.key(playback)) == REFUSED
    assert await classroom.rows("SELECT 1 FROM playback_sessions WHERE ended_at IS NULL") == []
    await teacher.put(path, {"isPreview": True})
    await assert_refused(player, playback)


async def test_a_session_that_is_ended_gives_nothing_and_only_its_owner_ends_it(
    player: Player, lesson: VideoLesson, learner: Person, classroom: Classroom
) -> None:
    playback = await player.open(lesson, learner)
    other = await classroom.person("student")
    for stranger in (other, await classroom.person("admin")):
        assert refusal(await stranger.delete(f"/playback/{playback['id']}")) == (404, "playback_not_found")
    assert (await player.key(playback)).status_code == 200
    for _ in range(2):
        assert (await learner.delete(f"/playback/{playback['id']}")).status_code == 200
    await assert_refused(player, playback)


async def test_a_session_ends_after_twelve_hours_however_long_it_paused(
    player: Player, lesson: VideoLesson, learner: Person, clock_file: Path
) -> None:
    playback = await player.open(lesson, learner)
    clock_file.write_text(str(timedelta(hours=11, minutes=59).total_seconds()))
    assert (await player.key(playback)).content == lesson.video.keys[0]
    clock_file.write_text(str(timedelta(hours=12, seconds=1).total_seconds()))
    await assert_refused(player, playback)


async def test_a_video_that_was_replaced_or_taken_away_plays_no_longer(
    player: Player, lesson: VideoLesson, learner: Person, videos: Videos, teacher: Person, classroom: Classroom
) -> None:
    playback = await player.open(lesson, learner)
    newer = await videos.hls(teacher.id, lesson.id)
    await assert_refused(player, playback)
    again = await player.open(lesson, learner)
    assert (await player.key(again)).content == newer.keys[0]
    await classroom.db.execute("DELETE FROM lesson_videos")
    await assert_refused(player, again)


async def test_a_deleted_lesson_plays_no_longer(
    player: Player, lesson: VideoLesson, learner: Person, classroom: Classroom
) -> None:
    playback = await player.open(lesson, learner)
    await classroom.db.execute("UPDATE lessons SET deleted_at = now(), position = NULL")
    await assert_refused(player, playback)


async def test_an_admin_without_a_required_second_factor_plays_as_anyone_else(
    player: Player, lesson: VideoLesson, classroom: Classroom
) -> None:
    admin = await classroom.person("admin")
    playback = await player.open(lesson, admin)
    assert (await player.key(playback)).status_code == 200
    await classroom.db.execute("UPDATE users SET role = 'student' WHERE id = %s", [admin.id])
    await assert_refused(player, playback)


async def test_a_key_takes_one_statement(player: Player, lesson: VideoLesson, learner: Person) -> None:
    playback = await player.open(lesson, learner)

    def is_of_the_request(_parameters: Json) -> bool:
        return STATEMENTS.get() is not None

    # Those of background tasks are nobody's.
    async with (
        pause("", nth=0, where=is_of_the_request) as every,
        pause("FROM playback_sessions AS playback", nth=0) as gate,
    ):
        assert (await player.key(playback)).status_code == 200
    assert (every.hits, gate.hits) == (1, 1)


async def test_a_key_that_the_video_does_not_have_is_not_there(
    player: Player, lesson: VideoLesson, learner: Person
) -> None:
    playback = await player.open(lesson, learner)
    assert (await player.key(playback, 2)).status_code == 200
    for number in (3, 999_999):
        assert (await player.key(playback, number)).status_code == 404
    for name in ("144p.m3u8", "captions/fr.vtt", "captions/fr.m3u8"):
        assert (await player.client.get(urljoin(playback["url"], name))).status_code == 404


async def test_sessions_are_deleted_a_month_after_their_end(
    player: Player,
    lesson: VideoLesson,
    learner: Person,
    classroom: Classroom,
    clock_file: Path,
    resources: Resources,
) -> None:
    await player.open(lesson, learner)
    clock_file.write_text(str(timedelta(days=30).total_seconds()))
    await purge_expired(resources)
    assert len(await classroom.rows("SELECT 1 FROM playback_sessions")) == 1
    clock_file.write_text(str(timedelta(days=30, hours=13).total_seconds()))
    await purge_expired(resources)
    assert await classroom.rows("SELECT 1 FROM playback_sessions") == []


async def test_a_persons_playback_is_exported_and_erased(
    player: Player, lesson: VideoLesson, learner: Person, classroom: Classroom, shop: Shop
) -> None:
    await classroom.db.execute("UPDATE users SET email_verified_at = now()")
    playback = await player.open(lesson, learner)
    await learner.get("/users/me/export")
    await shop.run_jobs()
    archive = (await player.bytes((await learner.get("/users/me/export")).json()["data"]["url"])).json()
    assert [(row["id"], row["lessonId"]) for row in archive["playback"]] == [(playback["id"], lesson.id)]
    assert (await learner.delete(f"/users/{learner.id}")).status_code == 202
    await shop.run_jobs()
    assert await classroom.rows("SELECT 1 FROM playback_sessions") == []
