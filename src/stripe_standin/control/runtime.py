"""Operations on the stand-in itself: recorded calls, faults, settings, clock, reset."""

from __future__ import annotations

from stripe_standin.errors import InvalidParameters
from stripe_standin.faults import Faults, parse_faults
from stripe_standin.json_types import Json
from stripe_standin.scheduler import run_due_work
from stripe_standin.settings import load_settings, parse_settings, save_settings
from stripe_standin.standin import Call, new_call
from stripe_standin.store import deliveries
from stripe_standin.store.schema import empty_database
from stripe_standin.store.settings import write_setting
from stripe_standin.webhook_delivery import WebhookSender, flush_deliveries

FLUSH_SECONDS = 10.0


def get_calls(call: Call) -> Json:
    """The last calls with the secret key: method, path, parameters and status."""
    return {"calls": list(call.standin.calls)}


def get_faults(call: Call) -> Json:
    """The active faults."""
    return call.standin.faults.as_json()


def set_faults(call: Call) -> Json:
    """Replace all faults; they survive a restart."""
    faults = parse_faults(call.params)
    write_setting(call.database, "faults", call.params)
    call.standin.faults = faults
    return faults.as_json()


def get_settings(call: Call) -> Json:
    """The current settings."""
    return load_settings(call.database).as_json()


def set_settings(call: Call) -> Json:
    """Replace all settings; a setting that is not given gets its default."""
    settings = parse_settings(call.params)
    save_settings(call.database, settings)
    return settings.as_json()


def get_clock(call: Call) -> Json:
    """The stand-in's time and its offset from real time."""
    return {"now": call.now, "offset_seconds": call.standin.clock.offset()}


def set_clock(call: Call) -> Json:
    """Set the offset of the shared clock or advance it, and do the work that became due."""
    clock = call.standin.clock
    given = {name: call.params[name] for name in ("offset_seconds", "advance_seconds") if name in call.params}
    if len(given) != 1 or not all(isinstance(value, int | float) for value in given.values()):
        message = "Give either offset_seconds or advance_seconds, a number."
        raise InvalidParameters(message)
    clock.set_offset(
        given["offset_seconds"] if "offset_seconds" in given else clock.offset() + given["advance_seconds"]
    )
    run_due_work(new_call(call.standin))
    return {"now": clock.now(), "offset_seconds": clock.offset()}


def reset(call: Call) -> Json:
    """Delete objects, deliveries, idempotency keys, faults, settings and recorded calls; keep the clock."""
    empty_database(call.database)
    call.standin.faults = Faults()
    call.standin.calls.clear()
    return {"reset": True}


async def flush(sender: WebhookSender, call: Call) -> Json:
    """Deliver all pending webhooks; return how many succeeded, failed and are pending."""
    limit = call.params.get("limit_seconds", FLUSH_SECONDS)
    before = sender.delivered, sender.failed
    await flush_deliveries(sender, float(limit) if isinstance(limit, int | float) else FLUSH_SECONDS)
    return {
        "delivered": sender.delivered - before[0],
        "failed": sender.failed - before[1],
        "pending": deliveries.count_pending(call.database),
    }
