"""The errors of user accounts."""

from __future__ import annotations

from coursify.core.errors import Conflict, NotFound


class EmailTaken(Conflict):
    code, message = "email_taken", "An account with this email address exists. Sign in, or reset the password."
    remedy = "Offer to sign in or to reset the password."


class EmailUnverified(Conflict):
    code, message = "email_unverified", "Confirm your email address first."
    remedy = "Offer to send the confirmation link again with `POST /users/resend-verification`."


class UserNotFound(NotFound):
    code, message = "user_not_found", "There is no such user."
