"""What the tests with real servers share. They need Debian's packages postgresql and nginx-light."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.formats.samples import EMAIL_KEY, EXAMPLE
from tests.servers.processes import Deployment, postgres, postgres_programs


@pytest.fixture
def postgres_port() -> Iterator[int]:
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL isn't installed: apt-get install postgresql")
    with postgres(programs) as port:
        yield port


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """A folder with an example's contracts and sources, and an empty landing folder."""
    folder = tmp_path / "company"
    shutil.copytree(EXAMPLE / "contracts", folder / "contracts")
    shutil.copy(EXAMPLE / "sources.yml", folder / "sources.yml")
    (folder / "extracts").mkdir()
    return folder


@pytest.fixture
def deployment(tmp_path: Path, company: Path, postgres_port: int) -> Iterator[Deployment]:
    """A deployment of the company that isn't started yet."""
    folder = tmp_path / "deployment"
    folder.mkdir()
    settings = {
        "SLA_HOME": str(tmp_path / "home"),
        "SLA_EXTRACTS": str(company / "extracts"),
        "SLA_CONTRACTS": str(company / "contracts"),
        "SLA_SOURCES": str(company / "sources.yml"),
        "SLA_EMAIL_KEY": EMAIL_KEY,
    }
    deployed = Deployment(folder, postgres_port, settings)
    yield deployed
    deployed.kill()
