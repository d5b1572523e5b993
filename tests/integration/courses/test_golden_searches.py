"""200 searches on a school in many languages find what people want first. `make golden` prints those that do not."""

from __future__ import annotations

import sys

import pytest
from tests.support.golden import ask_golden_queries, make_golden_school

from coursify.core.database import Database

pytestmark = pytest.mark.anyio

LEAST_NDCG = 0.98


@pytest.mark.slow
async def test_golden_searches_find_the_wanted_courses_first(database: Database, clean: None) -> None:
    await make_golden_school(database)
    answers = await ask_golden_queries(database)
    assert len(answers) >= 200
    mean = sum(answer.gain for answer in answers) / len(answers)
    for answer in answers:
        if answer.gain < 0.999:
            sys.stdout.write(f"{answer.gain:.2f} {answer.query}: {answer.found}, wanted {answer.wanted}\n")
    sys.stdout.write(f"nDCG@5 of {len(answers)} searches: {mean:.3f}\n")
    assert mean >= LEAST_NDCG
