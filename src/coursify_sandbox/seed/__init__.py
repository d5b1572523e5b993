"""`coursify seed`: a sample school, made through the application's own services, so that all that follows is true.

Words: the *content* is what people wrote (courses, reviews, names), the *plan* is what happens when, drawn from the
content with a fixed seed of chance, the *school* is what is there so far while the plan is carried out.
"""

from coursify_sandbox.seed.command import seed

__all__ = ["seed"]
