"""The ledger: double entry, in integers; every transaction sums to zero in its currency.

Owns `ledger_entries`. A debit is positive, a credit negative. Three accounts: `provider_clearing` (money the payment
provider holds for us), `instructor_payable` (what we owe an instructor), `platform_revenue` (what is ours).
A payment, a settled refund and a lost dispute are booked exactly once each; the instructor's share is the one frozen
on the order line. Calls nobody; payments and webhooks call it.
"""
