"""Every command by its import path, so that `serve` never loads the sandbox.

A wheel does not include `coursify_sandbox`; its commands need a checkout.
"""

from __future__ import annotations

import gc
import os
import pkgutil
import sys

from cyclopts import App

from coursify.core.environment import ConfigurationError

SANDBOX = "coursify_sandbox"
# The server's allocator reads it when it is loaded. By itself it returns freed memory after ten seconds in which it is
# used: after 1,000 requests at once it keeps 30 MB.
ALLOCATOR = "_RJEM_MALLOC_CONF"
RETURN_FREED_MEMORY = "background_thread:true,dirty_decay_ms:200,muzzy_decay_ms:0"
COMMANDS = {
    "up": ("coursify_sandbox.up:up", "Run the whole system on this machine until Ctrl-C."),
    "tour": ("coursify_sandbox.tour:tour", "Buy, learn, review and refund a course in the running sandbox."),
    "reset": ("coursify_sandbox.reset:reset", "Delete the sandbox's data."),
    "serve": ("coursify.commands.serve:serve", "Serve the API."),
    "worker": ("coursify.commands.worker:worker", "Run jobs and periodic jobs."),
    "init": ("coursify.commands.init:init", "Write a .env file with new keys."),
    "check": ("coursify.commands.check:check", "Check everything that an installation needs."),
    "migrate": ("coursify.commands.migrate:migrate", "Migrate the database to this version."),
    "audit": ("coursify.commands.audit:audit", "Find rows that break an invariant."),
    "attention": ("coursify.commands.attention:attention", "Print the items that need a person."),
    "reconcile": (
        "coursify.commands.reconcile:reconcile",
        "Fetch missed events and compare all amounts.",
    ),
    "restore": ("coursify.commands.restore:restore", "Restore a backup into an empty data directory."),
    "reindex": ("coursify.commands.reindex:reindex", "Index the courses whose words are not up to date."),
    "seed": ("coursify_sandbox.seed:seed", "Fill an empty database with a sample school."),
}
SANDBOX_COMMANDS = {
    "stop": ("coursify_sandbox.process_commands:stop", "Stop one process; it is not restarted."),
    "start": ("coursify_sandbox.process_commands:start", "Start a stopped process."),
    "restart": ("coursify_sandbox.process_commands:restart", "Restart a process."),
    "serve": ("coursify_sandbox.serve:serve", "Serve the API with the demo and the guide."),
    "clock": ("coursify_sandbox.clock:clock", "Show, advance (+3d) or reset the sandbox's clock."),
}
KEY_COMMANDS = {
    "new": ("coursify.commands.keys:new", "Print the key rings with a new key at the end."),
    "promote": ("coursify.commands.keys:promote", "Print the key rings with the last key first."),
    "rotate": ("coursify.commands.keys:rotate", "Re-seal with the first key what older keys sealed."),
}
BACKUP_COMMANDS = {
    "full": ("coursify.commands.backup:full", "Back up the whole database, and new media."),
    "incremental": ("coursify.commands.backup:incremental", "Back up what has changed since the newest backup."),
    "wal": ("coursify.commands.backup:wal", "Receive and store the write-ahead log until SIGTERM."),
    "media": ("coursify.commands.backup:media", "Back up new files of the folder of media."),
    "inventory": (
        "coursify.commands.backup_inventory:inventory",
        "Name the media files that the database has and their store lacks.",
    ),
    "list": ("coursify.commands.backup:list_", "List the complete backups."),
    "verify": ("coursify.commands.backup:verify", "Restore into a temporary cluster and check the result."),
    "prune": ("coursify.commands.backup:prune", "Delete what BACKUP_KEEP does not keep."),
}
ADMIN_COMMANDS = {"add": ("coursify.commands.admins:add", "Make an account an admin.")}
JOB_COMMANDS = {
    "failed": ("coursify.commands.jobs:failed", "List the failed jobs."),
    "retry": ("coursify.commands.jobs:retry", "Run the failed jobs once more."),
}
STATS_COMMANDS = {"rebuild": ("coursify.commands.stats:rebuild", "Compute all statistics again from their facts.")}
TOMBSTONE_COMMANDS = {
    "export": ("coursify.commands.tombstones:export", "Write the list of erased people to a file outside of backups."),
    "replay": (
        "coursify.commands.tombstones:replay",
        "Erase people again after a backup was restored.",
    ),
}
# What a command imports is 120,000 objects of which none is garbage: by itself Python would look at them 200 times.
GC_THRESHOLDS = (200_000, 20, 20)

app = App(name="coursify", help="A course-selling back end.")
sandbox = App(name="sandbox", help="Control the processes and the clock of a running sandbox.")
keys = App(name="keys", help="The keys that sign access tokens and seal data at rest.")
backup = App(name="backup", help="Sealed backups of the database and of media.")
admins = App(name="admins", help="The first admin.")
jobs = App(name="jobs", help="Failed jobs.")
stats = App(name="stats", help="Stored statistics.")
tombstones = App(name="tombstones", help="Keep erased people erased after a restore.")

for name, (path, sentence) in COMMANDS.items():
    app.command(path, name=name, help=sentence)
for name, (path, sentence) in SANDBOX_COMMANDS.items():
    sandbox.command(path, name=name, help=sentence)
for name, (path, sentence) in KEY_COMMANDS.items():
    keys.command(path, name=name, help=sentence)
for name, (path, sentence) in BACKUP_COMMANDS.items():
    backup.command(path, name=name, help=sentence)
for name, (path, sentence) in ADMIN_COMMANDS.items():
    admins.command(path, name=name, help=sentence)
for name, (path, sentence) in JOB_COMMANDS.items():
    jobs.command(path, name=name, help=sentence)
for name, (path, sentence) in STATS_COMMANDS.items():
    stats.command(path, name=name, help=sentence)
for name, (path, sentence) in TOMBSTONE_COMMANDS.items():
    tombstones.command(path, name=name, help=sentence)
app.command(sandbox)
app.command(keys)
app.command(backup)
app.command(admins)
app.command(jobs)
app.command(stats)
app.command(tombstones)


def main() -> None:
    os.environ.setdefault(ALLOCATOR, RETURN_FREED_MEMORY)
    gc.set_threshold(*GC_THRESHOLDS)
    try:
        app()
    except (Exception, KeyboardInterrupt) as error:
        sentence = _explain(error)
        if sentence is None:
            raise
        sys.exit(sentence)


def _explain(error: BaseException) -> str | int | None:
    """One sentence for an error that an operator can end; None for a fault of the program."""
    if isinstance(error, ConfigurationError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return 130
    if isinstance(error, ImportError):
        cause = error.__cause__
        is_missing = isinstance(cause, ModuleNotFoundError) and cause.name == SANDBOX
        return "This command needs the sandbox. Run it in a checkout of Coursify." if is_missing else None
    # Imported here: `coursify --help` and `serve` do without.
    explain = pkgutil.resolve_name("coursify.commands.explain_error:explain_error")
    return str(sentence) if (sentence := explain(error)) else None
