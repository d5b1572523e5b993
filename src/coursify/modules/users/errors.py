"""What can go wrong with people, by name."""

from __future__ import annotations

from coursify.core.errors import Conflict, NotFound


class EmailTaken(Conflict):
    code, message = "email_taken", "Someone has signed up with this address. Sign in, or reset the password."
    remedy = "Offer to sign in or to reset the password."


class UserNotFound(NotFound):
    code, message = "user_not_found", "There is no such person."
