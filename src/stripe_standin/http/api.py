"""Handles an API call: authentication, faults, idempotency, parameters, transaction, response."""

from __future__ import annotations

import asyncio
import hashlib
import re
from dataclasses import dataclass

import orjson
from starlette.requests import Request
from starlette.responses import Response

from stripe_standin.errors import InvalidParameters, StripeError
from stripe_standin.faults import CallFaults, occurs
from stripe_standin.http.authentication import SECRET_NEEDED, Caller, authenticate
from stripe_standin.http.expand import check_paths, expand
from stripe_standin.http.forms import parse_form
from stripe_standin.http.operations import Operation, find_operation
from stripe_standin.http.parameter_types import parse_object
from stripe_standin.http.render import render_object
from stripe_standin.http.responses import encode_json, json_response, preflight_response
from stripe_standin.ids import new_id
from stripe_standin.json_types import Json
from stripe_standin.standin import Call, Standin
from stripe_standin.store import idempotency
from stripe_standin.store.idempotency import StoredResponse
from stripe_standin.store.transaction import savepoint, transaction

MAX_BODY = 1024 * 1024
MAX_KEY = 255
HANG_SECONDS = 90
VERSION = re.compile(r"^\d{4}-\d{2}-\d{2}(\.[a-z_]+)?$")
SERVER_ERROR = "An unknown error occurred (a fault of the stand-in)."


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """An authenticated call of a known operation, before its parameters are validated."""

    request_id: str
    method: str
    path: str
    caller: Caller
    operation: Operation
    object_id: str
    raw: Json
    idempotency_key: str | None


async def respond(standin: Standin, request: Request) -> Response:
    """Respond to an API call; a StripeError becomes its error body."""
    if request.method == "OPTIONS":
        return preflight_response()
    request_id = new_id("req", 14)
    try:
        api_request = await parse_request(standin, request, request_id)
        return await respond_with_faults(standin, request, api_request)
    except StripeError as error:
        return json_response(error.status, encode_json({"error": error.error}), request_id)


async def parse_request(standin: Standin, request: Request, request_id: str) -> ApiRequest:
    """Parse the parameters, authenticate the caller and find the operation."""
    raw = await read_parameters(request)
    caller = authenticate(standin.config, request.headers.getlist("authorization"), raw)
    version = raw.pop("_stripe_version", None) or request.headers.get("stripe-version")
    raw.pop("_stripe_account", None)
    if version and not VERSION.match(str(version)):
        message = f"Invalid Stripe API version: {version}"
        raise StripeError(message)
    path = request.url.path
    found = find_operation(request.method, path)
    if found is None:
        message = (
            f"Unrecognized request URL ({request.method}: {path}). If you are trying to list objects, remove the "
            "trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) "
            "identifier in your code. The home page of the stand-in lists what it models."
        )
        raise StripeError(message, status=404)
    if caller.is_publishable and not found[0].is_publishable:
        raise StripeError(SECRET_NEEDED, status=403, code="secret_key_required")
    key = request.headers.get("idempotency-key") if request.method == "POST" else None
    if key is not None and not 0 < len(key) <= MAX_KEY:
        message = f"Idempotency keys must be between 1 and {MAX_KEY} characters long."
        raise StripeError(message, kind="idempotency_error")
    return ApiRequest(request_id, request.method, path, caller, *found, raw, key)


async def read_parameters(request: Request) -> Json:
    """The parameters of the query string and the form in the body."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            message = "The request is too large."
            raise StripeError(message, status=413)
    content_type = request.headers.get("content-type", "application/x-www-form-urlencoded")
    if body and not content_type.startswith("application/x-www-form-urlencoded"):
        message = (
            "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any "
            "questions, we can help at https://support.stripe.com/."
        )
        raise InvalidParameters(message)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        message = "Invalid request: the body is not UTF-8."
        raise InvalidParameters(message) from error
    return parse_form("&".join(part for part in (request.url.query, text) if part))


async def respond_with_faults(standin: Standin, request: Request, api_request: ApiRequest) -> Response:
    """Respond, unless a fault rejects the call, drops it, or applies it and drops the response."""
    faults = standin.faults.for_call(api_request.method, api_request.path)
    if occurs(faults.rate_limited):
        message = "Request rate limit exceeded. See https://stripe.com/docs/rate-limits."
        raise StripeError(message, status=429, code="rate_limit")
    if occurs(faults.timeout):
        await hang(request)
    response = await respond_once(standin, api_request, faults)
    if occurs(faults.applied_unanswered):
        await hang(request)
    if occurs(faults.applied_server_error):
        raise StripeError(SERVER_ERROR, status=500, kind="api_error")
    return response


async def hang(request: Request) -> None:
    """Do not respond until the client disconnects or HANG_SECONDS have passed."""
    try:
        async with asyncio.timeout(HANG_SECONDS):
            while not await request.is_disconnected():  # noqa: ASYNC110 - a connection has no event to wait for
                await asyncio.sleep(0.05)
    except TimeoutError:
        pass
    message = "The stand-in did not respond (a fault)."
    raise StripeError(message, status=503, kind="api_error")


async def respond_once(standin: Standin, api_request: ApiRequest, faults: CallFaults) -> Response:
    """Run the call, or replay the response that is stored for its idempotency key."""
    if api_request.idempotency_key is None:
        return await run(standin, api_request, faults)
    replay = find_replay(standin, api_request, api_request.idempotency_key)
    if replay is not None:
        return replay
    running = (api_request.caller.key, api_request.idempotency_key)
    if running in standin.keys_in_use:
        message = (
            "There is currently another in-progress request using this Idempotency-Key (that probably means you "
            f"submitted twice, and the other request is still going through): {api_request.idempotency_key}."
        )
        raise StripeError(message, status=409, kind="idempotency_error", code="idempotency_key_in_use")
    standin.keys_in_use.add(running)
    try:
        return await run(standin, api_request, faults)
    finally:
        standin.keys_in_use.discard(running)


def find_replay(standin: Standin, api_request: ApiRequest, key: str) -> Response | None:
    """The stored response of a key, or None; the key of a different request is an error."""
    stored = idempotency.find_response(standin.database, api_request.caller.key, key, standin.clock.now())
    if stored is None:
        return None
    if stored.fingerprint != fingerprint(api_request):
        message = (
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try "
            f"using a key other than '{key}' if you meant to execute a different request."
        )
        raise StripeError(message, kind="idempotency_error")
    return json_response(
        stored.status,
        stored.body,
        api_request.request_id,
        Idempotent_Replayed="true",
        Original_Request=stored.request_id,
        Idempotency_Key=key,
    )


def fingerprint(api_request: ApiRequest) -> str:
    """A hash of path and parameters, which must be equal for a replay."""
    text = orjson.dumps([api_request.path, api_request.raw], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()


async def run(standin: Standin, api_request: ApiRequest, faults: CallFaults) -> Response:
    """Validate the parameters, then run the operation and store its response in one transaction."""
    operation = api_request.operation
    params = parse_object(operation.parameters, api_request.raw, "")
    is_list = operation.method == "GET" and not api_request.object_id
    paths = check_paths(operation.kind, params.pop("expand", []), is_list=is_list)
    if faults.latency:
        await asyncio.sleep(faults.latency)
    call = Call(
        standin=standin,
        now=standin.clock.now(),
        params=params,
        object_id=api_request.object_id,
        is_publishable=api_request.caller.is_publishable,
        request_id=api_request.request_id,
        idempotency_key=api_request.idempotency_key,
    )
    with transaction(standin.database):
        status, body = simulate_server_error() if occurs(faults.server_error) else execute(call, operation, paths)
        if api_request.idempotency_key is not None:
            response = StoredResponse(fingerprint(api_request), api_request.request_id, status, body)
            idempotency.save_response(
                standin.database, api_request.caller.key, api_request.idempotency_key, response, call.now
            )
    standin.deliveries_pending.set()
    record_call(standin, api_request, params, status)
    headers = {"Idempotency_Key": api_request.idempotency_key} if api_request.idempotency_key is not None else {}
    return json_response(status, body, api_request.request_id, **headers)


def record_call(standin: Standin, api_request: ApiRequest, params: Json, status: int) -> None:
    """Record a call with the secret key for `/_control/calls`, without card and account numbers."""
    if not api_request.caller.is_publishable and api_request.operation.kind != "payment_method":
        recorded = {name: value for name, value in params.items() if name != "payment_method_data"}
        entry = {"method": api_request.method, "path": api_request.path, "params": recorded, "status": status}
        standin.calls.append(entry | {"idempotency_key": api_request.idempotency_key})


def execute(call: Call, operation: Operation, paths: list[list[str]]) -> tuple[int, bytes]:
    """Run an operation; an error rolls back its changes unless it keeps them. Return status and body."""
    committed_error: StripeError | None = None
    try:
        with savepoint(call.database):
            try:
                found = operation.run(call)
            except StripeError as error:
                if not error.keeps_changes:
                    raise
                committed_error = error
    except StripeError as error:
        return error.status, encode_json({"error": error.error})
    if committed_error is not None:
        return committed_error.status, encode_json({"error": committed_error.error})
    body = render_object(call, found)
    if "data" in body and body.get("object") == "list":
        body["data"] = [render_object(call, item) for item in body["data"]]
    for steps in paths:
        for item in body["data"] if body.get("object") == "list" else [body]:
            expand(call, item, steps)
    return 200, encode_json(body)


def simulate_server_error() -> tuple[int, bytes]:
    """The 500 of a fault: nothing is done, and the idempotency key stores the response."""
    error = StripeError(SERVER_ERROR, status=500, kind="api_error")
    return error.status, encode_json({"error": error.error})
