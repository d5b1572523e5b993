"""The settings of a stand-in: its port, its state file, its keys and the URL of its webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REQUIRED = (
    "STRIPE_STANDIN_PORT",
    "STRIPE_STANDIN_STATE",
    "STRIPE_SECRET_KEY",
    "STRIPE_PUBLISHABLE_KEY",
    "STRIPE_WEBHOOK_SECRET",
)


class MissingSettings(Exception):
    """Required environment variables are missing."""


@dataclass(frozen=True, slots=True)
class StandinConfig:
    """With an empty `webhook_url`, only endpoints registered through the API receive webhooks."""

    port: int
    state: Path
    secret_key: str
    publishable_key: str
    webhook_secret: str
    webhook_url: str = ""
    clock_file: Path | None = None

    @property
    def base_url(self) -> str:
        """The URL of the stand-in."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def offset_file(self) -> Path:
        """The file with the clock offset; by default it is in the folder of the state file."""
        return self.clock_file or self.state.with_name(f"{self.state.name}.clock")


def read_config(environment: Mapping[str, str]) -> StandinConfig:
    """Read the settings; the error names every missing variable."""
    missing = [name for name in REQUIRED if not environment.get(name)]
    if missing:
        message = f"The Stripe stand-in needs these settings: {', '.join(missing)}"
        raise MissingSettings(message)
    clock_file = environment.get("CLOCK_OFFSET_FILE")
    return StandinConfig(
        port=int(environment["STRIPE_STANDIN_PORT"]),
        state=Path(environment["STRIPE_STANDIN_STATE"]),
        secret_key=environment["STRIPE_SECRET_KEY"],
        publishable_key=environment["STRIPE_PUBLISHABLE_KEY"],
        webhook_secret=environment["STRIPE_WEBHOOK_SECRET"],
        webhook_url=environment.get("STRIPE_WEBHOOK_URL", ""),
        clock_file=Path(clock_file) if clock_file else None,
    )
