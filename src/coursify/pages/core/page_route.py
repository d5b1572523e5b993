"""The route class of pages: as an operation of the API, but with a cookie, forms and HTML.

The same policy, rate limit and transaction: COMMIT before the response is sent. A person who is not signed in goes to
the sign-in page; a refused form is shown again at its page, with what was typed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError

from coursify.core.caller import Caller
from coursify.core.errors import AppError, Forbidden, StepUpRequired, TooLarge, Unauthorized, Unavailable
from coursify.core.http.bodies import Receive, drop_empty_parameters, is_declared_larger, limited, limited_stream
from coursify.core.http.context import RouteContext, context_of, resources_of
from coursify.core.http.dependencies import CALLER
from coursify.core.http.exception_handlers import error_of
from coursify.core.http.route import Handler, Route, check_parameters, run_handler
from coursify.core.policy import Policy, Who
from coursify.core.pools import UNAVAILABLE
from coursify.modules.identity.authenticator import IdentityResources
from coursify.modules.identity.guards import authenticate_session
from coursify.modules.identity.queries import sessions
from coursify.pages.core.cookies import PageSession
from coursify.pages.core.errors import FormExpired
from coursify.pages.core.forms import (
    REFUSED_FORM,
    FormRequest,
    RefusedForm,
    check_file_form,
    read_form,
)
from coursify.pages.core.page import SIGN_IN, STEP_UP, cookies_of, render_error, see_other, token_of

Controller = TypeVar("Controller", bound=Callable[..., Awaitable[Response]])
# Shown beside the form that was sent; every other refusal is a page of its own.
SHOWN_AT_FORM = frozenset({400, 401, 403, 409, 412, 413, 415, 422, 429})


class PageRoute(Route):
    """One page, or one form that a page sends. `form_page` shows the form again when it was refused."""

    def __init__(
        self, path: str, controller: Callable[..., Awaitable[Response]], *, form_page: PageRoute | None, **options: Any
    ) -> None:
        super().__init__(path, controller, tag="pages", response_model=None, include_in_schema=False, **options)
        self.form_page = form_page

    def get_route_handler(self) -> Handler:
        handler, ids = self.get_plain_handler(), self.id_parameters()
        self.plain_handler = handler

        async def handle(request: Request) -> Response:
            context = context_of(request.app)
            drop_empty_parameters(request, self.query_names)
            sent = FormRequest(request.scope, self.limit_body(request.receive, self.policy.max_body_bytes))
            try:
                return await self._serve(context, sent, handler, ids)
            except RequestValidationError as error:
                return await self._refuse(context, sent, error_of(error))
            except AppError as error:
                return await self._refuse(context, sent, error)
            except UNAVAILABLE as error:
                raise Unavailable from error

        return handle

    def limit_body(self, receive: Receive, max_bytes: int) -> Receive:
        return limited(receive, max_bytes)

    def render_failure(self, request: Request, error: AppError) -> Response:
        return render_error(request, error)

    async def _serve(
        self, context: RouteContext, request: FormRequest, handler: Handler, ids: tuple[str, ...]
    ) -> Response:
        session = await self._admit(context, request)
        if session and session.is_due(resources_of(request, IdentityResources).clock.wall()):
            await _touch(resources_of(request, IdentityResources), session)
        if self.method == "POST":
            await read_form(request, token_of(request))
        check_parameters(request, ids)
        try:
            async with asyncio.timeout(self.policy.seconds) as timeout:
                response = await run_handler(context, request, handler)
        except TimeoutError as error:
            if timeout.expired():
                raise Unavailable from error
            raise
        _renew(request, response, session)
        return response

    async def _admit(self, context: RouteContext, request: FormRequest) -> PageSession | None:
        """Authenticate by the cookie and count the request, before anything of its body is read."""
        resources = resources_of(request, IdentityResources)
        session = cookies_of(request).read_session(request)
        if session and session.is_idle(resources.clock.wall()):
            session = None
        try:
            caller = await _authenticate(resources, request, self.policy, session)
        except AppError:
            context.limit(request.scope, self.policy, None)
            raise
        request.scope[CALLER] = caller
        context.limit(request.scope, self.policy, caller)
        return session if caller else None

    async def _refuse(self, context: RouteContext, request: FormRequest, error: AppError) -> Response:
        if isinstance(error, StepUpRequired):
            return see_other(request, f"{STEP_UP}?next={quote(_address(request))}")
        if isinstance(error, Unauthorized) and self.policy.who is not Who.ANYONE and self.method == "GET":
            return see_other(request, f"{SIGN_IN}?next={quote(_address(request))}")
        is_shown = error.status in SHOWN_AT_FORM and not isinstance(error, FormExpired)
        if self.form_page is None or not is_shown or request.scope.get(CALLER, self) is self:
            return render_error(request, error)
        again = FormRequest({**request.scope, "method": "GET"}, request.receive)
        again.scope[REFUSED_FORM] = RefusedForm.of(request, error)
        try:
            response = await run_handler(context, again, self.form_page.plain_handler)
        except (AppError, RequestValidationError):
            # The page has gone as well: what was refused first is the reason.
            return render_error(request, error)
        response.status_code = error.status
        response.headers.update({name: value for name, value in error.headers.items() if name == "Retry-After"})
        return response


class FileRoute(PageRoute):
    """A form with a file. Its controller reads it as it arrives (`page.file_form`) and opens its own transactions."""

    def limit_body(self, receive: Receive, max_bytes: int) -> Receive:
        return limited_stream(receive, max_bytes)

    async def _serve(
        self, context: RouteContext, request: FormRequest, handler: Handler, ids: tuple[str, ...]
    ) -> Response:
        session = await self._admit(context, request)
        if session and session.is_due(resources_of(request, IdentityResources).clock.wall()):
            await _touch(resources_of(request, IdentityResources), session)
        check_file_form(request, token_of(request))
        if is_declared_larger(request.headers.get("content-length", "").encode(), self.policy.max_body_bytes):
            raise TooLarge
        check_parameters(request, ids)
        response = await handler(request)
        _renew(request, response, session)
        return response


async def _authenticate(
    resources: IdentityResources, request: Request, policy: Policy, session: PageSession | None
) -> Caller | None:
    """As the API, except that a page for anyone ignores a session that has ended."""
    if session is None:
        if policy.who is Who.ANYONE:
            return None
        raise Unauthorized
    try:
        return await authenticate_session(
            resources, request, policy, user_id=session.user_id, session_id=session.session_id
        )
    except (Unauthorized, Forbidden):
        if policy.who is Who.ANYONE:
            return None
        raise


async def _touch(resources: IdentityResources, session: PageSession) -> None:
    """The person sees when each session was last used: as a refresh of a token does, a renewal of the cookie counts."""
    async with resources.database.transaction() as (db, now):
        await sessions.touch_session(db, session.session_id, now=now)


def _renew(request: Request, response: Response, session: PageSession | None) -> None:
    now = resources_of(request, IdentityResources).clock.wall()
    if session and session.is_due(now) and "set-cookie" not in response.headers:
        cookies_of(request).write_session(response, user_id=session.user_id, session_id=session.session_id, now=now)


def _address(request: Request) -> str:
    """Where the person goes on afterwards. A form begins again at its page, which has the same path."""
    query = request.url.query if request.method == "GET" else ""
    return request.url.path + (f"?{query}" if query else "")


class Pages:
    """Declares the pages of one area: path, id, policy, and for a form the page that has it."""

    def __init__(self) -> None:
        self.routes: list[PageRoute] = []

    def get(self, path: str, *, page_id: str, policy: Policy) -> Callable[[Controller], PageRoute]:
        def declare(controller: Controller) -> PageRoute:
            return self._add(
                PageRoute(path, controller, method="GET", operation_id=page_id, policy=policy, form_page=None)
            )

        return declare

    def post(
        self, path: str, *, page_id: str, policy: Policy, form_page: PageRoute | None = None
    ) -> Callable[[Controller], PageRoute]:
        def declare(controller: Controller) -> PageRoute:
            return self._add(
                PageRoute(path, controller, method="POST", operation_id=page_id, policy=policy, form_page=form_page)
            )

        return declare

    def post_file(
        self, path: str, *, page_id: str, policy: Policy, form_page: PageRoute
    ) -> Callable[[Controller], PageRoute]:
        """A form with a file (`multipart/form-data`)."""

        def declare(controller: Controller) -> PageRoute:
            return self._add(
                FileRoute(path, controller, method="POST", operation_id=page_id, policy=policy, form_page=form_page)
            )

        return declare

    def _add(self, route: PageRoute) -> PageRoute:
        self.routes.append(route)
        return route
