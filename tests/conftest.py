"""What all suites share: a seeded sample of a long one, `--sample 8 --seed 42`, and properties that don't look at the
clock: how long an example takes says how busy the machine is."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no clock")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("sample", "a part of a long suite")
    group.addoption("--sample", type=int, metavar="N", help="run so many of the tests, chosen by the seed")
    group.addoption("--seed", type=int, default=0, metavar="S", help="which of them (default: 0)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    size = config.getoption("--sample")
    if size is None or size >= len(items):
        return
    chosen = set(random.Random(config.getoption("--seed")).sample(range(len(items)), size))
    config.hook.pytest_deselected(items=[item for place, item in enumerate(items) if place not in chosen])
    items[:] = [item for place, item in enumerate(items) if place in chosen]
