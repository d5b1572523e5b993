"""The credential of a certificate is verified with openbadgeslib, as anybody would: by the issuer's document alone."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from fastapi import FastAPI
from openbadgeslib import ob3
from tests.integration.certificates.conftest import Complete
from tests.support.application import changed_settings, client_of
from tests.support.classroom import PREFIX, Classroom, Person, refusal
from tests.support.shop import Shop

from coursify.commands.keys import add_key, promote_key, render
from coursify.core.settings import KeySettings, Settings
from coursify.modules.certificates.models import STATUS_BITS
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio
Json = dict[str, Any]
DID = "did:web:testserver:api:v1:credentials"
BASE = "https://testserver/api/v1"


@pytest.fixture(autouse=True)
def _public_url(app: FastAPI) -> Iterator[None]:
    """Verifiers fetch by https only."""
    with changed_settings(app, public_url="https://testserver"):
        yield


@pytest.fixture
async def code(student: Person, enrollment_id: str, complete: Complete) -> str:
    return str((await complete(student, enrollment_id))["certificate"]["code"])


async def published(classroom: Classroom) -> dict[str, bytes]:
    """What a verifier may fetch: the issuer's document and its first status list."""
    paths = ("/credentials/did.json", "/credentials/status/0")
    return {BASE + path: (await classroom.get(path)).content for path in paths}


async def credential_of(classroom: Classroom, code: str) -> str:
    answer = await classroom.get(f"/certificates/{code}/credential")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/vc+jwt")
    return answer.text


async def test_a_credential_says_who_completed_what_and_verifies_offline(
    classroom: Classroom, student: Person, course: Json, code: str
) -> None:
    token, pages = await credential_of(classroom, code), await published(classroom)
    verifier = ob3.OB3Verifier.for_issuer_did(DID, download=pages.__getitem__)
    credential = verifier.verify(token)
    assert credential.id == f"{BASE}/certificates/{code}/credential"
    assert [(identity.identity_type, identity.identity_hash) for identity in credential.identifiers] == [
        ("name", student.name)
    ]
    assert (credential.achievement.id, credential.achievement.name) == (
        f"{BASE}/courses/{course['id']}",
        "Rust in practice",
    )
    assert credential.achievement.achievement_type == "CertificateOfCompletion"
    assert (credential.issuer.id, credential.issuer.name) == (DID, "Coursify")
    head, body, signature = token.split(".")
    with pytest.raises(ob3.OB3VerificationError):
        verifier.verify(f"{head}.{body}.{signature[::-1]}")


async def test_the_status_list_has_the_bit_of_a_revoked_credential_alone(
    classroom: Classroom, shop: Shop, admin: Person, payment: Json, code: str
) -> None:
    token, pages = await credential_of(classroom, code), await published(classroom)
    verifier = ob3.OB3Verifier.for_issuer_did(DID, download=pages.__getitem__)
    verifier.verify(token, check_status=True, download=pages.__getitem__)
    await shop.refund(admin, payment["id"])
    await shop.settle()
    pages = await published(classroom)
    with pytest.raises(ob3.OB3VerificationError, match="revocation"):
        verifier.verify(token, check_status=True, download=pages.__getitem__)
    listed = jwt.decode(pages[f"{BASE}/credentials/status/0"], options={"verify_signature": False})
    bits = ob3.decode_encoded_list(listed["credentialSubject"]["encodedList"])
    assert len(bits) * 8 == STATUS_BITS
    ((index,),) = await classroom.rows("SELECT status_index FROM certificates")
    assert set(ob3.set_indices(bits)) == {index}


async def test_a_bit_that_is_taken_is_not_given_again(
    classroom: Classroom,
    shop: Shop,
    course: Json,
    complete: Complete,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The second certificate draws the bit of the first one, then another."""
    drawn = [77_000, 77_000, 9]
    monkeypatch.setattr(secrets, "randbelow", lambda _limit: drawn.pop(0))
    for _ in range(2):
        buyer = await classroom.person("student")
        (enrollment_id,) = (await shop.buy(buyer, course["id"]))["enrollmentIds"]
        await complete(buyer, enrollment_id)
        await run_jobs()
    rows = await classroom.rows("SELECT status_list, status_index FROM certificates ORDER BY number")
    assert rows == [(0, 77_000), (0, 9)]


async def test_a_badge_of_an_older_key_still_verifies_and_the_new_key_signs(
    classroom: Classroom, settings: Settings, code: str
) -> None:
    """BADGE_KEYS names a key, later another one in front of it; the key derived from SERVER_KEY was the first."""
    tokens = [await credential_of(classroom, code)]
    app = settings.app.model_copy(update={"public_url": "https://testserver"})
    ring: tuple[tuple[str, bytes], ...] = ()
    for kid in ("b1", "b2"):
        ring = ((kid, secrets.token_bytes(32)), *ring)
        keys = settings.keys.model_copy(update={"badge_keys": ring})
        async with client_of(dataclasses.replace(settings, app=app, keys=keys)) as client:
            tokens.append((await client.get(f"{PREFIX}/certificates/{code}/credential")).text)
            document = (await client.get(f"{PREFIX}/credentials/did.json")).content
    named = [jwt.get_unverified_header(token)["kid"] for token in tokens]
    assert named == [f"{DID}#server", f"{DID}#b1", f"{DID}#b2"]
    verifier = ob3.OB3Verifier.for_issuer_did(DID, download={f"{BASE}/credentials/did.json": document}.__getitem__)
    for token in tokens:
        assert verifier.verify(token).id == f"{BASE}/certificates/{code}/credential"


async def test_the_command_changes_the_key_of_badges_and_each_step_verifies_the_others(
    classroom: Classroom, settings: Settings, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Processes of two neighboring steps run at once: each publishes the key with which the other one signs."""
    app = settings.app.model_copy(update={"public_url": "https://testserver"})
    tokens, documents, rings = [], [], [settings.keys.badge_keys]
    for change in (None, lambda keys: add_key(keys, kid="newest"), promote_key):
        if change:
            for line in render(change(KeySettings())).splitlines():
                monkeypatch.setenv(*line.split("=", 1))
            rings.append(KeySettings().badge_keys)
        keys = settings.keys.model_copy(update={"badge_keys": rings[-1]})
        async with client_of(dataclasses.replace(settings, app=app, keys=keys)) as client:
            tokens.append((await client.get(f"{PREFIX}/certificates/{code}/credential")).text)
            documents.append((await client.get(f"{PREFIX}/credentials/did.json")).content)
    assert [[kid for kid, _seed in ring] for ring in rings] == [[], ["server", "newest"], ["newest", "server"]]
    named = [jwt.get_unverified_header(token)["kid"] for token in tokens]
    assert named == [f"{DID}#server", f"{DID}#server", f"{DID}#newest"]
    for signer, publisher in ((0, 1), (1, 0), (1, 2), (2, 1), (0, 2)):
        fetch = {f"{BASE}/credentials/did.json": documents[publisher]}.__getitem__
        verifier = ob3.OB3Verifier.for_issuer_did(DID, download=fetch)
        assert verifier.verify(tokens[signer]).id == f"{BASE}/certificates/{code}/credential"


async def test_the_issuer_has_a_profile_and_publishes_no_private_key(classroom: Classroom) -> None:
    profile = (await classroom.get("/credentials/issuer")).json()
    assert (profile["id"], profile["name"], profile["url"]) == (DID, "Coursify", "https://testserver")
    (method,) = (await classroom.get("/credentials/did.json")).json()["verificationMethod"]
    assert method["publicKeyJwk"].keys() == {"kty", "crv", "x"}


async def test_a_status_list_that_is_not_there(classroom: Classroom) -> None:
    assert (await classroom.get("/credentials/status/0")).status_code == 200
    for number in ("1", "2147483647"):
        assert refusal(await classroom.get(f"/credentials/status/{number}")) == (404, "status_list_not_found")
    for number in ("-1", "2147483648", "x", "1e9"):
        assert (await classroom.get(f"/credentials/status/{number}")).status_code in {404, 422}
