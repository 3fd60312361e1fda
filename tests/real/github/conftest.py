"""A Prism for each description, shared by a session's tests, and a relay for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .peer import Prism, Relay


@pytest.fixture(scope="package")
def api() -> Iterator[Prism]:
    """GitHub's own API."""
    prism = Prism("api.json")
    yield prism
    prism.close()


@pytest.fixture(scope="package")
def enterprise_api() -> Iterator[Prism]:
    """That of a GitHub Enterprise Server, below /api/v3."""
    prism = Prism("ghes.json")
    yield prism
    prism.close()


@pytest.fixture
def github(api: Prism) -> Iterator[Relay]:
    """GitHub, as far as its description says what it is."""
    relay = Relay(api.port)
    yield relay
    relay.close()


@pytest.fixture
def enterprise(enterprise_api: Prism) -> Iterator[Relay]:
    """A GitHub Enterprise Server, likewise."""
    relay = Relay(enterprise_api.port)
    yield relay
    relay.close()
