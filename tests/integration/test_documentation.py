"""`make docs`: one page, which opens offline and says what every model means."""

from __future__ import annotations

import re

import pytest

from dagster_project.warehouse.compiling import CompileError
from dagster_project.warehouse.documentation import POLICY, alone
from tests.integration.command_line import command

LOADED = re.compile(
    r"<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=[\"']?(?P<address>[^\"'\s>]+)", re.I
)
IN_STYLES = re.compile(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//")
SCRIPTS_SOURCE = re.compile(r"\.src\s*=\s*[\"'](?:https?:)?//")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    home = tmp_path_factory.mktemp("home")
    ran = command("docs", {"SLA_HOME": str(home)})
    assert ran.status == 0, ran.output
    assert [path.name for path in (home / "published").iterdir()] == ["docs.html"]
    return (home / "published" / "docs.html").read_text(encoding="utf-8")


def test_the_page_refers_to_nothing_outside_itself(page: str) -> None:
    addresses = [found["address"] for found in LOADED.finditer(page)]
    assert [address for address in addresses if address.startswith(("http:", "https:", "//"))] == []
    assert IN_STYLES.findall(page) == []
    assert SCRIPTS_SOURCE.findall(page) == []


def test_the_browser_is_told_to_load_nothing(page: str) -> None:
    assert page.count(POLICY) == 1
    assert page.index(POLICY) < page.index("<script")
    assert "default-src 'none'" in POLICY
    assert "connect-src" not in POLICY  # so nothing is, by default-src


def test_models_columns_words_and_metrics_are_in_it(page: str) -> None:
    for said in (
        "fct_obligations",
        "first_response_business_seconds",
        "A marketing qualified lead",
        "mql_to_sql_rate",
    ):
        assert said in page, said


def test_a_page_that_is_made_otherwise_is_refused() -> None:
    with pytest.raises(CompileError, match="no head"):
        alone("<html></html>")
