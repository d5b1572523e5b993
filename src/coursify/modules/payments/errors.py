"""Errors of payments and refunds."""

from __future__ import annotations

from typing import ClassVar

from coursify.core.errors import Conflict, Forbidden, Invalid, NotFound, RecordedRefusal


class PaymentNotFound(NotFound):
    code, message = "payment_not_found", "Payment not found."


class RefundNotFound(NotFound):
    code, message = "refund_not_found", "Refund not found."


class CurrenciesMixed(Invalid):
    code, message = "currencies_mixed", "These courses are sold in different currencies; buy them one by one."
    remedy = "Start one payment for each currency."


class AmountTooSmall(Invalid):
    code, message = "amount_too_small", "This total is below what can be charged."
    remedy = "Add another course to the cart."


class AmountTooLarge(Invalid):
    code, message = "amount_too_large", "This total is above what can be charged at once; buy fewer courses at a time."
    remedy = "Divide the cart."


class AmountNotChargeable(Invalid):
    code, message = "amount_not_chargeable", "This amount cannot be charged or refunded in this currency."
    remedy = "Use an amount that the currency allows."


class PaymentInProgress(Conflict):
    code = "payment_in_progress"
    message = "A payment for one of these courses is being processed. Wait for its result."
    remedy = "Wait for the result at `GET /payments/{id}`."
    is_final: ClassVar[bool] = False


class PaymentNotRefundable(Conflict):
    code, message = "payment_not_refundable", "This payment cannot be refunded."
    remedy = "Load the payment; `refundable.reason` says why."


class PaymentChanged(Conflict):
    code, message = "payment_changed", "Something was asked back of this payment since the preview. Look at it again."
    remedy = "Load the payment and preview the refund again."
    is_final: ClassVar[bool] = False


class PaymentDisputed(Conflict):
    code, message = "payment_disputed", "The buyer's bank disputes this payment; it cannot be refunded now."
    remedy = "Wait until the dispute is closed."
    is_final: ClassVar[bool] = False


class RefundExceedsPayment(Invalid):
    code, message = "refund_exceeds_payment", "This is more than is left to refund."
    remedy = "Ask for at most `refundable.amount` of the payment."


class RefundNotAllowed(Forbidden):
    code, message = "refund_not_allowed", "The refund period of this purchase is over. Contact the school's support."
    remedy = "Show how to reach the school's support."


class SecondAdminNeeded(Conflict, RecordedRefusal):
    code = "second_admin_needed"
    message = "This amount takes two admins: it is carried out once another admin asks for the same within 7 days."
    remedy = "Let another admin send the same request, or confirm it on the work list."
    is_final: ClassVar[bool] = False


class CourseNotInPayment(NotFound):
    code, message = "course_not_in_payment", "That course is not part of this payment."
    remedy = "Choose a course from the payment's `items`."


class RefundNotFailed(Conflict):
    code, message = "refund_not_failed", "Only a refund that failed can be settled or tried again."
    is_final: ClassVar[bool] = False


class AmountNotAcceptable(Conflict):
    code = "amount_not_acceptable"
    message = "The money was received in another currency than the order's. It can only be returned."
    remedy = "Return the money."
