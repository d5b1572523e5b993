"""Paid content is in no answer that is not its own: every operation, by every caller, on every object, is searched."""

from __future__ import annotations

import base64

import pytest
from tests.integration.policy.test_matrix import WITHOUT_OUR_CREDENTIAL, _call, _parameters, _rolled_back
from tests.integration.policy.world import CALLERS, World, make_world
from tests.support.classroom import Classroom
from tests.support.shop import Shop

from coursify.routes import ROUTES

pytestmark = pytest.mark.anyio

LESSON = "the-words-of-a-lesson"
# Who may read no lesson of the course `instructor`.
OUTSIDERS = {"anonymous", "unverified", "student", "other_instructor"}


PAGES = ("/openapi.json", "/docs", "/", "/health/ready", "/nowhere", "/media", "/media/segments")


@pytest.fixture
async def world(classroom: Classroom, shop: Shop) -> World:
    world = await make_world(classroom, shop)
    await classroom.rows(
        "UPDATE lessons SET content = '<p>' || %s || '</p>' WHERE course_id = %s RETURNING 1",
        LESSON,
        world.courses["instructor"]["id"],
    )
    return world


@pytest.mark.slow
async def test_V10_no_answer_has_an_asset_a_storage_path_a_key_or_anothers_lesson(
    world: World, classroom: Classroom
) -> None:
    secrets = list(_secrets(world))
    searched = 0
    async with _rolled_back():
        for route in ROUTES:
            if route.id in WITHOUT_OUR_CREDENTIAL:
                continue
            names = [name.partition(":")[0] for name in _parameters(route)]
            for caller in CALLERS:
                for place in world.places(caller, names).values():
                    answer = await _call(world, classroom, route, caller, place)
                    shown = answer.text + str(answer.headers)
                    assert [secret for secret in secrets if secret in shown] == [], (route.id, caller)
                    assert caller not in OUTSIDERS or LESSON not in shown, (route.id, caller)
                    searched += 1
    for path in PAGES:
        shown = (await classroom.client.get(path)).text
        assert [secret for secret in secrets if secret in shown] == [], path
    assert searched > 1_000


def _secrets(world: World) -> set[str]:
    """Ids of assets, folders of the store, and keys as hexadecimal and base64."""
    found = set()
    for video in world.videos.values():
        found |= {str(video.asset.id), video.asset.id.hex, video.asset.path, str(video.asset.hls_folder)}
        for key in video.keys:
            found |= {key.hex(), base64.b64encode(key).decode(), base64.urlsafe_b64encode(key).decode()}
    return found
