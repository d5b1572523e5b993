"""One page: every command, named by its import path, so that `serve` never loads the sandbox.

A wheel does not hold `coursify_sandbox`; its commands come with a checkout.
"""

import sys

from cyclopts import App

SANDBOX = "coursify_sandbox"
COMMANDS = {
    "up": ("coursify_sandbox.up:up", "Run the whole system on this machine until Ctrl-C."),
    "tour": ("coursify_sandbox.tour:tour", "Buy, learn, review and refund a course in the running sandbox."),
    "reset": ("coursify_sandbox.reset:reset", "Delete the sandbox's data."),
    "serve": ("coursify.commands.serve:serve", "Serve the API."),
    "worker": ("coursify.commands.worker:worker", "Run the jobs and the clocks."),
    "migrate": ("coursify.commands.migrate:migrate", "Bring the database to this version."),
    "audit": ("coursify.commands.audit:audit", "Look for rows that break an invariant."),
    "attention": ("coursify.commands.attention:attention", "Print what needs a person."),
    "reconcile": ("coursify.commands.reconcile:reconcile", "Fetch missed events and compare money with the provider."),
    "seed": ("coursify_sandbox.seed:seed", "Fill an empty database with a sample school."),
}
SANDBOX_COMMANDS = {
    "stop": ("coursify_sandbox.process_commands:stop", "Stop one process; it is not restarted."),
    "start": ("coursify_sandbox.process_commands:start", "Start a stopped process."),
    "restart": ("coursify_sandbox.process_commands:restart", "Restart a process."),
    "clock": ("coursify_sandbox.clock:clock", "Show, advance (+3d) or reset the sandbox's clock."),
}
KEY_COMMANDS = {
    "new": ("coursify.commands.keys:new", "Print the key rings with a fresh key behind, to be known everywhere."),
    "promote": ("coursify.commands.keys:promote", "Print the key rings with the last key in front, to be used."),
    "rotate": ("coursify.commands.keys:rotate", "Re-seal with the first key what older keys sealed."),
}
ADMIN_COMMANDS = {"add": ("coursify.commands.admins:add", "Make an admin of someone who has signed up.")}
JOB_COMMANDS = {
    "failed": ("coursify.commands.jobs:failed", "List the jobs that gave up after their last try."),
    "retry": ("coursify.commands.jobs:retry", "Start them again."),
}
TOMBSTONE_COMMANDS = {
    "export": ("coursify.commands.tombstones:export", "Write down who is erased, to be kept outside of backups."),
    "replay": ("coursify.commands.tombstones:replay", "Erase again whoever came back with a restored backup."),
}

app = App(name="coursify", help="A course-selling back end: run it, work on it, look after it.")
sandbox = App(name="sandbox", help="Control a running sandbox: its processes and its clock.")
keys = App(name="keys", help="The keys that sign access tokens and seal data at rest.")
admins = App(name="admins", help="Who may do everything: the first one.")
jobs = App(name="jobs", help="Work that gave up.")
tombstones = App(name="tombstones", help="Who must stay erased after a restore.")

for name, (path, sentence) in COMMANDS.items():
    app.command(path, name=name, help=sentence)
for name, (path, sentence) in SANDBOX_COMMANDS.items():
    sandbox.command(path, name=name, help=sentence)
for name, (path, sentence) in KEY_COMMANDS.items():
    keys.command(path, name=name, help=sentence)
for name, (path, sentence) in ADMIN_COMMANDS.items():
    admins.command(path, name=name, help=sentence)
for name, (path, sentence) in JOB_COMMANDS.items():
    jobs.command(path, name=name, help=sentence)
for name, (path, sentence) in TOMBSTONE_COMMANDS.items():
    tombstones.command(path, name=name, help=sentence)
app.command(sandbox)
app.command(keys)
app.command(admins)
app.command(jobs)
app.command(tombstones)


def main() -> None:
    try:
        app()
    except ImportError as error:
        cause = error.__cause__
        if not isinstance(cause, ModuleNotFoundError) or cause.name != SANDBOX:
            raise
        sys.exit("This command needs the sandbox, which comes with a checkout of Coursify: run it there.")
