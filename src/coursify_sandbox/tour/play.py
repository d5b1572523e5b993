"""The story, step by step; it ends with the first step that does not do what it says."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from coursify_sandbox.run_file import RunFile
from coursify_sandbox.tour import buying, learning, returning, teaching
from coursify_sandbox.tour.errors import NotAsTold
from coursify_sandbox.tour.stage import Stage, open_stage
from coursify_sandbox.tour.teller import Teller


@dataclass(frozen=True, slots=True)
class Step:
    sentence: str
    play: Callable[[Stage], None]


STEPS = (
    Step("An instructor signs up.", teaching.sign_up_instructor),
    Step("She writes a course with three lessons; the first is open to anyone.", teaching.write_course),
    Step("She hands it in.", teaching.hand_in),
    Step("The admin approves it: it is on sale.", teaching.approve),
    Step("A student signs up, and a welcome letter arrives.", teaching.sign_up_student),
    Step("The student finds the course by a search.", buying.find_course),
    Step("The preview opens; behind it stands the price.", buying.stand_before_the_door),
    Step("The student begins to pay: the price is ours, frozen now.", buying.start_payment),
    Step("The first card is declined; the payment stays open and says why.", buying.try_a_bad_card),
    Step("The second card is taken, and the return page sees the payment succeed.", buying.try_a_good_card),
    Step("The course is open; a receipt and an enrollment letter arrive.", buying.receive_letters),
    Step("The lesson opens.", learning.open_lesson),
    Step("The student completes every lesson.", learning.finish_course),
    Step("The student writes a review, which counts at once.", learning.write_review),
    Step("The admin gives the money back.", returning.give_back),
    Step("A letter tells the student so.", returning.receive_refund_letter),
    Step("The lesson is closed; the progress is kept.", returning.stand_before_the_door_again),
    Step("Stripe's books and ours agree.", returning.compare_the_books),
)


def play(run: RunFile, teller: Teller, *, transport: httpx.BaseTransport | None = None) -> bool:
    """Whether every step did what it says; `run` says where the system is."""
    began = time.monotonic()
    with open_stage(run, teller, transport) as stage:
        for step in STEPS:
            teller.begin(step.sentence)
            try:
                step.play(stage)
            except NotAsTold as error:
                teller.fail(step.sentence, error)
                return False
            except (KeyError, IndexError, TypeError, StopIteration) as error:
                teller.fail(step.sentence, NotAsTold("an answer of the agreed shape", f"one without {error}"))
                return False
    teller.end(time.monotonic() - began)
    return True
