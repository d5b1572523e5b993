"""Hooks of schemathesis: add a credential to each request, and use ids of existing objects.

Some operations end the session that calls them, so after a 401 or an expired step-up the next request signs in again.
Half of the valid requests use an existing object, so that not every response is a 404.
"""

from __future__ import annotations

import atexit
import json
import os
import random
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import httpx
import psycopg
import schemathesis
from schemathesis import GenerationMode

URL = os.environ["CONTRACT_URL"]
WHO = json.loads(Path(os.environ["CONTRACT_PERSON"]).read_text())
# What this person may read and change, and what they may delete, by the name of the parameter.
KEPT: dict[str, list[str]] = WHO["kept"]
SPARE: dict[str, list[str]] = WHO["spare"]

_RENEW_AFTER = {"unauthorized", "step_up_required"}
_held: dict[str, str] = {}
# operation → status → number of responses
_tally: dict[str, Counter[int]] = defaultdict(Counter)
_client = httpx.Client(trust_env=False)
_chance = random.Random(20261122)


def _sign_in() -> str:
    """An access token, or an empty string when this person cannot sign in any more."""
    body = {"email": WHO["email"], "password": WHO["password"]}
    answer = _client.post(f"{URL}/api/v1/users/login", json=body)
    return str(answer.json()["data"]["accessToken"]) if answer.status_code == 200 else ""


def _restore_account() -> str:
    """Restores the account after a second factor, an erasure, a suspension or a demotion, and signs in."""
    with psycopg.connect(WHO["database"], autocommit=True) as db:
        db.execute("DELETE FROM second_factors WHERE user_id = %(id)s", WHO)
        # Only this test restores an erased account, so the first erasure must not block a second one.
        erasures = "SELECT id FROM erasure_requests WHERE user_id = %(id)s"
        db.execute(f"DELETE FROM erasure_steps WHERE request_id IN ({erasures})", WHO)
        db.execute("DELETE FROM erasure_requests WHERE user_id = %(id)s", WHO)
        db.execute(
            "UPDATE users SET status = 'active', erased_at = NULL, role = %(role)s, name = 'Contract', "
            "email = %(email)s, email_canonical = %(email)s, password_hash = %(password_hash)s WHERE id = %(id)s",
            WHO,
        )
    return _sign_in()


@schemathesis.auth(refresh_interval=None)
class SignedIn:
    """Sends the access token of the person of this run."""

    def get(self, _case: schemathesis.Case, _context: schemathesis.AuthContext) -> str:
        if "token" not in _held:
            _held["token"] = _sign_in() or _restore_account()
        return _held["token"]

    def set(self, case: schemathesis.Case, data: str, _context: schemathesis.AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def after_call(_context: schemathesis.HookContext, case: schemathesis.Case, response: Any) -> None:
    """Counts the response; drops the credential when it is no longer valid."""
    _tally[case.operation.label][response.status_code] += 1
    if response.status_code in {401, 403} and any(code.encode() in response.content for code in _RENEW_AFTER):
        _held.pop("token", None)


@schemathesis.hook
def map_case(_context: schemathesis.HookContext, case: schemathesis.Case) -> schemathesis.Case:
    """Uses ids of existing objects in every second valid request."""
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE or _chance.random() < 0.5:
        return case
    known = SPARE if case.method == "DELETE" else KEPT
    for holder in (case.path_parameters, case.query, case.body):
        if isinstance(holder, dict):
            holder.update({name: _chance.choice(known[name]) for name in holder.keys() & known.keys()})
    return case


@atexit.register
def write_tally() -> None:
    Path(os.environ["CONTRACT_TALLY"]).write_text(json.dumps(_tally))
