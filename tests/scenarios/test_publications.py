"""Publishing in steps: whenever a run is killed, history and published file come to agree, and no row is doubled."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from dagster_project.decisions.history import HistoryError, publications
from dagster_project.defs import publications as module
from dagster_project.defs.publications import begin_history, kept_publication, published_id
from dagster_project.warehouse.tables import replace_tables
from tests.published import published_content
from tests.scenarios.history import History
from tests.scenarios.publishing import FIRST_PUBLISHED_AT, Company


class Killed(BaseException):
    """The process is no more: nothing that stands after it is done."""


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ana's MQL of January, published as of 31 January; one commitment in one month."""
    company = Company(tmp_path_factory.mktemp("company"))
    company.deliver(told("2026-01-31"))
    company.publish()
    return company.folder


@pytest.fixture
def company(published_once: Path, tmp_path: Path) -> Company:
    """The same, and then a second MQL of January comes to be known."""
    shutil.copytree(published_once, tmp_path / "company")
    company = Company(tmp_path / "company")
    company.deliver(told("2026-02-28"))
    return company


def told(through: str) -> History:
    history = History(through=through)
    history.mql("ana", "2026-01-13 10:00", "2026-01-13 11:00")
    if through > "2026-01-31":
        history.mql("bea", "2026-01-14 10:00", "2026-01-14 11:00")
    return history


def files_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def history_of(company: Company) -> list[tuple[object, ...]]:
    """Each published change: month, actual, and how often the published file has it."""
    with duckdb.connect(company.settings().published / "warehouse.duckdb", read_only=True) as connection:
        return connection.execute(
            "select strftime(period, '%Y-%m'), actual, count(*) from marts.sla_attainment_history "
            "group by all order by all"
        ).fetchall()


EVERYTHING = [("2026-01", 1, 1), ("2026-01", 2, 1), ("2026-02", 0, 1)]


# Killed before anything is kept, a run has changed nothing; killed after it is kept, it is as if it had ended.
@pytest.mark.parametrize("place", ["prepare", "publish"])
def test_a_run_killed_before_or_after_the_file_is_replaced_is_put_right_by_the_next(
    company: Company, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    from tests.scenarios import publishing

    where = publishing if place == "publish" else module
    done: Callable[..., object] = getattr(where, place)

    def killed(*arguments: object) -> None:
        done(*arguments)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(where, place, killed)
        with pytest.raises(Killed):
            company.publish()
    company.publish()
    assert history_of(company) == EVERYTHING
    assert [each.number for each in publications(company.history)] == [1, 2]
    assert published_id(company.settings()) == publications(company.history)[-1].publication_id
    assert not list(company.history.rglob(".prepared*"))


def test_the_same_data_again_is_the_publication_that_there_is(company: Company) -> None:
    first = company.publish().publication
    assert company.publish().publication == first
    assert history_of(company) == EVERYTHING


def test_all_but_archive_and_history_is_rebuilt_with_the_same_content(company: Company) -> None:
    first = company.publish().publication
    content, kept = published_content(company.home, leaving_out=frozenset()), files_of(company.history)
    for place in company.home.iterdir():
        if place.name not in ("archive", "history"):
            shutil.rmtree(place)
    assert company.publish().publication == first
    assert published_content(company.home, leaving_out=frozenset()) == content
    assert len(content) > 20
    assert files_of(company.history) == kept


def test_a_published_file_that_is_lost_or_spoilt_is_made_again(company: Company) -> None:
    company.publish()
    file = company.settings().published / "warehouse.duckdb"
    for spoil in (file.unlink, lambda: file.write_bytes(b"no database")):
        spoil()
        company.publish()
        assert history_of(company) == EVERYTHING


def test_a_history_that_lacks_what_is_published_is_refused_with_what_to_do(company: Company) -> None:
    company.publish()
    shutil.rmtree(company.history / "publications")
    with pytest.raises(HistoryError, match="Restore published/ from the same backup, or remove it too"):
        company.publish()
    shutil.rmtree(company.settings().published)
    company.publish()
    # a new history: what is known today, and nothing of what was published before
    assert history_of(company) == [("2026-01", 2, 1), ("2026-02", 0, 1)]


def test_an_attainment_made_anew_after_the_comparison_is_not_published(company: Company) -> None:
    company.publish()
    settings = company.settings()
    with duckdb.connect(settings.build_warehouse) as connection:
        other = connection.sql(
            "select * replace (7.0::double as actual) from marts.sla_attainment"
        ).to_arrow_table()
    replace_tables(settings.build_warehouse, {"sla_attainment": other})
    with (
        pytest.raises(HistoryError, match="Materialise the decisions again, then publish"),
        kept_publication(settings),
    ):
        pass


def test_a_past_is_put_before_an_empty_history_only(company: Company) -> None:
    with pytest.raises(HistoryError, match="has publications already"):
        begin_history(company.settings(), date(2026, 1, 31), "past", FIRST_PUBLISHED_AT)


def test_a_past_is_what_a_run_made_then_would_have_published(company: Company) -> None:
    (then,) = publications(company.history)
    shutil.rmtree(company.history / "publications")
    shutil.rmtree(company.settings().published)
    past = begin_history(company.settings(), date(2026, 1, 31), "past", FIRST_PUBLISHED_AT)
    assert (past.number, past.complete_through, past.documents) == (1, then.complete_through, then.documents)
    assert not (company.home / "as_of" / "2026-01-31").exists()
    published = company.publish()
    (january,) = published.restatements().values()
    assert (january["old_actual"], january["new_actual"], january["cause"]) == (1, 2, "late record")
