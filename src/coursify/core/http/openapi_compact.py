"""Makes the OpenAPI document small and easy to generate clients from; its meaning stays the same.

- Examples and failures that several operations have are written once, under `components`.
- A nullable type is a list (`["string", "null"]`); a query parameter is absent instead of null.
- No body has defaults: generators send those of a request, and make those of a response optional.
- Each failure lists its codes; a body that is either of two things is `oneOf`.
- Titles that repeat the field's name are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from coursify.core.http.openapi_either import split_either
from coursify.core.http.openapi_failures import list_codes, share_examples, share_failures

Json = dict[str, Any]

_SCHEMAS = "#/components/schemas/"
# The keywords of a schema whose value is a schema, a list of schemas, or schemas by name.
_ONE = ("items", "additionalProperties")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_NAMED = ("properties", "$defs")


def compact(document: Json) -> Json:
    """The smaller document."""
    document = _rename_schemas(document)
    components = document["components"]
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    for schema in [*components["schemas"].values(), *_inline_schemas(operations)]:
        _simplify(schema)
    for operation in operations:
        for parameter in operation.get("parameters", ()):
            _drop_null(parameter["schema"])
            _drop_foreign_default(parameter["schema"])
    requested = _request_schemas(components["schemas"], operations)
    for name, schema in components["schemas"].items():
        _drop_defaults(schema, is_sent=name not in requested)
    split_either(components["schemas"])
    components["schemas"] = dict(sorted(components["schemas"].items()))
    list_codes(operations)
    components["examples"] = share_examples(operations)
    components["responses"] = share_failures(operations)
    return document


def _rename_schemas(document: Json) -> Json:
    """FastAPI calls a generic model `Envelope_CheckoutOut_`; its title is the name that the class has."""
    text = json.dumps(document)
    for name, schema in document["components"]["schemas"].items():
        text = text.replace(f'"{_SCHEMAS}{name}"', f'"{_SCHEMAS}{schema["title"]}"')
    renamed: Json = json.loads(text)
    schemas = renamed["components"]["schemas"]
    renamed["components"]["schemas"] = dict(sorted((schema["title"], schema) for schema in schemas.values()))
    if len(renamed["components"]["schemas"]) < len(schemas):
        raise AssertionError("two schemas of the API have one name")
    return renamed


def _inline_schemas(operations: list[Json]) -> Iterator[Json]:
    for operation in operations:
        yield from (parameter["schema"] for parameter in operation.get("parameters", ()))
        for part in [operation.get("requestBody", {}), *operation["responses"].values()]:
            yield from (media["schema"] for media in part.get("content", {}).values() if "schema" in media)


def _simplify(schema: Json) -> None:
    """Without titles, nullable types as lists; in every part."""
    schema.pop("title", None)
    for limit in ("minimum", "maximum", "exclusiveMinimum"):
        if schema.get("type") == "integer" and limit in schema:
            schema[limit] = int(schema[limit])
    for part in _parts_of(schema):
        _simplify(part)
    for field in schema.get("properties", {}).values():
        if field.get("type") == "null":
            # No generator knows a type whose only value is null.
            field.update({"type": ["object", "null"], "additionalProperties": False, "description": "always null"})
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) == 1 and len(schema["anyOf"]) == 2 and isinstance(kinds[0].get("type"), str):
        del schema["anyOf"]
        schema.update(kinds[0] | schema)
        schema["type"] = [schema["type"], "null"]
        if "const" in schema:
            schema["enum"] = [schema.pop("const")]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]


def _parts_of(schema: Json) -> Iterator[Json]:
    for keyword in _ONE:
        if isinstance(schema.get(keyword), dict):
            yield schema[keyword]
    for keyword in _LISTS:
        yield from schema.get(keyword, ())
    for keyword in _NAMED:
        yield from schema.get(keyword, {}).values()


def _drop_null(schema: Json) -> None:
    if isinstance(schema.get("type"), list):
        schema["type"] = schema["type"][0]
        if "enum" in schema:
            schema["enum"] = [value for value in schema["enum"] if value is not None]


def _drop_foreign_default(schema: Json) -> None:
    """The default of a list in one string (`category=data,design`) is an empty list for us alone."""
    if schema.get("type") == "string" and not isinstance(schema.get("default", ""), str):
        del schema["default"]


def _drop_defaults(schema: Json, *, is_sent: bool) -> None:
    """`is_sent`: it is a part of a response, which always has the fields that have a default."""
    for name, field in schema.get("properties", {}).items():
        if "default" in field:
            del field["default"]
            if is_sent:
                schema["required"] = [*schema.get("required", ()), name]


def _request_schemas(schemas: Json, operations: list[Json]) -> set[str]:
    """The names of the schemas that a request body consists of."""
    found: set[str] = set()
    bodies = [operation["requestBody"] for operation in operations if "requestBody" in operation]
    waiting = [media["schema"] for body in bodies for media in body["content"].values()]
    while waiting:
        schema = waiting.pop()
        name = schema.get("$ref", "").removeprefix(_SCHEMAS)
        if name and name not in found:
            found.add(name)
            waiting.append(schemas[name])
        waiting += _parts_of(schema)
    return found
