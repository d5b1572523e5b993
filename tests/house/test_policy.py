"""docs/policy.md is the one page of who may call what, as the routes declare it."""

from __future__ import annotations

from collections.abc import Sequence

from tests.house.checked_in import assert_checked_in

from coursify.core.http import Route
from coursify.core.policy import KIB, Idempotency, Policy
from coursify.pages.routes import PAGES
from coursify.rates import RATES
from coursify.routes import ROUTES

HEAD = """# Who may call what

Made by `make docs` from the policies in the controllers; a test compares. The rate is counted per person where one is
known, else per address. Where nothing else is said, a body is JSON of at most 256 KiB and an answer takes at most 15 s.

| Operation | Id | Who | Rule about the object | Rate | Idempotency-Key | Besides |
|---|---|---|---|---|---|---|
"""


PAGES_HEAD = """
## Pages

With the cookie of a session; a form also needs the token of its page. A page that is missing a sign-in or a recent one
leads to it and back.

| Page | Id | Who | Rule about the object | Rate | Idempotency-Key | Besides |
|---|---|---|---|---|---|---|
"""


def test_the_checked_in_table_is_what_the_routes_declare() -> None:
    rates = "".join(f"| `{rate.name}` | {rate.limit:,} in {_period(rate.seconds)} |\n" for rate in RATES.values())
    tables = HEAD + _lines(ROUTES) + PAGES_HEAD + _lines(PAGES)
    assert_checked_in("docs/policy.md", tables + "\n| Rate | Requests |\n|---|---|\n" + rates)


def _lines(routes: Sequence[Route]) -> str:
    return "".join(
        f"| `{route.method} {route.path_format}` | `{route.id}` | {_columns(route.policy)} |\n"
        for route in sorted(routes, key=lambda route: (route.path, route.method))
    )


def _columns(policy: Policy) -> str:
    key = "" if policy.idempotency is Idempotency.NONE else policy.idempotency.removeprefix("key ")
    return " | ".join([policy.who, policy.rule, f"`{policy.rate}`", key, _besides(policy)])


def _besides(policy: Policy) -> str:
    usual = Policy(policy.who)
    said = {
        "a recent sign-in": policy.step_up,
        f"body {policy.max_body_bytes // KIB:,} KiB": policy.max_body_bytes != usual.max_body_bytes,
        f"{policy.seconds:g} s": policy.seconds != usual.seconds,
        "raw body": policy.takes_raw_body,
        "credential ignored": policy.ignores_credential,
    }
    return ", ".join(name for name, holds in said.items() if holds)


def _period(seconds: int) -> str:
    return {60: "a minute", 3_600: "an hour"}[seconds]
