"""What was published is kept, append-only, and survives a run that is killed at any moment."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dagster_project.decisions import history as module
from dagster_project.decisions.deliveries import digest_of
from dagster_project.decisions.history import (
    Additions,
    HistoryError,
    Publication,
    commit,
    delivery_files,
    kept_deliveries,
    kept_documents,
    kept_rows,
    next_publication,
    prepare,
    publications,
    publications_table,
    recover,
    rests_on_the_same,
)
from tests.unit.decisions.delivery_rows import a_delivery, table_of

ROWS = pa.schema([("period", pa.date32()), ("actual", pa.float64())])
DOCUMENTS = {"contracts/v1.yml": b"contract: demo\n", "sources.yml": b"sources: {}\n"}
FIRST = datetime(2026, 4, 1, 6, tzinfo=UTC)


DELIVERIES = table_of(a_delivery())


def rows(*actuals: float) -> pa.Table:
    return pa.Table.from_pylist(
        [{"period": date(2026, 3, 1), "actual": each} for each in actuals], schema=ROWS
    )


def prepared(
    folder: Path,
    *actuals: float,
    documents: dict[str, bytes] | None = None,
    deliveries: pa.Table = DELIVERIES,
) -> Publication:
    day = len(publications(folder))
    documents = DOCUMENTS if documents is None else documents
    publication = next_publication(
        publications(folder),
        f"run-{day}-of-many",
        FIRST + timedelta(days=day, hours=1),
        FIRST + timedelta(days=day),
        documents,
        deliveries,
    )
    prepare(folder, publication, documents, deliveries, Additions(attainment=rows(*actuals)))
    return publication


def published(
    folder: Path,
    *actuals: float,
    documents: dict[str, bytes] | None = None,
    deliveries: pa.Table = DELIVERIES,
) -> Publication:
    publication = prepared(folder, *actuals, documents=documents, deliveries=deliveries)
    commit(folder, publication.publication_id)
    return publication


def actuals(folder: Path) -> list[float]:
    return kept_rows(folder, "attainment", publications(folder), ROWS)["actual"].to_pylist()


def test_a_publication_is_kept_with_what_it_rests_on(tmp_path: Path) -> None:
    publication = published(tmp_path, 1.0)
    assert publications(tmp_path) == [publication]
    assert publication.publication_id == "000001-run0ofma"
    assert kept_documents(tmp_path, publication) == DOCUMENTS
    assert kept_deliveries(tmp_path, publication) == DELIVERIES


def test_rows_are_read_in_order_of_publication(tmp_path: Path) -> None:
    for number in range(11):
        published(tmp_path, float(number))
    assert actuals(tmp_path) == [float(number) for number in range(11)]


def test_a_publication_that_adds_nothing_is_one_all_the_same(tmp_path: Path) -> None:
    published(tmp_path)
    assert len(publications(tmp_path)) == 1
    assert not list(tmp_path.rglob("attainment.parquet"))
    assert actuals(tmp_path) == []


def test_a_document_is_kept_once_for_each_content(tmp_path: Path) -> None:
    published(tmp_path)
    published(tmp_path)
    second = published(tmp_path, documents=DOCUMENTS | {"sources.yml": b"sources: {crm: {}}\n"})
    assert len(list((tmp_path / "documents").iterdir())) == 3
    assert kept_documents(tmp_path, second)["sources.yml"] == b"sources: {crm: {}}\n"


def test_what_is_prepared_doesn_t_count_until_it_is_published(tmp_path: Path) -> None:
    published(tmp_path, 1.0)
    prepared(tmp_path, 2.0)
    assert actuals(tmp_path) == [1.0]


def test_a_run_killed_after_publishing_is_completed_by_the_next(tmp_path: Path) -> None:
    published(tmp_path, 1.0)
    publication = prepared(tmp_path, 2.0)
    # the published file was replaced; the run was killed before it could say so here
    recover(tmp_path, publication.publication_id)
    assert actuals(tmp_path) == [1.0, 2.0]
    recover(tmp_path, publication.publication_id)
    assert actuals(tmp_path) == [1.0, 2.0]


def test_a_run_killed_before_publishing_leaves_nothing(tmp_path: Path) -> None:
    first = published(tmp_path, 1.0)
    prepared(tmp_path, 2.0)
    recover(tmp_path, first.publication_id)
    assert actuals(tmp_path) == [1.0]
    again = published(tmp_path, 3.0)
    assert (again.number, actuals(tmp_path)) == (2, [1.0, 3.0])
    assert not list(tmp_path.rglob(".prepared*"))


@pytest.mark.parametrize("written", range(1, 7))
def test_a_run_killed_while_it_prepares_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    published(tmp_path, 1.0)
    other = DOCUMENTS | {"sources.yml": b"other\n"}
    with monkeypatch.context() as patched:
        patched.setattr(module, "_sync", killed_after(written))
        with pytest.raises(KeyboardInterrupt):
            published(tmp_path, 2.0, documents=other, deliveries=days(1, 2))
    recover(tmp_path, "000001-run0ofma")
    assert actuals(tmp_path) == [1.0]
    again = published(tmp_path, 3.0, documents=other, deliveries=days(1, 2))
    assert actuals(tmp_path) == [1.0, 3.0]
    assert kept_deliveries(tmp_path, again) == days(1, 2)
    assert kept_documents(tmp_path, publications(tmp_path)[-1])["sources.yml"] == b"other\n"


def killed_after(files: int) -> Callable[[Path], None]:
    """A disk that is switched off after so many files."""
    written: list[Path] = []

    def sync(path: Path) -> None:
        written.append(path)
        if len(written) == files:
            raise KeyboardInterrupt

    return sync


def test_a_published_file_that_history_knows_nothing_of_is_an_error(tmp_path: Path) -> None:
    published(tmp_path)
    with pytest.raises(HistoryError, match=r"holds nothing of the publication 000009-gone.*Restore"):
        recover(tmp_path, "000009-gone")


def test_without_a_published_file_there_is_nothing_to_put_right(tmp_path: Path) -> None:
    recover(tmp_path, None)
    assert publications(tmp_path) == []


def test_a_document_that_was_changed_is_an_error(tmp_path: Path) -> None:
    publication = published(tmp_path)
    (tmp_path / "documents" / publication.documents["sources.yml"]).write_bytes(b"tampered")
    with pytest.raises(HistoryError, match=r"it is sources.yml as the publication 000001-run0ofma used it"):
        kept_documents(tmp_path, publication)


def test_a_publication_that_can_t_be_read_is_an_error_with_its_file(tmp_path: Path) -> None:
    publication = published(tmp_path)
    path = tmp_path / "publications" / publication.publication_id / "publication.json"
    path.write_text('{"number": 1}')
    with pytest.raises(HistoryError, match=r"publication\.json can't be read"):
        publications(tmp_path)


def test_an_as_of_run_sees_what_had_been_published_by_then(tmp_path: Path) -> None:
    first, second = published(tmp_path, 1.0), published(tmp_path, 2.0)
    assert publications(tmp_path, until=first.complete_through) == [first]
    # a naive instant is UTC
    assert publications(tmp_path, until=second.complete_through.replace(tzinfo=None)) == [first, second]
    assert publications(tmp_path, until=first.complete_through - timedelta(microseconds=1)) == []


def test_a_column_that_came_later_is_null_in_what_was_kept_before(tmp_path: Path) -> None:
    published(tmp_path, 1.0)
    wider = pa.schema([*ROWS, ("status", pa.string())])
    assert kept_rows(tmp_path, "attainment", publications(tmp_path), wider)["status"].to_pylist() == [None]


def test_the_last_row_of_the_publications_is_the_latest(tmp_path: Path) -> None:
    published(tmp_path)
    published(tmp_path)
    table = publications_table(publications(tmp_path)).to_pylist()
    assert table[-1] == {
        "publication": 2,
        "complete_through": FIRST + timedelta(days=1),
        "published_at": FIRST + timedelta(days=1, hours=1),
        "run_id": "run-1-of-many",
    }


@pytest.mark.parametrize(
    ("changed", "is_the_same"),
    [
        ({}, True),
        ({"complete_through": FIRST + timedelta(days=1)}, False),
        ({"documents": {"sources.yml": "0" * 64}}, False),
        ({"run_id": "another", "published_at": FIRST}, True),  # these say nothing of what it rests on
    ],
)
def test_a_publication_is_another_when_it_rests_on_something_else(
    tmp_path: Path, changed: dict[str, Any], is_the_same: bool
) -> None:
    first = published(tmp_path)
    assert rests_on_the_same(tmp_path, first, replace(first, **changed)) is is_the_same


@pytest.mark.parametrize("changed", [{"delivery": 2}, {"reading": 2}, {"sha256": "b" * 64}, {"part": "a"}])
def test_a_publication_is_another_when_a_file_was_delivered_or_read_again(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    first = published(tmp_path)
    again = digest_of(table_of(a_delivery(**changed)))
    assert not rests_on_the_same(tmp_path, first, replace(first, deliveries=again))


def days(*numbers: int) -> pa.Table:
    """A delivery of each of these days of March."""
    return table_of(*(a_delivery(extract_date=date(2026, 3, number)) for number in numbers))


def test_every_publication_tells_all_that_it_rests_on(tmp_path: Path) -> None:
    listed = [days(1, 2), days(1, 2, 3), days(1, 3), days(1, 3), days(1, 2, 3)]
    made = [published(tmp_path, deliveries=each) for each in listed]
    assert [kept_deliveries(tmp_path, each) for each in made] == listed


def test_what_is_kept_of_deliveries_grows_with_what_arrives(tmp_path: Path) -> None:
    for last in range(1, 13):
        published(tmp_path, deliveries=days(*range(1, last + 1)))
    published(tmp_path, deliveries=days(*range(1, 13)))  # nothing arrived
    published(tmp_path, deliveries=days(*range(2, 13)))  # a file that isn't in force any more
    kept = delivery_files(tmp_path)
    assert (len(kept), sum(pq.read_table(path).num_rows for path in kept)) == (13, 13)


def test_what_has_ever_been_published_is_named(tmp_path: Path) -> None:
    published(tmp_path, deliveries=days(1))
    published(tmp_path, deliveries=days(2, 3))
    prepared(tmp_path, deliveries=days(2, 3, 4))  # this is not
    named = pa.concat_tables([pq.read_table(path) for path in delivery_files(tmp_path)])
    assert {each.day for each in named["extract_date"].to_pylist()} == {1, 2, 3}


def in_format_1(folder: Path, publication: Publication, whole: pa.Table) -> None:
    """Turn a publication into what the first format kept of it."""
    kept = folder / "publications" / publication.publication_id
    (kept / "delivery_changes.parquet").unlink(missing_ok=True)
    pq.write_table(whole, kept / "deliveries.parquet")
    said = json.loads((kept / "publication.json").read_text())
    del said["deliveries"]
    (kept / "publication.json").write_text(json.dumps(said))


def test_publications_of_the_first_format_are_read_and_followed_by_others(tmp_path: Path) -> None:
    first = published(tmp_path, deliveries=days(1, 2))
    second = published(tmp_path, deliveries=days(1, 3))
    in_format_1(tmp_path, first, days(1, 2))
    in_format_1(tmp_path, second, days(1, 3))
    third = published(tmp_path, deliveries=days(1, 3, 4))
    expected = [days(1, 2), days(1, 3), days(1, 3, 4)]
    assert [kept_deliveries(tmp_path, each) for each in publications(tmp_path)] == expected
    assert publications(tmp_path) == [first, second, third]
    assert pq.read_table(delivery_files(tmp_path)[-1])["extract_date"].to_pylist() == [date(2026, 3, 4)]


def test_the_same_as_a_publication_of_the_first_format_is_the_same(tmp_path: Path) -> None:
    first = published(tmp_path, deliveries=days(1, 2))
    in_format_1(tmp_path, first, days(1, 2))
    (kept,) = publications(tmp_path)
    assert rests_on_the_same(tmp_path, kept, first)
    assert not rests_on_the_same(tmp_path, kept, replace(first, deliveries=digest_of(days(1))))


def test_deliveries_of_which_something_is_lost_are_never_told_wrong(tmp_path: Path) -> None:
    first, second = published(tmp_path, deliveries=days(1)), published(tmp_path, deliveries=days(1, 2))
    (tmp_path / "publications" / first.publication_id / "delivery_changes.parquet").unlink()
    for each in (first, second):
        with pytest.raises(HistoryError, match=rf"{each.publication_id} rests on.*Restore history/"):
            kept_deliveries(tmp_path, each)
    with pytest.raises(HistoryError, match="Restore history/"):
        prepared(tmp_path, deliveries=days(1, 2, 3))


def test_a_kept_table_that_is_damaged_is_an_error_with_its_file(tmp_path: Path) -> None:
    publication = published(tmp_path, 1.0)
    folder = tmp_path / "publications" / publication.publication_id
    for name in ("delivery_changes.parquet", "attainment.parquet"):
        (folder / name).write_bytes((folder / name).read_bytes()[:-10])
    with pytest.raises(HistoryError, match=r"delivery_changes\.parquet can't be read.*backup of history/"):
        kept_deliveries(tmp_path, publication)
    with pytest.raises(HistoryError, match=r"attainment\.parquet can't be read"):
        actuals(tmp_path)


def test_only_documents_and_publications_are_kept(tmp_path: Path) -> None:
    published(tmp_path, 1.0)
    assert {path.name for path in tmp_path.iterdir()} == {"documents", "publications"}
    shutil.rmtree(tmp_path)
