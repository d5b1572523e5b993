"""What can stop the sandbox, each said in one sentence that tells what to do."""


class SandboxError(Exception):
    """One clear sentence for the person at the terminal; the command prints it and exits with 1."""
