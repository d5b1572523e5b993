"""One page: every command. Each is named by its import path, so that `serve` never loads the sandbox."""

from cyclopts import App

COMMANDS = {
    "up": ("coursify_sandbox.up:up", "Run everything here, without any account, until Ctrl-C."),
    "tour": ("coursify_sandbox.tour:tour", "Play the whole story against the running sandbox."),
    "reset": (
        "coursify_sandbox.reset:reset",
        "Delete the sandbox's data, so that the next start is a first one.",
    ),
    "serve": ("coursify.commands.serve:serve", "Serve the API."),
    "worker": ("coursify.commands.worker:worker", "Run the jobs and the clocks."),
    "migrate": ("coursify.commands.migrate:migrate", "Bring the database to this version."),
    "audit": ("coursify.commands.audit:audit", "Look for rows that break an invariant."),
    "attention": ("coursify.commands.attention:attention", "Print what needs a person."),
    "reconcile": ("coursify.commands.reconcile:reconcile", "Fetch missed events and compare money with the provider."),
    "seed": ("coursify_sandbox.seed:seed", "Fill a fresh sandbox with a sample school."),
}
SANDBOX_COMMANDS = {
    "stop": ("coursify_sandbox.steer:stop", "Stop one part on purpose; it stays stopped."),
    "start": ("coursify_sandbox.steer:start", "Start a part that was stopped."),
    "restart": ("coursify_sandbox.steer:restart", "Stop a part and start it again."),
    "clock": ("coursify_sandbox.clock:clock", "Show the sandbox's clock, move it (+3d) or reset it."),
}
KEY_COMMANDS = {
    "new": ("coursify.commands.keys:new", "Print the key rings with a fresh key behind, to be known everywhere."),
    "promote": ("coursify.commands.keys:promote", "Print the key rings with the last key in front, to be used."),
    "rotate": ("coursify.commands.keys:rotate", "Seal again with the newest key what older ones sealed."),
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
sandbox = App(name="sandbox", help="Steer a running sandbox: its parts and its clock.")
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
    app()
