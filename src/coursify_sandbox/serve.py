"""`coursify sandbox serve`: the API as `coursify serve` serves it, with the demo at /demo and the guide at /guide."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from coursify.app import build, wrap
from coursify.commands.serve import drain_on_signal, run_server
from coursify.core.http.middleware import App
from coursify.core.logging import configure_logging
from coursify.core.settings import load_settings
from coursify_sandbox import demo
from coursify_sandbox.guide import routes as guide
from coursify_sandbox.supervisor.plan import refuse_production


def serve(
    *,
    host: str = "127.0.0.1",
    port: Annotated[int, Parameter(env_var="PORT")] = 8000,
    workers: Annotated[int, Parameter(env_var="WEB_CONCURRENCY")] = 1,
) -> None:
    """Listen on HOST:PORT with WORKERS processes."""
    create = f"{__name__}:create_app"
    run_server(create, f"{__name__}:create_worker_app", host=host, port=port, workers=workers)


def create_app() -> App:
    """The application of the sandbox. Raises SandboxError in production."""
    settings = load_settings()
    refuse_production({"ENVIRONMENT": settings.app.environment})
    configure_logging(settings.app)
    app = build(settings)
    demo.install(app, settings)
    guide.install(app)
    return wrap(app, settings)


def create_worker_app() -> App:
    """The application in one of several processes."""
    drain_on_signal()
    return create_app()
