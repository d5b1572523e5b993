"""The error that every command of the sandbox prints."""

from __future__ import annotations


class SandboxError(Exception):
    """Its message says what happened and what to do; the command prints it and exits with 1."""
