"""A command creates the first admin."""

from __future__ import annotations

import pytest
from tests.support.people import People

from coursify.core.database import Database
from coursify.modules.identity.services.grant_admin_role import grant_admin_role
from coursify.modules.users.errors import UserNotFound

pytestmark = pytest.mark.anyio

CHANGES = "SELECT count(*) FROM audit_log WHERE action = 'user.role_changed'"


async def test_a_user_becomes_an_admin_once(people: People, database: Database) -> None:
    ada = await people.sign_up()
    for _ in range(2):
        async with database.transaction() as (db, now):
            assert (await grant_admin_role(db, email=f" {ada.email.upper()} ", now=now)).role == "admin"
    assert (await ada.call("GET", "/admin/users")).status_code == 200
    assert await people.value(CHANGES) == 1
    line = await people.db.execute("SELECT actor_id, details FROM audit_log WHERE action = 'user.role_changed'")
    assert await line.fetchall() == [(None, {"from": "student", "to": "admin", "by": "command"})]


async def test_an_unknown_email_address_becomes_no_admin(people: People, database: Database) -> None:
    with pytest.raises(UserNotFound):
        async with database.transaction() as (db, now):
            await grant_admin_role(db, email="nobody@example.com", now=now)
    assert await people.value(CHANGES) == 0
