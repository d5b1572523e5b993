"""The guides of `docs/` as pages of the sandbox, beside /docs."""
