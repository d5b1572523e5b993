"""`coursify tour`: buys, learns, reviews and refunds a course in the running sandbox, and prints each step.

A step is a sentence and a function; the context has the clients and the results of earlier steps.
"""

from __future__ import annotations

from coursify_sandbox.tour.command import tour

__all__ = ["tour"]
