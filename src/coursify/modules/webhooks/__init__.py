"""Webhooks: the inbox of events from outside, stored once before anyone is told yes, and the reconciler.

Owns `provider_events` and `provider_cursors`. An event means "object X changed": X is fetched again, and payments are
told the fact. What the event itself says is only a hint. With every webhook lost, the reconciler brings the same news
through the same door. Calls payments; nobody but the clock and the provider calls it.
"""
