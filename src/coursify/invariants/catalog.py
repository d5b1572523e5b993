"""Every invariant by its code. Missing numbers wait for what they are about, or a table's constraint made them one."""

from __future__ import annotations

from coursify.invariants.models import Invariant
from coursify.invariants.queries import delivery, learning, ledger, orders, payments, people, reviews

INVARIANTS: tuple[Invariant, ...] = (
    Invariant("I-01", orders.paid_lines_without_access),
    Invariant("I-02", orders.access_without_payment),
    Invariant("I-03", orders.courses_payable_twice),
    Invariant("I-04", orders.courses_paid_twice),
    Invariant("I-05", payments.refunds_beyond_payment),
    Invariant("I-06", orders.totals_that_do_not_add_up),
    Invariant("I-07", payments.amounts_unlike_the_order),
    Invariant("I-08", ledger.unbalanced_transactions),
    Invariant("I-09", ledger.facts_not_booked_once),
    Invariant("I-10", ledger.shares_unlike_the_lines),
    Invariant("I-12", orders.orders_and_payments_apart),
    Invariant("I-13", payments.payments_that_went_back),
    Invariant("I-15", delivery.events_that_wait),
    Invariant("I-16", delivery.keys_without_answer),
    Invariant("I-17", learning.enrollments_twice),
    Invariant("I-19", payments.reversed_money_with_access),
    Invariant("I-20", learning.enrollments_in_own_course),
    Invariant("I-21", reviews.reviews_twice),
    Invariant("I-22", reviews.ratings_unlike_reviews),
    Invariant("I-23", reviews.reviews_by_strangers),
    Invariant("I-24", learning.progress_out_of_range),
    Invariant("I-25", learning.progress_in_foreign_courses),
    Invariant("I-26", learning.completions_unlike_progress),
    Invariant("I-27", learning.certificates_unlike_completions),
    Invariant("I-28", learning.lessons_out_of_order),
    Invariant("I-29", people.sessions_with_two_tokens),
    Invariant("I-30", people.tokens_that_outlived),
    Invariant("I-31", people.forked_rotations),
    Invariant("I-32", people.links_twice_or_astray),
    Invariant("I-33", people.tokens_stored_as_they_are),
    Invariant("I-34", delivery.purchases_without_email),
    Invariant("I-35", delivery.jobs_that_wait),
    Invariant("I-36", delivery.work_without_job),
    Invariant("I-37", people.erased_people_with_data),
    Invariant("I-39", learning.lessons_on_sale_without_content),
    Invariant("I-40", people.deeds_without_trace),
    Invariant("I-41", ledger.reversals_unlike_their_booking),
    Invariant("I-42", payments.refunds_despite_dispute),
    Invariant("I-43", learning.sales_unlike_instructors),
    Invariant("I-44", learning.sections_out_of_order),
)
