"""`make clients`: writes the typed Python client from openapi.json: `types.py`, `codes.py` and `operations.py`.

The types are TypedDicts with the names of the wire. Each operation is a method, named by its operation id.
"""

from __future__ import annotations

import json
import keyword
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruff.__main__ import find_ruff_bin

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "clients" / "python" / "coursify_client"
GENERATED = (
    '"""Generated from openapi.json by `make clients`; do not edit."""\n\nfrom __future__ import annotations\n\n'
)
PRIMITIVES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
JSON = "application/json"

Json = dict[str, Any]


def generate(document: Json) -> dict[str, str]:
    """The content of each generated file, by its name."""
    return {
        "types.py": render_types(document["components"]["schemas"]),
        "codes.py": render_codes(document),
        "operations.py": render_operations(document),
    }


def operations_of(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Method, path and description of each operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def type_of(schema: Json, prefix: str = "") -> str:
    """The annotation of a schema; `prefix` is put before the names of types."""
    if "$ref" in schema:
        return prefix + str(schema["$ref"].rpartition("/")[2])
    for keyword_ in ("anyOf", "oneOf"):
        if keyword_ in schema:
            return " | ".join(type_of(part, prefix) for part in schema[keyword_])
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return f"Literal[{', '.join(repr(value) for value in values)}]"
    kinds = schema.get("type", "any")
    return " | ".join(_type_of_kind(kind, schema, prefix) for kind in (kinds if isinstance(kinds, list) else [kinds]))


def _type_of_kind(kind: str, schema: Json, prefix: str) -> str:
    if kind == "array":
        return f"list[{type_of(schema.get('items', {}), prefix)}]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"dict[str, {type_of(values, prefix) if isinstance(values, dict) else 'Any'}]"
    return PRIMITIVES.get(kind, "Any")


def render_types(schemas: Json) -> str:
    parts = [GENERATED, "from typing import Any, Literal, NotRequired, TypedDict\n"]
    aliases = [(name, schema) for name, schema in schemas.items() if "properties" not in schema]
    for name, schema in schemas.items():
        if "properties" in schema:
            parts.append(_render_typed_dict(name, schema))
    parts += [f"\n\n{name} = {type_of(schema)}\n" for name, schema in aliases]
    return "".join(parts)


def _render_typed_dict(name: str, schema: Json) -> str:
    """In the functional form if a field is a word of Python's (`from`)."""
    required = set(schema.get("required", ()))
    fields = {
        field: text if field in required else f"NotRequired[{text}]"
        for field, text in ((field, type_of(part)) for field, part in schema["properties"].items())
    }
    if any(keyword.iskeyword(field) for field in fields):
        listed = "".join(f"        {field!r}: {text!r},\n" for field, text in fields.items())
        return f"\n\n{name} = TypedDict(\n    {name!r},\n    {{\n{listed}    }},\n)\n"
    docstring = _docstring(schema.get("description", ""), 4)
    lines = "".join(f"    {field}: {text}\n" for field, text in fields.items())
    return f"\n\nclass {name}(TypedDict):\n{docstring}{lines or '    pass' + chr(10)}"


def _docstring(text: str, indent: int) -> str:
    if not text:
        return ""
    lines = text.strip().replace("\\", "\\\\").replace('"""', "'''").splitlines()
    body = ("\n" + " " * indent).join(line.strip() for line in lines)
    return f'{" " * indent}"""{body}{" " if body.endswith(chr(34)) else ""}"""\n'


def codes_of(document: Json, operation: Json) -> list[str]:
    """Every error code that the operation may answer."""
    codes: set[str] = set()
    for status, response in operation["responses"].items():
        if status[0] in "45":
            media = _resolve(document, response).get("content", {}).get(JSON, {})
            codes |= set(media.get("examples", ()))
    return sorted(codes)


def _resolve(document: Json, part: Json) -> Json:
    for step in part["$ref"].removeprefix("#/").split("/") if "$ref" in part else ():
        document = document[step]
    return document if "$ref" in part else part


def render_codes(document: Json) -> str:
    parts = [GENERATED, "from typing import Literal\n"]
    for _method, _path, operation in operations_of(document):
        listed = "".join(f'    "{code}",\n' for code in codes_of(document, operation))
        parts.append(f"\n{_camel(operation['operationId'])}Code = Literal[\n{listed}]\n")
    return "".join(parts)


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _snake(name: str) -> str:
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()
    return f"{snake}_" if keyword.iskeyword(snake) else snake


def render_operations(document: Json) -> str:
    head = (
        "from typing import Any, Literal, cast\n\nfrom coursify_client import types\n"
        "from coursify_client.transport import Transport\n\n\n"
        f'class Operations(Transport):\n    """{len(list(operations_of(document)))} operations, by their ids."""\n'
    )
    return GENERATED + head + "".join(_render_operation(*found) for found in operations_of(document))


def _render_operation(method: str, path: str, operation: Json) -> str:
    parameters = operation.get("parameters", [])
    places = {where: [part for part in parameters if part["in"] == where] for where in ("path", "query", "header")}
    signature = [f"{_snake(part['name'])}: str" for part in places["path"]]
    body, encoding = _body_of(operation)
    if body and operation["requestBody"].get("required"):
        signature.append(f"body: {body}")
    named = [f"body: {body} | None = None"] if body and not operation["requestBody"].get("required") else []
    for part in sorted(places["header"] + places["query"], key=lambda part: not part["required"]):
        annotation = type_of(part["schema"], "types.")
        named.append(f"{_snake(part['name'])}: {annotation}" + ("" if part["required"] else " | None = None"))
    result, reads = _result_of(operation)
    arguments = "".join(f"        {part},\n" for part in ["self", *signature, *(["*"] if named else []), *named])
    url = re.sub(r"\{(\w+)\}", lambda found: f"{{self.quote({_snake(found[1])})}}", path)
    call = [f'"{method}"', f'f"{url}"' if places["path"] else f'"{url}"']
    for where in ("query", "header"):
        if places[where]:
            pairs = ", ".join(f'"{part["name"]}": {_snake(part["name"])}' for part in places[where])
            call.append(f"{where}={{{pairs}}}")
    call += [f"{encoding}=body"] if body else []
    call += [f'content_type="{next(iter(operation["requestBody"]["content"]))}"'] if encoding == "content" else []
    listed = "".join(f"            {part},\n" for part in call)
    returned = f"self.{reads}(\n{listed}        )"
    if reads == "send":
        returned = f"cast({result!r}, {returned})"
    doc = _docstring(operation["description"], 8)
    verb = "" if result == "None" else "return "
    return f"\n    def {operation['operationId']}(\n{arguments}    ) -> {result}:\n{doc}        {verb}{returned}\n"


def _body_of(operation: Json) -> tuple[str, str]:
    """The annotation of the body and the argument that sends it; both empty without a body."""
    content = operation.get("requestBody", {}).get("content", {})
    if JSON in content:
        return type_of(content[JSON]["schema"], "types."), "body"
    if "multipart/form-data" in content:
        return "dict[str, Any]", "form"
    return ("bytes", "content") if content else ("", "")


def _result_of(operation: Json) -> tuple[str, str]:
    """The annotation of the response and the method of the transport that reads it."""
    for status, response in operation["responses"].items():
        if status[0] == "2":
            content = response.get("content", {})
            if JSON in content and "$ref" in content[JSON].get("schema", {}):
                return type_of(content[JSON]["schema"], "types."), "send"
            return ("bytes", "fetch") if content else ("None", "fetch")
    raise AssertionError(operation["operationId"])


def format_code(text: str) -> str:
    command = [
        find_ruff_bin(),
        "format",
        "--config",
        str(ROOT / "pyproject.toml"),
        "--stdin-filename",
        "client.py",
        "-",
    ]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def main() -> int:
    for name, text in generate(json.loads((ROOT / "openapi.json").read_text())).items():
        (TARGET / name).write_text(format_code(text))
    return 0


if __name__ == "__main__":
    sys.exit(main())
