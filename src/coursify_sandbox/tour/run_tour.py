"""The steps of the tour; it ends at the first step that fails."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from coursify_sandbox.run_file import RunFile
from coursify_sandbox.tour.context import TourContext, open_context
from coursify_sandbox.tour.errors import StepFailed
from coursify_sandbox.tour.output import TourOutput
from coursify_sandbox.tour.steps import course, lessons, media, purchase, refund


@dataclass(frozen=True, slots=True)
class Step:
    sentence: str
    run: Callable[[TourContext], None]


STEPS = (
    Step("An instructor signs up.", course.sign_up_instructor),
    Step("The instructor creates a course with three lessons; the first is a preview.", course.create_course),
    Step("The instructor gives the course a picture, which is stored in three sizes.", media.upload_picture),
    Step("The instructor uploads a video in two parts; it is transcoded.", media.upload_video),
    Step("The instructor submits the course for approval.", course.submit_course),
    Step("The admin approves the course; it is on sale.", course.approve_course),
    Step("A student signs up and gets a welcome email.", course.sign_up_student),
    Step("The student finds the course by search.", purchase.find_course),
    Step("The preview is open; the other lessons must be bought.", purchase.check_closed_lesson),
    Step("The student starts a payment; its price is now fixed.", purchase.start_payment),
    Step("The first card is declined; the payment stays open with the error.", purchase.pay_with_declined_card),
    Step("The second card is accepted; the payment succeeds.", purchase.pay_with_valid_card),
    Step("The course is open; a receipt and an enrollment email arrive.", purchase.receive_emails),
    Step("The student opens a lesson.", lessons.open_lesson),
    Step("The student plays the video: playlists, a key, an encrypted segment.", media.play_video),
    Step("The student completes every lesson, and gets a certificate.", lessons.complete_course),
    Step("The student writes a review, which counts at once.", lessons.write_review),
    Step("The admin refunds the payment.", refund.request_refund),
    Step("The student gets an email about the refund.", refund.receive_refund_email),
    Step("The lesson is closed; the progress is kept.", refund.check_revoked_access),
    Step("The key of the video is refused to the student.", media.check_refused_key),
    Step("Stripe's ledger and ours agree.", refund.compare_ledgers),
)


def run_tour(
    run_file: RunFile, output: TourOutput, *, transport: httpx.BaseTransport | None = None, patience: float = 1
) -> bool:
    """Run every step against the system of the run file; return whether all succeeded."""
    start = time.monotonic()
    with open_context(run_file, output, transport, patience=patience) as context:
        for step in STEPS:
            output.start_step(step.sentence)
            try:
                step.run(context)
            except StepFailed as error:
                output.show_failure(step.sentence, error)
                return False
            except (KeyError, IndexError, TypeError, StopIteration) as error:
                output.show_failure(step.sentence, StepFailed("the documented response", f"a response without {error}"))
                return False
    output.show_success(time.monotonic() - start)
    return True
