"""The control API, which Stripe does not have: ledger, states, faults, settings, clock, import."""
