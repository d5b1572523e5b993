"""What can go wrong when someone pays or is paid back."""

from __future__ import annotations

from coursify.core.errors import Conflict, Forbidden, Invalid, NotFound, RecordedRefusal, Unavailable


class PaymentNotFound(NotFound):
    code, message = "payment_not_found", "There is no such payment."


class CurrenciesMixed(Invalid):
    code, message = "currencies_mixed", "These courses are sold in different currencies; buy them one by one."


class AmountTooSmall(Invalid):
    code, message = "amount_too_small", "This total is below what can be charged by card."


class AmountNotChargeable(Invalid):
    code, message = "amount_not_chargeable", "This total cannot be charged in this currency."


class PaymentInProgress(Conflict):
    code = "payment_in_progress"
    message = "A payment for one of these courses is being processed. Wait for its result."


class PaymentNotRefundable(Conflict):
    code, message = "payment_not_refundable", "Nothing of this payment can be refunded."


class PaymentDisputed(Conflict):
    code, message = "payment_disputed", "The buyer's bank is asked about this payment; it cannot be refunded now."


class RefundExceedsPayment(Invalid):
    code, message = "refund_exceeds_payment", "This is more than is left to refund."


class RefundNotAllowed(Forbidden):
    code, message = "refund_not_allowed", "The time to return this purchase is over; ask the school's support."


class SecondAdminNeeded(Conflict, RecordedRefusal):
    code = "second_admin_needed"
    message = "So much takes two admins: it is refunded once another one asks for the same within 7 days."


class CourseNotInPayment(NotFound):
    code, message = "course_not_in_payment", "This payment did not buy that course."


class ProviderUnavailable(Unavailable):
    code, message = "payment_provider_unavailable", "The payment provider does not answer; please try again."
