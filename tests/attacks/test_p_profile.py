"""Group P, profiles: protected fields, private fields, injected content."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from tests.support.markup import elements_of, text_of
from tests.support.people import API, People

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "field",
    ["role", "id", "email_verified", "emailVerified", "status", "balance", "token_version", "email", "createdAt"],
)
async def test_P01_protected_fields_cannot_be_set(people: People, field: str) -> None:
    ada = await people.sign_up()
    before = (await ada.call("GET", "/users/me")).json()["data"]
    answer = await ada.call("PUT", "/users/me", {field: "admin", "name": "Changed"})
    assert answer.status_code == 422
    assert answer.json()["error"]["details"][0]["field"] == field
    assert (await ada.call("GET", "/users/me")).json()["data"] == before


async def test_P02_only_public_fields_of_other_users_are_shown(people: People) -> None:
    teacher, student, eve = await people.sign_up("instructor"), await people.sign_up(), await people.sign_up()
    for path in (f"/users/{teacher.id}", f"/users/{teacher.id}?expand=sessions&fields=email,password_hash"):
        answer = await eve.call("GET", path)
        assert answer.json()["data"].keys() == {"id", "name", "bio", "avatarUrl", "courses"}
    assert (await eve.call("GET", f"/users/{student.id}")).status_code == 404
    assert (await people.client.get(f"{API}/users/{student.id}")).status_code == 404
    assert (await student.call("GET", f"/users/{student.id}")).json()["data"]["email"] == student.email
    admin = await people.sign_up("admin")
    assert (await admin.call("GET", f"/users/{student.id}")).json()["data"]["email"] == student.email
    for person in (student, admin):
        assert "argon2" not in (await person.call("GET", f"/users/{student.id}")).text


async def test_P02_a_user_cannot_change_the_profile_of_another(people: People) -> None:
    ada, eve = await people.sign_up(), await people.sign_up()
    assert (await eve.call("PUT", f"/users/{ada.id}", {"name": "Eve was here"})).status_code == 404
    assert (await ada.call("PUT", f"/users/{ada.id}", {"name": "Ada"})).json()["data"]["name"] == "Ada"


async def test_P03_changing_the_password_or_the_email_address_requires_the_password(people: People) -> None:
    ada = await people.sign_up()
    for path, change in (("password", {"password": "another-one-42"}), ("email", {"email": "other@example.com"})):
        assert (await ada.call("PUT", f"/users/me/{path}", change)).status_code == 422
        wrong = change | {"currentPassword": "wrong-one-42"}
        answer = await ada.call("PUT", f"/users/me/{path}", wrong)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "wrong_password")
    assert (await ada.login()).status_code == 200
    assert await people.value("SELECT count(*) FROM one_time_tokens WHERE purpose = 'change_email'") == 0


async def test_P03_guesses_of_the_password_in_a_session_end_after_ten(
    people: People, strict_client: httpx.AsyncClient
) -> None:
    ada = await people.sign_up(client=strict_client)
    body = {"password": "wrong-one-42"}
    statuses = [(await ada.call("POST", "/users/me/step-up", body)).status_code for _ in range(14)]
    assert statuses == [403] * 10 + [429] * 4


async def test_P04_the_email_address_of_another_user_is_taken(people: People) -> None:
    ada, eve = await people.sign_up(), await people.sign_up()
    await _confirm(people, ada.email)
    body = {"currentPassword": ada.password, "email": eve.email.upper()}
    answer = await ada.call("PUT", "/users/me/email", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "email_taken")
    assert (await ada.call("GET", "/users/me")).json()["data"]["email"] == ada.email


async def test_P04_an_email_address_taken_before_its_confirmation_is_taken(people: People) -> None:
    ada = await people.sign_up()
    await _confirm(people, ada.email)
    body = {"currentPassword": ada.password, "email": "wanted@example.com"}
    assert (await ada.call("PUT", "/users/me/email", body)).status_code == 200
    token = await people.token_from("wanted@example.com", kind="confirm_email")
    await people.sign_up(email="Wanted@example.com")
    answer = await people.client.post(f"{API}/users/verify-email", json={"token": token})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "email_taken")
    assert (await ada.call("GET", "/users/me")).json()["data"]["email"] == ada.email


async def test_P04_requests_of_an_email_change_end_after_five(people: People, strict_client: httpx.AsyncClient) -> None:
    ada = await people.sign_up(client=strict_client)
    await _confirm(people, ada.email)
    statuses = [
        (
            await ada.call(
                "PUT", "/users/me/email", {"currentPassword": ada.password, "email": f"new{number}@example.com"}
            )
        ).status_code
        for number in range(7)
    ]
    assert statuses == [200] * 5 + [429] * 2


async def test_a_mistyped_address_is_changed_before_it_is_confirmed_and_gets_no_notice(people: People) -> None:
    ada = await people.sign_up()
    body = {"currentPassword": ada.password, "email": "new.ada@example.com"}
    answer = await ada.call("PUT", "/users/me/email", body)
    assert (answer.status_code, answer.json()["data"]["email"]) == (200, ada.email)
    token = await people.token_from("new.ada@example.com", kind="confirm_email")
    assert (await people.client.post(f"{API}/users/verify-email", json={"token": token})).status_code == 200
    me = (await ada.call("GET", "/users/me")).json()["data"]
    assert (me["email"], me["emailVerified"]) == ("new.ada@example.com", True)
    told = {mail["messageKey"].split(":")[0] for mail in await people.emails(ada.email)}
    assert told == {"welcome"}


async def test_other_capitals_of_ones_own_address_take_effect_at_once(people: People) -> None:
    ada = await people.sign_up()
    other = ada.email.title()
    body = {"currentPassword": ada.password, "email": other}
    answer = await ada.call("PUT", "/users/me/email", body)
    assert (answer.status_code, answer.json()["data"]["email"]) == (200, other.split("@")[0] + "@example.com")
    assert (await ada.login()).status_code == 200


async def test_a_confirmed_email_change_takes_effect_and_notifies_both_addresses(people: People) -> None:
    ada = await people.sign_up()
    await _confirm(people, ada.email)
    await ada.call("PUT", "/users/me/email", {"currentPassword": ada.password, "email": "new.ada@example.com"})
    assert (await ada.call("GET", "/users/me")).json()["data"]["email"] == ada.email
    assert len(await people.emails(ada.email, kind="email_change_requested")) == 1
    token = await people.token_from("new.ada@example.com", kind="confirm_email")
    assert (await people.client.post(f"{API}/users/verify-email", json={"token": token})).status_code == 200
    assert (await ada.call("GET", "/users/me")).json()["data"]["email"] == "new.ada@example.com"
    assert len(await people.emails(ada.email, kind="email_changed_notice")) == 1
    assert len(await people.emails("new.ada@example.com", kind="email_changed")) == 1
    assert (await ada.login()).status_code == 401
    assert (await ada.login(email="new.ada@example.com")).status_code == 200


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("{{7*7}} ${7*7} %n {0.__class__}", "{{7*7}} ${7*7} %n {0.__class__}"),
        ("\u202egnp.exe", "gnp.exe"),
        ("Ada\r\nBcc all", "Ada Bcc all"),
    ],
)
async def test_P05_a_name_is_one_line_of_visible_text(people: People, name: str, kept: str) -> None:
    """Emails show it as text: their HTML has the same elements whatever the name."""
    ada, bob = await people.sign_up(), await people.sign_up()
    answer = await ada.call("PUT", "/users/me", {"name": name})
    assert (answer.status_code, answer.json()["data"]["name"]) == (200, kept)
    elements = []
    for person in (ada, bob):
        await people.client.post(f"{API}/users/forgot-password", json={"email": person.email})
        [email] = await people.emails(person.email, kind="reset_password")
        elements.append(elements_of(email["html"]))
        assert not any("bcc" in header.lower() for header in email["headers"])
        if person is ada:
            assert kept in email["text"]
            assert kept in text_of(email["html"])
    assert elements[0] == elements[1]


@pytest.mark.parametrize("name", ["x" * 10_000, "   ", "\u200b\u200b", "A\u0000B", None])
async def test_P05_an_invalid_name_is_refused(people: People, name: str | None) -> None:
    ada = await people.sign_up()
    answer = await ada.call("PUT", "/users/me", {"name": name})
    assert (answer.status_code, answer.json()["error"]["details"][0]["field"]) == (422, "name")


@pytest.mark.parametrize(
    "bio",
    [
        '<a href="javascript:alert(1)">x</a>',
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>",
        "[x](javascript:alert(1))",
        "[[x](javascript:alert(1))](javascript:alert(2))",
        "[x](  DATA:text/html,<b>)",
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<p onclick=alert(1) style='background:url(x)'>x</p>",
        "<iframe srcdoc='<script>alert(1)</script>'>",
    ],
)
async def test_P06_a_biography_cannot_run_scripts(people: People, bio: str) -> None:
    """It is stored as sent and served as JSON only; no email contains it."""
    ada = await people.sign_up("instructor")
    assert (await ada.call("PUT", "/users/me", {"bio": bio})).json()["data"]["bio"] == bio
    for path in ("/users/me", f"/users/{ada.id}"):
        shown = await ada.call("GET", path)
        assert shown.json()["data"]["bio"] == bio
        assert shown.headers["content-type"].startswith("application/json")
        assert shown.headers["x-content-type-options"] == "nosniff"
    await people.client.post(f"{API}/users/forgot-password", json={"email": ada.email})
    for email in await people.emails(ada.email):
        assert bio not in email["html"]
        assert bio not in email["text"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x.png",
        "https://127.0.0.1/x.png",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:7f00:1]/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://[64:ff9b::7f00:1]/",
        "https://localhost/x.png",
        "https://db.internal/x.png",
        "gopher://example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://user:pass@example.com/",
        "https://example.com:6379/",
        "https://example.com\\@evil.example/",
        "https://exa mple.com/",
        "https://[::1",
        "//example.com/x.png",
        "",
    ],
)
async def test_P07_a_picture_url_with_an_internal_host_is_refused(people: People, url: str) -> None:
    ada = await people.sign_up()
    assert (await ada.call("PUT", "/users/me", {"avatarUrl": url})).status_code == 422
    assert (await ada.call("GET", "/users/me")).json()["data"]["avatarUrl"] is None


async def test_P07_a_picture_url_with_a_public_host_is_stored_and_never_fetched(people: People) -> None:
    ada = await people.sign_up()
    url = "https://images.example.com/ada.png?size=64"
    assert (await ada.call("PUT", "/users/me", {"avatarUrl": url})).json()["data"]["avatarUrl"] == url


async def test_a_step_up_lasts_ten_minutes(people: People, clock_file: Path) -> None:
    admin, ada = await people.sign_up("admin"), await people.sign_up()
    clock_file.write_text(str(timedelta(minutes=11).total_seconds()))
    admin.session |= (await admin.refresh()).json()["data"]
    change = {"status": "suspended"}
    refused = await admin.call("PUT", f"/admin/users/{ada.id}", change)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "step_up_required")
    granted = await admin.call("POST", "/users/me/step-up", {"password": admin.password})
    assert granted.status_code == 200
    assert (await admin.call("PUT", f"/admin/users/{ada.id}", change)).status_code == 200


async def _confirm(people: People, email: str) -> None:
    token = await people.token_from(email, kind="welcome")
    assert (await people.client.post(f"{API}/users/verify-email", json={"token": token})).status_code == 200
