"""A start of the API builds no model of a response, and loads no library that only other processes need."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import gc, sys
from coursify.commands.serve import _import_application
_import_application("coursify.app:create_app")
from coursify.core.schema import Output
from coursify.routes import ROUTES

def below(kind):
    for each in kind.__subclasses__():
        yield each
        yield from below(each)

print([route.id for route in ROUTES if route.response_field or route.response_fields])
print([each.__name__ for each in below(Output) if each.__pydantic_complete__])
print(gc.isenabled(), len(gc.get_objects()) < 10_000 < gc.get_freeze_count())
print([name for name in ("PIL", "procrastinate") if name in sys.modules])
"""


def test_a_start_does_nothing_that_only_later_requests_or_other_processes_need() -> None:
    printed = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout
    assert printed.splitlines() == ["[]", "[]", "True True", "[]"]
