"""Payments: orders, what the provider says of them, refunds, disputes.

Owns `orders` and `order_lines` (frozen when ordered), `payments` (facts, ranked, only upwards), `refunds`,
`refund_lines`, `refund_proposals` (what takes two admins), `disputes`, `payment_customers`. Only the provider's word
settles anything; webhook, return page and reconciler run the same `apply_intent`, and a paid order
runs the same `fulfil_order`, exactly once.

A purchase calls, in this order: `start_checkout` > `place_order` > (`cancel_order`) > `ensure_intent`; then, however we
learn of the money, `sync_intent` > `apply_intent` > `fulfil_order`. Money goes back by `request_refund` >
`execute_refund` > `apply_refund` > `book_returns` > `derive_access`.
Calls ledger, enrollments, courses and users; webhooks and everything above call it.
"""
