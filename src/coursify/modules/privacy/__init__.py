"""Privacy: what is held on a person, handed out and erased.

Words: an *erasure* scrubs the person at once and then every system, step by step; a *tombstone* keeps them erased
after a restore; an *export* is an archive of everything held. Owns erasure_requests, erasure_steps, tombstones,
data_exports. Calls webhooks, payments, reviews, enrollments, courses, users.
"""
