"""What can go wrong with sign-ins, by name."""

from __future__ import annotations

from coursify.core.errors import BadRequest, Conflict, Forbidden, NotFound, RecordedRefusal, Unauthorized


class InvalidCredentials(Unauthorized):
    code, message = "invalid_credentials", "The address or the password is wrong."
    remedy = "Let the person type both again, or reset the password."


class CredentialsChanged(InvalidCredentials):
    """What was verified is not what stands there now. To a client it is a wrong password."""


class InvalidRefreshToken(Unauthorized):
    code, message = "invalid_refresh_token", "This refresh token is spent, revoked or unknown. Sign in again."
    remedy = "Forget both tokens and let the person sign in."


class RefreshTokenReused(InvalidRefreshToken, RecordedRefusal):
    """A spent token came back: its session is over, its owner is told. The answer is that of any bad token."""


class InvalidToken(BadRequest):
    code, message = "invalid_token", "This link is used, too old or not ours. Ask for a new one."
    remedy = "Offer to send a new link."


class SecondFactorRequired(Unauthorized):
    code = "second_factor_required"
    message = "Send the code of your authenticator with this challenge to /api/v1/users/login/second-factor."
    remedy = "Ask for the code and send it with `challenge` to `POST /users/login/second-factor`."


class InvalidCode(Unauthorized):
    code, message = "invalid_code", "The code is wrong, or was used. Wait for the next one."
    remedy = "Let the person type the next code."


class InvalidChallenge(Unauthorized):
    code, message = "invalid_challenge", "This sign-in took too long. Begin again with the password."
    remedy = "Start the sign-in again with `POST /users/login`."


class WrongPassword(Forbidden):
    code, message = "wrong_password", "This is not your password."
    remedy = "Let the person type the password again."


class WrongCode(Forbidden):
    code, message = "wrong_code", "The code is missing, wrong, or was used."
    remedy = "Let the person type the next code of the authenticator."


class SecondFactorExists(Conflict):
    code, message = "second_factor_exists", "A second factor is set up already. Remove it first."
    remedy = "Offer to remove the second factor first."


class SecondFactorNotBegun(Conflict):
    code, message = "second_factor_not_begun", "Begin at POST /api/v1/users/me/totp."
    remedy = "Call `POST /users/me/totp` first."


class EmailUnverified(Conflict):
    code, message = "email_unverified", "Confirm your present address first."
    remedy = "Offer to send the confirmation link again with `POST /users/resend-verification`."


class LastAdmin(Conflict, RecordedRefusal):
    code, message = "last_admin", "This is the last admin. Make someone else an admin first."
    remedy = "Make another person an admin first."


class SessionNotFound(NotFound):
    code, message = "session_not_found", "There is no such session."
