"""What can go wrong with people and their sign-ins, by name."""

from __future__ import annotations

from coursify.core.errors import Conflict, NotFound, Unauthorized


class EmailTaken(Conflict):
    code, message = "email_taken", "Someone has signed up with this address. Sign in, or reset the password."


class InvalidCredentials(Unauthorized):
    code, message = "invalid_credentials", "The address or the password is wrong."


class InvalidRefreshToken(Unauthorized):
    code, message = "invalid_refresh_token", "This refresh token is spent, revoked or unknown. Sign in again."


class UserNotFound(NotFound):
    code, message = "user_not_found", "There is no such person."
