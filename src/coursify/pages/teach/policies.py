"""The policies of the pages of instructors. A course of somebody else does not exist here (guards.py)."""

from __future__ import annotations

from coursify.core.policy import Policy, Who
from coursify.modules.courses.guards import LONG_BODY_BYTES, OWNER
from coursify.modules.media.guards import LARGEST_FILE_FORM_BYTES, LARGEST_FORM_BYTES

OWN = Policy(Who.INSTRUCTOR, rule="one's own", rate="read")
READ = Policy(Who.INSTRUCTOR, rule=OWNER, rate="read")
CHANGE = Policy(Who.INSTRUCTOR, rule=OWNER)
# A form writes a character of a text as up to nine.
WRITE = Policy(Who.INSTRUCTOR, rule=OWNER, max_body_bytes=LONG_BODY_BYTES)
PICTURE = Policy(Who.INSTRUCTOR, rule=OWNER, rate="picture", max_body_bytes=LARGEST_FORM_BYTES)
FILE = Policy(Who.INSTRUCTOR, rule=OWNER, max_body_bytes=LARGEST_FILE_FORM_BYTES)
REPLY = Policy(Who.INSTRUCTOR, rule=OWNER, rate="review")
