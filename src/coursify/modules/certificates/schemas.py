"""Certificates on the wire."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from coursify.core.schema import Moment, Output
from coursify.modules.certificates.models import Certificate


class CertificateOut(Output):
    """`name`, `course` and `instructor` as they were when the course was completed.

    `name` is null when the account was erased; `instructor` when the instructor's was. `url` is the PDF and
    `credentialUrl` the Open Badges 3.0 credential; both answer only while the certificate is valid.
    """

    code: str
    valid: bool
    name: str | None
    course: str
    instructor: str | None
    issued_at: Moment
    revoked: bool
    revoked_at: Moment | None
    url: str
    credential_url: str

    @classmethod
    def of(cls, row: Certificate, *, public_url: str) -> CertificateOut:
        address = f"{public_url}/api/v1/certificates/{row.code}"
        return cls(
            code=row.code,
            valid=row.is_valid,
            name=row.learner_name,
            course=row.course_title,
            instructor=row.instructor_name,
            issued_at=row.issued_at,
            revoked=not row.is_valid,
            revoked_at=row.revoked_at,
            url=f"{address}/pdf",
            credential_url=f"{address}/credential",
        )


class IssuerProfile(BaseModel):
    """An Open Badges 3.0 profile, without the envelope."""

    model_config = ConfigDict(extra="allow")

    id: str
    type: list[str]
    name: str
    url: str


class DidDocument(BaseModel):
    """A DID document, without the envelope."""

    model_config = ConfigDict(extra="allow")

    id: str
    verificationMethod: list[dict[str, Any]]  # noqa: N815  # the name on the wire
    assertionMethod: list[str]  # noqa: N815  # as above
