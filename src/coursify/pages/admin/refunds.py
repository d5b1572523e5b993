"""A refund by an admin: what it does to money and access first, then the request, after a recent sign-in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Form, Query, Response
from pydantic import Field

from coursify.core.errors import AppError, Invalid
from coursify.core.http import Configuration, Db, Now, SignedIn
from coursify.core.schema import Input, Prose, QueryAmountMinor
from coursify.modules.payments.errors import SecondAdminNeeded
from coursify.modules.payments.models.orders import OrderLine
from coursify.modules.payments.models.payments import Payment, RefundPreview
from coursify.modules.payments.policies import left_to_refund
from coursify.modules.payments.queries import order_lines, payments
from coursify.modules.payments.services.preview_refund import preview_refund
from coursify.modules.payments.services.request_refund import request_refund
from coursify.pages.admin.policies import SENSITIVE, SENSITIVE_READ
from coursify.pages.core.amounts import read_amount
from coursify.pages.core.formats import amount as write
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages

pages = Pages()

_REFUND = "/admin/payments/{payment_id}/refund"
_WHOLE = "whole"


class RefundChoice(Input):
    """What is looked at: `what` is `whole` or a course; without an amount, all that is left of it."""

    what: Annotated[str, Field(max_length=40)] | None = None
    amount: Annotated[Prose, Field(max_length=40)] | None = None

    @property
    def course_id(self) -> UUID | None:
        """Raises Invalid for what is neither."""
        if self.what == _WHOLE:
            return None
        try:
            return UUID(self.what)
        except ValueError as error:
            raise Invalid("Choose the whole payment, or one of its courses.") from error


class RefundOrder(Input):
    """What the preview showed, in minor units. It is refused when `left` is not what is left any more."""

    course_id: UUID | None = None
    amount: Annotated[QueryAmountMinor, Field(gt=0)]
    left: QueryAmountMinor
    reason: Annotated[Prose, Field(max_length=500)] | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """The preview of a choice, or why there is none."""

    preview: RefundPreview | None
    problem: str = ""


@pages.get(_REFUND, page_id="page_admin_refund", policy=SENSITIVE_READ)
async def show_refund(
    page: WithPage,
    payment_id: UUID,
    choice: Annotated[RefundChoice, Query()],
    caller: SignedIn,
    configuration: Configuration,
    db: Db,
    now: Now,
) -> Response:
    """The choice, and below it what it would do. Raises PaymentNotFound."""
    payment = await payments.get_payment(db, payment_id)
    lines = await order_lines.list_order_lines(db, payment.order_id)
    looked = Looked(None)
    if choice.what is not None:
        try:
            preview = await preview_refund(
                db,
                caller=caller,
                payment_id=payment_id,
                course_id=choice.course_id,
                amount_minor=_read_amount(choice, payment.currency),
                two_person_limits=dict(configuration.app.two_person_refunds),
                now=now,
            )
            looked = Looked(preview)
        except AppError as error:
            looked = Looked(None, _explain(error, payment))
    return page.render(
        "admin/refund.html",
        payment=payment,
        lines=lines,
        choice=choice,
        looked=looked,
        left=left_to_refund(payment, lines),
        left_of_choice=left_to_refund(payment, _chosen(lines, choice)),
        form=page.form(f"/admin/payments/{payment_id}/refund"),
    )


@pages.post(_REFUND, page_id="page_admin_send_refund", policy=SENSITIVE, form_page=show_refund)
async def send_refund(
    page: WithPage,
    payment_id: UUID,
    form: Annotated[RefundOrder, Form()],
    caller: SignedIn,
    configuration: Configuration,
    db: Db,
    now: Now,
) -> Response:
    """What takes two admins is stored as a proposal: the transaction commits all the same."""
    place = f"/admin/payments/{payment_id}"
    try:
        refund = await request_refund(
            db,
            caller=caller,
            payment_id=payment_id,
            course_id=form.course_id,
            amount_minor=form.amount,
            reason=form.reason,
            left_minor=form.left,
            two_person_limits=dict(configuration.app.two_person_refunds),
            now=now,
        )
    except SecondAdminNeeded:
        return page.go(place, "This takes two admins. Your request is on the work list, where another one confirms it.")
    return page.go(place, f"A refund of {write(refund.amount_minor, refund.currency)} is requested from the provider.")


def _read_amount(choice: RefundChoice, currency: str) -> int | None:
    if choice.amount is None:
        return None
    try:
        minor = read_amount(choice.amount, currency)
    except ValueError as error:
        raise Invalid(f"The amount {error}.") from error
    if minor == 0:
        raise Invalid("The amount must be more than 0.")
    return minor


def _chosen(lines: list[OrderLine], choice: RefundChoice) -> list[OrderLine]:
    return [line for line in lines if choice.what in {None, _WHOLE, str(line.course_id)}]


def _explain(error: AppError, payment: Payment) -> str:
    """The sentence, with the amount that is left as people write it."""
    if error.code == "refund_exceeds_payment":
        left = write(payment.unclaimed_minor, payment.currency)
        return f"{error.sentence} Of the payment, {left} has not been asked back."
    return error.sentence
