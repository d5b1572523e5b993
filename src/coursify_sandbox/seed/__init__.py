"""`coursify seed`: creates a sample school through the services of the application, so that its data is consistent.

The content is what people wrote (courses, reviews, names). The history is a list of events, generated from the content
with a fixed random seed. The school has what exists so far while the history is applied.
"""

from __future__ import annotations

from coursify_sandbox.seed.command import seed

__all__ = ["seed"]
