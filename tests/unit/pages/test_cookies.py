"""The cookies of the pages over https; over http, tests/integration/pages/test_account.py reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from fastapi import Response

from coursify.pages.core.cookies import Cookies


@pytest.mark.parametrize("is_secure", [True, False])
def test_over_https_a_cookie_is_secure_and_of_this_host_alone(*, is_secure: bool) -> None:
    response = Response()
    cookies = Cookies(is_secure=is_secure, server_key=b"k" * 32)
    cookies.write_session(response, user_id=uuid4(), session_id=uuid4(), now=datetime.now(UTC))
    (line,) = response.headers.getlist("set-cookie")
    fields = line.split("; ")
    assert fields[0].startswith("__Host-coursify-session=" if is_secure else "coursify-session=")
    assert ("Secure" in fields) is is_secure
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(fields)
    assert "Domain" not in line
