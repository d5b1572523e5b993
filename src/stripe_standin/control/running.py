"""What a test asks of the stand-in itself: its calls, faults, settings, clock and memory."""

from stripe_standin.aging import age
from stripe_standin.delivery import Deliverer, flush
from stripe_standin.errors import InvalidParameters
from stripe_standin.faults import Faults, read_faults
from stripe_standin.settings import current_settings, read_settings, store_settings
from stripe_standin.standin import Call, new_call
from stripe_standin.store import deliveries
from stripe_standin.store.schema import empty_database
from stripe_standin.store.settings import write_setting
from stripe_standin.vocabulary import Json

FLUSH_SECONDS = 10.0


def get_calls(call: Call) -> Json:
    """The last calls made with the secret key: what was asked, with its parameters, and how it was answered."""
    return {"calls": list(call.standin.calls)}


def get_faults(call: Call) -> Json:
    """The faults that are on."""
    return call.standin.faults.as_json()


def set_faults(call: Call) -> Json:
    """What is given replaces what stood, and survives restarts."""
    faults = read_faults(call.params)
    write_setting(call.database, "faults", call.params)
    call.standin.faults = faults
    return faults.as_json()


def get_settings(call: Call) -> Json:
    """The settings in force."""
    return current_settings(call.database).as_json()


def set_settings(call: Call) -> Json:
    """What is given replaces what was set; what is not given gets its default."""
    settings = read_settings(call.params)
    store_settings(call.database, settings)
    return settings.as_json()


def get_clock(call: Call) -> Json:
    """The stand-in's time and its distance from the real one."""
    return {"now": call.now, "offset_seconds": call.standin.clock.offset()}


def set_clock(call: Call) -> Json:
    """Move the clock that API, worker and stand-ins share, to an offset or further on, and do what became due."""
    clock = call.standin.clock
    given = {name: call.params[name] for name in ("offset_seconds", "advance_seconds") if name in call.params}
    if len(given) != 1 or not all(isinstance(value, int | float) for value in given.values()):
        message = "Give either offset_seconds or advance_seconds, a number."
        raise InvalidParameters(message)
    clock.set_offset(
        given["offset_seconds"] if "offset_seconds" in given else clock.offset() + given["advance_seconds"]
    )
    age(new_call(call.standin))
    return {"now": clock.now(), "offset_seconds": clock.offset()}


def reset(call: Call) -> Json:
    """Forget everything: objects, deliveries, idempotency keys, faults, settings, calls; the clock stays."""
    empty_database(call.database)
    call.standin.faults = Faults()
    call.standin.calls.clear()
    return {"reset": True}


async def flush_all(deliverer: Deliverer, call: Call) -> Json:
    """Deliver everything that is owed now, and count."""
    limit = call.params.get("limit_seconds", FLUSH_SECONDS)
    before = deliverer.delivered, deliverer.failed
    await flush(deliverer, float(limit) if isinstance(limit, int | float) else FLUSH_SECONDS)
    return {
        "delivered": deliverer.delivered - before[0],
        "failed": deliverer.failed - before[1],
        "pending": deliveries.count_owed(call.database),
    }
