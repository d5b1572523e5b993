"""The policies of the dashboard: only admins, and a recent sign-in for what cannot be taken back."""

from __future__ import annotations

from coursify.core.policy import Policy, Who

READ = Policy(Who.ADMIN, rate="read")
CHANGE = Policy(Who.ADMIN)
# A form with this policy has a page at the same path, where the person goes on after the step-up.
SENSITIVE_READ = Policy(Who.ADMIN, rate="read", step_up=True)
SENSITIVE = Policy(Who.ADMIN, step_up=True)
