"""Bodies that are either of two things, as `oneOf` of two named schemas."""

from __future__ import annotations

from typing import Any

from coursify.core.schema import EITHER

Json = dict[str, Any]


def split_either(schemas: Json) -> None:
    """A schema with EITHER becomes `oneOf` its forms, each a schema of its own without the other's fields."""
    for name, schema in list(schemas.items()):
        forms: dict[str, list[str]] | None = schema.pop(EITHER, None)
        if forms is None:
            continue
        for form, fields in forms.items():
            properties = {
                field: _not_null(schema["properties"][field], is_first=field == fields[0]) for field in fields
            }
            schemas[form] = schema | {"properties": properties, "required": fields[:1]}
        schemas[name] = {"description": schema.get("description", ""), "oneOf": [_ref(form) for form in forms]}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _not_null(field: Json, *, is_first: bool) -> Json:
    """The field that tells the forms apart is never null."""
    if is_first and isinstance(field.get("type"), list):
        return field | {"type": field["type"][0]}
    return field
