"""An empty home to deliver into."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.extracts.deliveries import Deliveries


@pytest.fixture
def crm(tmp_path: Path) -> Deliveries:
    return Deliveries(tmp_path)
