"""One company for every fault: published once by an undisturbed run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.runs import Company, a_company

SEED = int(os.environ.get("FAULT_SEED", "20260105"))


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return a_company(tmp_path_factory.mktemp("company"))


@pytest.fixture
def a_home(company: Company, tmp_path: Path) -> Callable[[str], Path]:
    """A copy of the undisturbed run's home, by name."""

    def copied(name: str) -> Path:
        home = tmp_path / name
        shutil.copytree(company.home, home)
        return home

    return copied
