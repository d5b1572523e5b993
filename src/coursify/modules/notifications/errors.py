"""Errors of notifications."""

from __future__ import annotations

from coursify.core.errors import BadRequest, NotFound


class NotificationNotFound(NotFound):
    code, message = "notification_not_found", "Notification not found."


class UnsubscribeLinkInvalid(NotFound):
    code = "unsubscribe_link_invalid"
    message = "This link is not valid any more. Sign in to choose which emails you get."
    remedy = "Use the link of a newer email, or `PUT /users/me/notifications`."


class UnsubscribeIncomplete(BadRequest):
    code, message = "unsubscribe_incomplete", "Send the form field List-Unsubscribe=One-Click."
    remedy = "Send the form field of RFC 8058, as the button on the page does."
