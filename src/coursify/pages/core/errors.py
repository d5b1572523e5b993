"""The errors of forms on pages."""

from __future__ import annotations

from coursify.core.errors import Forbidden, UnsupportedMedia


class FormExpired(Forbidden):
    code, message = "form_expired", "This form has expired, or another site sent it. Load the page again."
    remedy = "Load the page again and send its form."
    is_final = False


class FormEncodingRequired(UnsupportedMedia):
    code = "form_encoding_required"
    message = "Send this form as application/x-www-form-urlencoded, UTF-8."
    remedy = "Send the form of the page as a browser sends it."
