"""Which parameters a controller and its dependencies take."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel


def path_params(dependant: Dependant) -> list[ModelField]:
    """The path parameters of a controller and of its dependencies."""
    below = [param for each in dependant.dependencies for param in path_params(each)]
    return [*dependant.path_params, *below]


def query_names(dependant: Dependant) -> Iterator[str]:
    """The names of the query parameters of a controller and of its dependencies; a model gives those of its fields."""
    for field in dependant.query_params:
        annotation = field.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from (each.alias or name for name, each in annotation.model_fields.items())
        else:
            yield field.alias
    for each in dependant.dependencies:
        yield from query_names(each)
