from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI
from tests.support.classroom import Classroom

from coursify.core.database import Connection


@pytest.fixture
def classroom(app: FastAPI, client: httpx.AsyncClient, db: Connection) -> Classroom:
    return Classroom(app, client, db)
