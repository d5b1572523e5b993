"""The first admin comes by a command."""

from __future__ import annotations

import pytest
from tests.support.people import People

from coursify.core.database import Database
from coursify.modules.identity.services.make_admin import make_admin
from coursify.modules.users.errors import UserNotFound

pytestmark = pytest.mark.anyio

CHANGES = "SELECT count(*) FROM audit_log WHERE action = 'user.role_changed'"


async def test_somebody_who_signed_up_is_made_an_admin_once(people: People, database: Database) -> None:
    ada = await people.sign_up()
    for _ in range(2):
        async with database.transaction() as (db, now):
            assert (await make_admin(db, email=f" {ada.email.upper()} ", now=now)).role == "admin"
    assert (await ada.call("GET", "/admin/users")).status_code == 200
    assert await people.value(CHANGES) == 1
    line = await people.db.execute("SELECT actor_id, details FROM audit_log WHERE action = 'user.role_changed'")
    assert await line.fetchall() == [(None, {"from": "student", "to": "admin", "by": "command"})]


async def test_nobody_who_did_not_sign_up_is_made_an_admin(people: People, database: Database) -> None:
    with pytest.raises(UserNotFound):
        async with database.transaction() as (db, now):
            await make_admin(db, email="nobody@example.com", now=now)
    assert await people.value(CHANGES) == 0
