"""The door that Stripe does not have: the truth about money, faults, time, imports."""
