"""Detects requests that use two pooled connections at once: if each waited for its second one, none would finish."""

from __future__ import annotations

from dataclasses import dataclass, field

from coursify.core.counted import BORROWED, Borrowed
from coursify.core.http.middleware import App, Receive, Scope, Send


@dataclass
class OneConnection:
    """Wraps an application; `offenders` are the requests that used more than one connection at once."""

    app: App
    offenders: list[str] = field(default_factory=list)
    requests: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = BORROWED.set(Borrowed())
        try:
            await self.app(scope, receive, send)
        finally:
            borrowed = BORROWED.get()
            BORROWED.reset(token)
            if borrowed:
                self.requests += 1
                if borrowed.most > 1 or borrowed.now:
                    self.offenders.append(f"{scope['method']} {scope['path']}: {borrowed}")
