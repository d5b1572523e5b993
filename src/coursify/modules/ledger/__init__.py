"""The ledger: double entry, in integers; every transaction sums to zero in each of its currencies.

Owns `ledger_transactions` (a fact that was booked, or the exact reversal of a booking) and `ledger_entries`. Both are
append-only. A debit is positive, a credit negative. Accounts: `provider_clearing` (money that the payment provider
holds for us), `provider_fees`, `platform_revenue`, `instructor_payable` (owed, from `available_at` on payable),
`instructor_paid`, `tax_payable`, `bank`, and `suspense` (money that fits no order line until a person decides).
The instructor's share is the one frozen on the order line. Calls nobody; payments and everything above call it.
"""
