"""Enrollments: who may learn what, and how far they came.

Owns `enrollments` (one row for a person and a course, for ever), `access_grants` (why they may learn: append only,
each revoked only for its own reason), `lesson_progress` and `lesson_announcements` (new lessons, told once). **A
person may learn exactly while at least one grant lives**, decided when they ask. Calls courses, media, notifications
and users; payments, reviews and everything above call it.
"""
