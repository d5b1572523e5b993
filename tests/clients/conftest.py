"""The running system that every client's tour is played on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.support.mailbox import Mailbox
from tests.support.servers import ServerAddresses
from tests.support.story import Story, run_story


@pytest.fixture(scope="package")
def story(
    environment: dict[str, str],
    servers: ServerAddresses,
    mailbox: Mailbox,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Story]:
    with run_story(environment, servers, mailbox, tmp_path_factory.mktemp("clients")) as running:
        yield running
