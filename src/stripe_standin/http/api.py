"""One API call from its first byte to its last: key, faults, idempotency, parameters, transaction, answer."""

import asyncio
import hashlib
import re
from dataclasses import dataclass

import orjson
from starlette.requests import Request
from starlette.responses import Response

from stripe_standin.errors import InvalidParameters, StripeError
from stripe_standin.faults import CallFaults, hits
from stripe_standin.http.answering import encode, json_answer, preflight
from stripe_standin.http.answers import as_answered
from stripe_standin.http.expand import check_paths, expand
from stripe_standin.http.forms import read_form
from stripe_standin.http.keys import SECRET_NEEDED, Caller, identify
from stripe_standin.http.operations import Operation, find_operation
from stripe_standin.http.shapes import read_group
from stripe_standin.ids import new_id
from stripe_standin.standin import Call, Standin
from stripe_standin.store import keys
from stripe_standin.store.keys import StoredAnswer
from stripe_standin.store.transaction import savepoint, transaction
from stripe_standin.vocabulary import Json

MAX_BODY = 1024 * 1024
MAX_KEY = 255
HANG_SECONDS = 90
VERSION = re.compile(r"^\d{4}-\d{2}-\d{2}(\.[a-z_]+)?$")
SERVER_ERROR = "An unknown error occurred: the stand-in was told to fail."


@dataclass(frozen=True, slots=True)
class Asked:
    """A call as it came in, recognised but not yet checked."""

    request_id: str
    method: str
    path: str
    caller: Caller
    operation: Operation
    object_id: str
    raw: Json
    idempotency_key: str | None


async def answer_api(standin: Standin, request: Request) -> Response:
    """The answer to one API call; whatever Stripe would refuse comes out as its error body."""
    if request.method == "OPTIONS":
        return preflight()
    request_id = new_id("req", 14)
    try:
        asked = await recognise(standin, request, request_id)
        return await with_faults(standin, request, asked)
    except StripeError as refusal:
        return json_answer(refusal.status, encode({"error": refusal.error}), request_id)


async def recognise(standin: Standin, request: Request, request_id: str) -> Asked:
    """Read the form, find out who calls and which operation is meant."""
    raw = await read_parameters(request)
    caller = identify(standin.config, request.headers.getlist("authorization"), raw)
    stated = raw.pop("_stripe_version", None) or request.headers.get("stripe-version")
    raw.pop("_stripe_account", None)
    if stated and not VERSION.match(str(stated)):
        message = f"Invalid Stripe API version: {stated}"
        raise StripeError(message)
    path = request.url.path
    found = find_operation(request.method, path)
    if found is None:
        message = (
            f"Unrecognized request URL ({request.method}: {path}). If you are trying to list objects, remove the "
            "trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) "
            "identifier in your code. The stand-in's page / lists what it models."
        )
        raise StripeError(message, status=404)
    if caller.publishable and not found[0].publishable:
        raise StripeError(SECRET_NEEDED, status=403, code="secret_key_required")
    key = request.headers.get("idempotency-key") if request.method == "POST" else None
    if key is not None and not 0 < len(key) <= MAX_KEY:
        message = f"Idempotency keys must be between 1 and {MAX_KEY} characters long."
        raise StripeError(message, kind="idempotency_error")
    return Asked(request_id, request.method, path, caller, *found, raw, key)


async def read_parameters(request: Request) -> Json:
    """The parameters of query string and body together; bodies are forms."""
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
    return read_form("&".join(part for part in (request.url.query, text) if part))


async def with_faults(standin: Standin, request: Request, asked: Asked) -> Response:
    """Answer, unless a fault wants this call limited, lost, or applied and never answered."""
    faults = standin.faults.of_call(asked.method, asked.path)
    if hits(faults.rate_limited):
        message = "Request rate limit exceeded. See https://stripe.com/docs/rate-limits."
        raise StripeError(message, status=429, code="rate_limit")
    if hits(faults.timeout):
        await hang(request)
    response = await answer_once(standin, asked, faults)
    if hits(faults.applied_unanswered):
        await hang(request)
    if hits(faults.applied_server_error):
        raise StripeError(SERVER_ERROR, status=500, kind="api_error")
    return response


async def hang(request: Request) -> None:
    """Say nothing until the client has gone or a long time has passed."""
    try:
        async with asyncio.timeout(HANG_SECONDS):
            while not await request.is_disconnected():  # noqa: ASYNC110 - a connection can only be asked
                await asyncio.sleep(0.05)
    except TimeoutError:
        pass
    message = "The stand-in was told not to answer."
    raise StripeError(message, status=503, kind="api_error")


async def answer_once(standin: Standin, asked: Asked, faults: CallFaults) -> Response:
    """Run the call, or replay the answer that its idempotency key already has."""
    if asked.idempotency_key is None:
        return await run(standin, asked, faults)
    replay = replayed(standin, asked, asked.idempotency_key)
    if replay is not None:
        return replay
    running = (asked.caller.key, asked.idempotency_key)
    if running in standin.running_keys:
        message = (
            "There is currently another in-progress request using this Idempotency-Key (that probably means you "
            f"submitted twice, and the other request is still going through): {asked.idempotency_key}."
        )
        raise StripeError(message, status=409, kind="idempotency_error", code="idempotency_key_in_use")
    standin.running_keys.add(running)
    try:
        return await run(standin, asked, faults)
    finally:
        standin.running_keys.discard(running)


def replayed(standin: Standin, asked: Asked, key: str) -> Response | None:
    """The stored answer of a key, if it has one; the same key with another request is an error."""
    stored = keys.find_answer(standin.database, asked.caller.key, key, standin.clock.now())
    if stored is None:
        return None
    if stored.fingerprint != fingerprint(asked):
        message = (
            "Keys for idempotent requests can only be used with the same parameters they were first used with. Try "
            f"using a key other than '{key}' if you meant to execute a different request."
        )
        raise StripeError(message, kind="idempotency_error")
    return json_answer(
        stored.status,
        stored.body,
        asked.request_id,
        Idempotent_Replayed="true",
        Original_Request=stored.request_id,
        Idempotency_Key=key,
    )


def fingerprint(asked: Asked) -> str:
    """What makes two requests the same: path and parameters."""
    text = orjson.dumps([asked.path, asked.raw], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()


async def run(standin: Standin, asked: Asked, faults: CallFaults) -> Response:
    """Check the parameters, then do all of it in one transaction, the stored answer included."""
    operation = asked.operation
    params = read_group(operation.takes, asked.raw, "")
    is_list = operation.method == "GET" and not asked.object_id
    paths = check_paths(operation.kind, params.pop("expand", []), is_list=is_list)
    if faults.latency:
        await asyncio.sleep(faults.latency)
    call = Call(
        standin=standin,
        now=standin.clock.now(),
        params=params,
        object_id=asked.object_id,
        publishable=asked.caller.publishable,
        request_id=asked.request_id,
        idempotency_key=asked.idempotency_key,
    )
    with transaction(standin.database):
        status, body = refused_by_order() if hits(faults.server_error) else execute(call, operation, paths)
        if asked.idempotency_key is not None:
            answer = StoredAnswer(fingerprint(asked), asked.request_id, status, body)
            keys.store_answer(standin.database, asked.caller.key, asked.idempotency_key, answer, call.now)
    standin.deliveries_owed.set()
    remember(standin, asked, params, status)
    more = {"Idempotency_Key": asked.idempotency_key} if asked.idempotency_key is not None else {}
    return json_answer(status, body, asked.request_id, **more)


def remember(standin: Standin, asked: Asked, params: Json, status: int) -> None:
    """Keep what a server asked, so that tests can hold it against the SDK's types; no card or account number."""
    if not asked.caller.publishable and asked.operation.kind != "payment_method":
        kept = {name: value for name, value in params.items() if name != "payment_method_data"}
        called = {"method": asked.method, "path": asked.path, "params": kept, "status": status}
        standin.calls.append(called | {"idempotency_key": asked.idempotency_key})


def execute(call: Call, operation: Operation, paths: list[list[str]]) -> tuple[int, bytes]:
    """Status and body of an operation; a refusal undoes what was done, unless it says that it stays."""
    kept: StripeError | None = None
    try:
        with savepoint(call.database):
            try:
                found = operation.run(call)
            except StripeError as refusal:
                if not refusal.keep:
                    raise
                kept = refusal
    except StripeError as refusal:
        return refusal.status, encode({"error": refusal.error})
    if kept is not None:
        return kept.status, encode({"error": kept.error})
    answer = as_answered(call, found)
    if "data" in answer and answer.get("object") == "list":
        answer["data"] = [as_answered(call, item) for item in answer["data"]]
    for steps in paths:
        for item in answer["data"] if answer.get("object") == "list" else [answer]:
            expand(call, item, steps)
    return 200, encode(answer)


def refused_by_order() -> tuple[int, bytes]:
    """The 500 that a fault wanted: nothing was done, and the key remembers it."""
    error = StripeError(SERVER_ERROR, status=500, kind="api_error")
    return error.status, encode({"error": error.error})
