"""What payment controllers ask the application for: the payment gateway."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from coursify.core.http import resources_of
from coursify.modules.payments.gateway import PaymentGateway, PaymentResources


async def _gateway(request: Request) -> PaymentGateway:
    return resources_of(request, PaymentResources).payments


# The provider is asked before there is an answer, up to three times.
PROVIDER_SECONDS = 45.0
Gateway = Annotated[PaymentGateway, Depends(_gateway)]
