"""`coursify attention` and `coursify reconcile`: for those who have a terminal and no credential."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import pytest
from tests.support.books import open_items
from tests.support.classroom import Classroom, Person
from tests.support.shop import Shop

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def run(environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    """The command's exit status and everything it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "coursify",
        *arguments,
        env=os.environ | environment | {"COLUMNS": "300"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, printed.decode()


async def test_the_work_list_is_printed_and_its_exit_status_says_whether_there_is_work(
    classroom: Classroom, shop: Shop, student: Person, course: Json, environment: dict[str, str]
) -> None:
    assert await run(environment, "attention") == (0, "Nothing needs attention.\n")
    payment = await shop.buy(student, course["id"])
    shop.standin.open_dispute(payment["transactionId"])
    await shop.settle()
    status, printed = await run(environment, "attention")
    assert status == 1
    for word in ("dispute_open", "The buyer's bank disputes 50.00 USD", "dismiss"):
        assert word in printed, printed
    assert student.name not in printed


@pytest.mark.slow
async def test_reconcile_grants_what_was_missed_and_its_exit_status_says_whether_money_differed(
    classroom: Classroom, shop: Shop, student: Person, course: Json, environment: dict[str, str]
) -> None:
    checkout = await shop.pay(student, course["id"])
    await run(environment, "reconcile")
    await shop.run_jobs()
    page = (await student.get(f"/payments/{checkout['payment']['id']}")).json()["data"]
    assert page["status"] == "succeeded"
    status, printed = await run(environment, "reconcile")
    assert (status, "1 payments agree with the provider." in printed) == (0, True), printed

    shop.standin.open_refund(checkout["payment"]["transactionId"], amount=700)
    status, printed = await run(environment, "reconcile", "--everything")
    assert (status, "refunded 7.00 USD; we had 50.00 USD and 0.00 USD; taken over now" in printed) == (1, True), printed
    page = (await student.get(f"/payments/{checkout['payment']['id']}")).json()["data"]
    assert page["refundedAmount"] == 700
    assert await open_items(classroom) == ["money_difference"]


async def test_reconcile_reports_an_unavailable_provider(shop: Shop, environment: dict[str, str]) -> None:
    shop.standin.set_faults(server_error=1.0)
    status, printed = await run(environment, "reconcile")
    assert status == 2
    assert "is unavailable" in printed
