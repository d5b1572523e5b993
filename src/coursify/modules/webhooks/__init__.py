"""Webhooks: the inbox of events from outside, stored once before they are acknowledged, and the reconciler.

Owns `provider_events` and `provider_cursors`. An event means "object X changed": X is fetched again, and payments apply
the fact. What the event itself says is only a hint, and its body is not kept. With every webhook lost, the reconciler
fetches the same facts and applies them in the same way; the comparison of money finds what no event reported. Calls
payments, notifications and attention.

Events about emails say themselves what happened, so they are applied when they arrive.
"""
