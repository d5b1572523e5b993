"""The life of a supervisor: start, keep running until told to stop, stop in order."""

import asyncio
import signal
import time

from coursify_sandbox.clock import read_offset
from coursify_sandbox.processes import dismiss_watchdog, signal_group
from coursify_sandbox.run_file import remove_run_file, write_run_file
from coursify_sandbox.supervisor.children import Crew, hire, keep_running, stop_child
from coursify_sandbox.supervisor.control import open_control_door
from coursify_sandbox.supervisor.describe import describe
from coursify_sandbox.supervisor.parts import list_parts
from coursify_sandbox.supervisor.plan import Plan
from coursify_sandbox.supervisor.reload import reload_on_change
from coursify_sandbox.supervisor.screen import Screen, show_summary
from coursify_sandbox.supervisor.start_up import start_everything
from coursify_sandbox.supervisor.steering import steer

STOP_ORDER = (("api",), ("worker",), ("stripe", "mailbox"), ("redis",), ("postgres",))


async def supervise(plan: Plan, screen: Screen, began: float) -> None:
    """Return after everything was stopped on request; raise, with nothing left running, when a start fails."""
    crew = hire(plan.folder, list_parts(plan), screen.tell)
    stop_asked = _listen_for_signals(crew)
    try:
        starting = asyncio.create_task(start_everything(crew, plan, screen))
        asked = asyncio.create_task(stop_asked.wait())
        await asyncio.wait({starting, asked}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            await _serve_until(asked, crew, plan, screen, began)
        else:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
    finally:
        await _shut_down(crew, plan)
    screen.tell("Everything is stopped.")


async def _serve_until(asked: asyncio.Task[bool], crew: Crew, plan: Plan, screen: Screen, began: float) -> None:
    door = await open_control_door(plan.folder, lambda verb, name: steer(crew, verb, name))
    write_run_file(plan.folder, describe(plan, crew))
    offset = read_offset(plan.folder)
    show_summary(screen, describe(plan, crew), took=time.monotonic() - began, clock_offset=offset)
    keepers = [
        asyncio.create_task(keep_running(crew)),
        asyncio.create_task(_keep_run_file_true(crew, plan)),
    ]
    if plan.is_reloading:
        keepers.append(asyncio.create_task(reload_on_change(crew)))
    try:
        await asyncio.wait({asked, *keepers}, return_when=asyncio.FIRST_COMPLETED)
        for keeper in keepers:
            if keeper.done():
                keeper.result()
        screen.tell("Stopping…")
    finally:
        door.close()
        for keeper in keepers:
            keeper.cancel()


async def _keep_run_file_true(crew: Crew, plan: Plan) -> None:
    """Processes are replaced and come and go; who reads run.json finds those of now."""
    written = None
    while True:
        now = describe(plan, crew)
        if now != written:
            write_run_file(plan.folder, now)
            written = now
        await asyncio.sleep(0.5)


async def _shut_down(crew: Crew, plan: Plan) -> None:
    remove_run_file(plan.folder)
    for child in crew.children.values():
        child.is_wanted = False
    for names in STOP_ORDER:
        present = [crew.children[name] for name in names if name in crew.children]
        await asyncio.gather(*(stop_child(crew, child) for child in present))
    dismiss_watchdog(crew.watchdog)
    plan.folder.control.unlink(missing_ok=True)
    plan.folder.children.unlink(missing_ok=True)


def _listen_for_signals(crew: Crew) -> asyncio.Event:
    """The first signal stops in order, the second one at once; a hangup that is ignored stays ignored."""
    asked = asyncio.Event()

    def hear() -> None:
        if asked.is_set():
            for child in crew.children.values():
                if child.process:
                    hard = signal.SIGQUIT if child.part.name == "postgres" else signal.SIGKILL
                    signal_group(child.process.pid, hard)
        asked.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            loop.add_signal_handler(number, hear)
    return asked
