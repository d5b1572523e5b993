"""docs/data-model.md is the schema that the migrations build; every table says whose it is."""

from __future__ import annotations

import psycopg
from scripts.data_model import render
from tests.house.checked_in import assert_checked_in
from tests.support.servers import ServerAddresses


def test_the_data_model_is_drawn_from_the_migrated_schema(servers: ServerAddresses, database_name: str) -> None:
    with psycopg.connect(servers.owner_url_for(database_name)) as connection:
        assert_checked_in("docs/data-model.md", render(connection))
