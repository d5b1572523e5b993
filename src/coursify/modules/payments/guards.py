"""What payment controllers ask the application for: the gateway, the sealer, the settings."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from coursify.core.crypto import Sealer
from coursify.core.http.route import Doorway
from coursify.core.settings import Settings
from coursify.modules.payments.gateway import PaymentGateway


async def _gateway(request: Request) -> PaymentGateway:
    gateway: PaymentGateway = request.app.state.payments
    return gateway


async def _sealer(request: Request) -> Sealer:
    doorway: Doorway = request.app.state.doorway
    return doorway.sealer


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


Gateway = Annotated[PaymentGateway, Depends(_gateway)]
Seal = Annotated[Sealer, Depends(_sealer)]
Configuration = Annotated[Settings, Depends(_settings)]
