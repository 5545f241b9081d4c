"""The company of most tests of a page."""

from __future__ import annotations

import pytest

from tests.unit.review.warehouse import Company


@pytest.fixture
def company() -> Company:
    """January and February, in which nothing has happened yet."""
    company = Company()
    company.months()
    return company
