"""The errors of sign-in and of changes of an account."""

from __future__ import annotations

from coursify.core.errors import BadRequest, Conflict, Forbidden, NotFound, RecordedRefusal, Unauthorized


class InvalidCredentials(Unauthorized):
    code, message = "invalid_credentials", "The email address or the password is wrong."
    remedy = "Ask for both again, or offer to reset the password."


class CredentialsChanged(InvalidCredentials):
    """The credentials changed while they were verified. A client sees a wrong password."""


class InvalidRefreshToken(Unauthorized):
    code, message = "invalid_refresh_token", "This refresh token is used, revoked, expired or unknown. Sign in again."
    remedy = "Delete both tokens and ask the user to sign in."


class RefreshTokenReused(InvalidRefreshToken, RecordedRefusal):
    """A used token was sent again: its session ends and its owner is notified. A client sees any invalid token."""


class InvalidToken(BadRequest):
    code, message = "invalid_token", "This link is invalid, expired or already used. Request a new one."
    remedy = "Offer to send a new link."


class SecondFactorRequired(Unauthorized):
    code = "second_factor_required"
    message = "Enter a code of your authenticator app, or a recovery code."
    remedy = "Ask for the code and send it with `challenge` to `POST /users/login/second-factor`."
    is_failed_guess = False


class InvalidCode(Unauthorized):
    code, message = "invalid_code", "The code is wrong or already used. Wait for the next one."
    remedy = "Ask for the next code."


class InvalidChallenge(Unauthorized):
    code, message = "invalid_challenge", "This sign-in has expired. Start again with the password."
    remedy = "Start the sign-in again with `POST /users/login`."


class WrongPassword(Forbidden):
    code, message = "wrong_password", "The password is wrong."
    remedy = "Ask for the password again."


class WrongCode(Forbidden):
    code, message = "wrong_code", "The code is missing, wrong or already used."
    remedy = "Ask for the next code of the authenticator app."


class SecondFactorExists(Conflict):
    code, message = "second_factor_exists", "Two-factor authentication is already enabled. Disable it first."
    remedy = "Offer to disable it with `DELETE /users/me/totp`."


class SecondFactorNotBegun(Conflict):
    code, message = "second_factor_not_begun", "No second factor is being set up. Start the setup first."
    remedy = "Call `POST /users/me/totp` first."


class LastAdmin(Conflict, RecordedRefusal):
    code, message = "last_admin", "This is the last admin. Make another user an admin first."
    remedy = "Make another user an admin first."


class SessionNotFound(NotFound):
    code, message = "session_not_found", "There is no such session."
