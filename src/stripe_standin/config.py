"""How a stand-in is set up: its port, its state, its keys and where its webhooks go."""

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


class SettingsMissing(Exception):
    """Environment variables that the stand-in cannot start without are absent."""


@dataclass(frozen=True, slots=True)
class StandinConfig:
    """The settings of one stand-in; `webhook_url` may be empty, then only registered endpoints are told."""

    port: int
    state: Path
    secret_key: str
    publishable_key: str
    webhook_secret: str
    webhook_url: str = ""
    clock_file: Path | None = None

    @property
    def base_url(self) -> str:
        """Where the stand-in can be reached."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def offset_file(self) -> Path:
        """The file that holds the seconds added to the clock; beside the state when none was named."""
        return self.clock_file or self.state.with_name(f"{self.state.name}.clock")


def read_config(environment: Mapping[str, str]) -> StandinConfig:
    """The settings found in the environment; everything that is missing is named at once."""
    missing = [name for name in REQUIRED if not environment.get(name)]
    if missing:
        message = f"The Stripe stand-in needs these settings: {', '.join(missing)}"
        raise SettingsMissing(message)
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
