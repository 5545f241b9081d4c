"""The demo company, simulated once."""

from __future__ import annotations

import pytest

from dagster_project.demo import DEMO_PEOPLE, DEMO_SEED, History, simulate


@pytest.fixture(scope="session")
def demo() -> History:
    return simulate(DEMO_SEED, DEMO_PEOPLE)
