"""`coursify tour`: the whole story, played against the running system as clients would, and told while it happens.

Words: a *step* is a sentence and what it does; the *stage* is where clients, stand-ins and what the story has learned
so far meet; the *teller* shows it to a person.
"""

from coursify_sandbox.tour.command import tour

__all__ = ["tour"]
