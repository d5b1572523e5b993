"""Validates the body of `mail/send`; each error has SendGrid's message and field.

https://www.twilio.com/docs/sendgrid/api-reference/mail-send/errors
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

HELP = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html#message."
ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")
HEADER_NAME = re.compile(r"[!-9;-~]+")
KNOWN = {
    "personalizations", "from", "reply_to", "subject", "content", "headers", "categories", "custom_args",
    "mail_settings", "tracking_settings", "ip_pool_name",
}  # fmt: skip
NOT_MODELED = {"template_id", "sections", "send_at", "batch_id", "asm", "attachments", "reply_to_list"}
KNOWN_IN_PERSONALIZATION = {"to", "cc", "bcc", "from", "subject", "headers", "custom_args"}
RESERVED_HEADERS = {
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding",
    "to", "from", "subject", "reply-to", "cc", "bcc",
}  # fmt: skip
MAX_RECIPIENTS = 1_000
MAX_CUSTOM_ARGS_BYTES = 10_000
MAX_CATEGORIES = 10
MAX_CATEGORY_LENGTH = 255

Body = dict[str, Any]


@dataclass(frozen=True)
class FieldError:
    message: str
    field: str | None = None
    rule: str | None = None

    def as_json(self) -> dict[str, str | None]:
        return {"message": self.message, "field": self.field, "help": HELP + self.rule if self.rule else None}


def find_errors(body: object) -> list[FieldError]:
    """All errors that SendGrid would return; an empty list means that the body is valid."""
    if not isinstance(body, dict):
        return [FieldError("Bad Request")]
    return [
        *_unknown(body, KNOWN, "", not_modeled=NOT_MODELED),
        *_personalizations(body),
        *_from(body),
        *_subject(body),
        *_content(body),
        *_headers(body, ""),
        *_custom_args(body, ""),
        *_categories(body),
    ]


def _unknown(body: Body, known: set[str], prefix: str, *, not_modeled: set[str]) -> list[FieldError]:
    errors = []
    for name in body.keys() - known:
        if name in not_modeled:
            errors.append(FieldError(f"This stand-in does not model {name}.", prefix + name))
        else:
            errors.append(FieldError(f"Additional property {name} is not allowed", prefix + name))
    return errors


def _personalizations(body: Body) -> list[FieldError]:
    blocks = body.get("personalizations")
    if not isinstance(blocks, list) or not blocks:
        message = "The personalizations field is required and must have at least one personalization."
        return [FieldError(message, "personalizations", "personalizations")]
    errors = []
    count = 0
    for index, block in enumerate(blocks):
        prefix = f"personalizations.{index}."
        if not isinstance(block, dict):
            errors.append(FieldError("Invalid type. Expected: object.", prefix[:-1], "personalizations"))
            continue
        not_modeled = {"substitutions", "dynamic_template_data", "send_at"}
        errors += _unknown(block, KNOWN_IN_PERSONALIZATION, prefix, not_modeled=not_modeled)
        errors += _recipients(block, index)
        errors += _headers(block, prefix) + _custom_args(block, prefix)
        count += sum(len(block.get(kind) or []) for kind in ("to", "cc", "bcc"))
    if count > MAX_RECIPIENTS:
        message = "There is a limit of 1000 total recipients (to + cc + bcc) per request."
        errors.append(FieldError(message, "personalizations", "personalizations"))
    return errors


def _recipients(block: Body, index: int) -> list[FieldError]:
    if not isinstance(block.get("to"), list) or not block["to"]:
        message = (
            "The to array is required for all personalization objects, "
            "and must have at least one email object with a valid email address."
        )
        return [FieldError(message, f"personalizations.{index}.to", "personalizations.to")]
    errors = []
    seen: set[str] = set()
    for kind in ("to", "cc", "bcc"):
        for position, recipient in enumerate(block.get(kind) or []):
            field = f"personalizations.{index}.{kind}.{position}.email"
            if not is_address(recipient):
                errors.append(FieldError("Does not contain a valid address.", field, f"personalizations.{kind}"))
                continue
            if recipient["email"].casefold() in seen:
                message = (
                    "Each email address in the personalization block should be unique between to, cc, and bcc. "
                    f"We found the first duplicate instance of [{recipient['email']}] "
                    f"in the personalizations.{index}.{kind} field."
                )
                errors.append(FieldError(message, f"personalizations.{index}", "personalizations"))
            seen.add(recipient["email"].casefold())
    return errors


def is_address(value: object) -> bool:
    """Whether the value is an object with an address and an optional name."""
    if not isinstance(value, dict) or value.keys() - {"email", "name"}:
        return False
    email, name = value.get("email"), value.get("name")
    return isinstance(email, str) and bool(ADDRESS.fullmatch(email)) and isinstance(name, str | None)


def _from(body: Body) -> list[FieldError]:
    errors = []
    if not isinstance(body.get("from"), dict) or "email" not in body["from"]:
        message = (
            "The from object must be provided for every email send. It is an object that requires the email "
            'parameter, but may also contain a name parameter.  e.g. {"email" : "example@example.com"}  or '
            '{"email" : "example@example.com", "name" : "Example Recipient"}.'
        )
        errors.append(FieldError(message, "from.email", "from"))
    elif not is_address(body["from"]):
        message = "The from email does not contain a valid address."
        errors.append(FieldError(message, "from.email", "from"))
    if "reply_to" in body and not is_address(body["reply_to"]):
        message = "The reply_to email does not contain a valid address."
        errors.append(FieldError(message, "reply_to.email", "reply_to"))
    return errors


def _subject(body: Body) -> list[FieldError]:
    blocks = body.get("personalizations")
    blocks = blocks if isinstance(blocks, list) else []
    has_each = all(isinstance(block, dict) and block.get("subject") for block in blocks) and bool(blocks)
    if has_each or (isinstance(body.get("subject"), str) and body["subject"]):
        return []
    message = (
        "The subject is required. You can get around this requirement if you use a template with a subject "
        "defined or if every personalization has a subject defined."
    )
    return [FieldError(message, "subject", "subject")]


def _content(body: Body) -> list[FieldError]:
    blocks = body.get("content")
    if not isinstance(blocks, list) or not blocks:
        message = (
            "Unless a valid template_id is provided, the content parameter is required. There must be at least "
            "one defined content block. We typically suggest both text/plain and text/html blocks are included, "
            "but only one block is required."
        )
        return [FieldError(message, "content", "content")]
    errors = []
    types = []
    for index, block in enumerate(blocks):
        kind = block.get("type") if isinstance(block, dict) else None
        value = block.get("value") if isinstance(block, dict) else None
        types.append(kind)
        if not isinstance(kind, str) or not kind or re.search(r"[;\r\n]", kind):
            message = "The content type must be a string without ';' or line breaks."
            errors.append(FieldError(message, f"content.{index}.type", "content.type"))
        if not isinstance(value, str) or not value:
            message = "The content value must be a string at least one character in length."
            errors.append(FieldError(message, f"content.{index}.value", "content.value"))
    first = [kind for kind in ("text/plain", "text/html") if kind in types]
    if types[: len(first)] != first:
        message = (
            "If present, text/plain and text/html may only be provided once, and must come first: "
            "text/plain, then text/html, then any other content."
        )
        errors.append(FieldError(message, "content", "content"))
    elif len([kind for kind in types if kind in first]) > len(first):
        message = "If present, text/plain and text/html may only be provided once."
        errors.append(FieldError(message, "content", "content"))
    return errors


def _headers(body: Body, prefix: str) -> list[FieldError]:
    headers = body.get("headers", {})
    if not isinstance(headers, dict):
        return [FieldError("Invalid type. Expected: object.", f"{prefix}headers", "headers")]
    errors = []
    for name, value in headers.items():
        field = f"{prefix}headers.{name}"
        if name.casefold() in RESERVED_HEADERS:
            errors.append(FieldError(f"The header {name} is reserved and cannot be set.", field, "headers"))
        elif not HEADER_NAME.fullmatch(name):
            message = "Header names must be ASCII without spaces or colons."
            errors.append(FieldError(message, field, "headers"))
        if not isinstance(value, str) or re.search(r"[\r\n]", value):
            errors.append(FieldError("Header values must be strings without line breaks.", field, "headers"))
    return errors


def _custom_args(body: Body, prefix: str) -> list[FieldError]:
    arguments = body.get("custom_args", {})
    field = f"{prefix}custom_args"
    if not isinstance(arguments, dict):
        return [FieldError("Invalid type. Expected: object.", field, "custom_args")]
    if any(not isinstance(value, str) for value in arguments.values()):
        return [FieldError("All values of custom_args must be strings.", field, "custom_args")]
    if len(json.dumps(arguments).encode()) > MAX_CUSTOM_ARGS_BYTES:
        return [FieldError("The custom_args must not be larger than 10000 bytes.", field, "custom_args")]
    return []


def _categories(body: Body) -> list[FieldError]:
    categories = body.get("categories", [])
    if not isinstance(categories, list) or any(not isinstance(category, str) for category in categories):
        return [FieldError("Categories must be an array of strings.", "categories", "categories")]
    if len(categories) > MAX_CATEGORIES:
        return [FieldError("You can only have 10 categories per message.", "categories", "categories")]
    if len(set(categories)) < len(categories):
        return [FieldError("Categories must be unique.", "categories", "categories")]
    if any(len(category) > MAX_CATEGORY_LENGTH for category in categories):
        return [FieldError("A category must not be longer than 255 characters.", "categories", "categories")]
    return []
