"""Errors of certificates."""

from __future__ import annotations

from coursify.core.errors import Forbidden, NotFound, Unavailable


class CertificateNotFound(NotFound):
    code, message = "certificate_not_found", "There is no certificate here."
    remedy = "A certificate is there once every lesson was completed; check the code for typing errors."


class CertificateRevoked(Forbidden):
    code, message = "certificate_revoked", "This certificate is not valid any more."
    remedy = "`GET /certificates/{code}` says since when; it is valid again when access to the course comes back."
    is_final = False


class StatusListNotFound(NotFound):
    code, message = "status_list_not_found", "There is no such status list."


class PrinterMissing(Unavailable):
    reason = "typst and its fonts are not installed here: the image `documents` has them (docs/operations/image.md)"
