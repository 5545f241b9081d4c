"""What was published is kept, append-only, and survives a run that is killed at any moment."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dagster_project.decisions import history as module
from dagster_project.decisions.history import (
    DELIVERY_SCHEMA,
    Additions,
    HistoryError,
    Publication,
    commit,
    deliveries_in_force,
    kept_deliveries,
    kept_documents,
    kept_rows,
    next_publication,
    prepare,
    publications,
    publications_table,
    raw_files_of,
    recover,
    rests_on_the_same,
)

ROWS = pa.schema([("period", pa.date32()), ("actual", pa.float64())])
DOCUMENTS = {"contracts/v1.yml": b"contract: demo\n", "sources.yml": b"sources: {}\n"}
FIRST = datetime(2026, 4, 1, 6, tzinfo=UTC)


def a_delivery(**values: object) -> dict[str, object]:
    return {
        "source": "crm",
        "object": "leads",
        "extract_date": date(2026, 3, 1),
        "part": None,
        "delivery": 1,
        "reading": 1,
        "sha256": "a" * 64,
    } | values


DELIVERIES = pa.Table.from_pylist([a_delivery()], schema=DELIVERY_SCHEMA)


def rows(*actuals: float) -> pa.Table:
    return pa.Table.from_pylist(
        [{"period": date(2026, 3, 1), "actual": each} for each in actuals], schema=ROWS
    )


def prepared(folder: Path, *actuals: float, documents: dict[str, bytes] | None = None) -> Publication:
    day = len(publications(folder))
    documents = DOCUMENTS if documents is None else documents
    publication = next_publication(
        publications(folder),
        f"run-{day}-of-many",
        FIRST + timedelta(days=day, hours=1),
        FIRST + timedelta(days=day),
        documents,
    )
    prepare(folder, publication, documents, DELIVERIES, Additions(attainment=rows(*actuals)))
    return publication


def published(folder: Path, *actuals: float, documents: dict[str, bytes] | None = None) -> Publication:
    publication = prepared(folder, *actuals, documents=documents)
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
    with monkeypatch.context() as patched:
        patched.setattr(module, "_sync", killed_after(written))
        with pytest.raises(KeyboardInterrupt):
            published(tmp_path, 2.0, documents=DOCUMENTS | {"sources.yml": b"other\n"})
    recover(tmp_path, "000001-run0ofma")
    assert actuals(tmp_path) == [1.0]
    published(tmp_path, 3.0, documents=DOCUMENTS | {"sources.yml": b"other\n"})
    assert actuals(tmp_path) == [1.0, 3.0]
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
    assert rests_on_the_same(tmp_path, first, replace(first, **changed), DELIVERIES) is is_the_same


def test_a_publication_is_another_when_a_file_was_delivered_again(tmp_path: Path) -> None:
    first = published(tmp_path)
    again = pa.Table.from_pylist([a_delivery(delivery=2)], schema=DELIVERY_SCHEMA)
    assert not rests_on_the_same(tmp_path, first, first, again)


def test_only_documents_and_publications_are_kept(tmp_path: Path) -> None:
    published(tmp_path, 1.0)
    assert {path.name for path in tmp_path.iterdir()} == {"documents", "publications"}
    shutil.rmtree(tmp_path)


def test_a_run_rests_on_the_reading_and_bytes_of_what_is_in_force() -> None:
    files = pa.Table.from_pylist(
        [
            {
                "source": "crm",
                "object": "leads",
                "extract_date": date(2026, 3, 1),
                "part": None,
                "delivery": 2,
            },
            {
                "source": "crm",
                "object": "leads",
                "extract_date": date(2026, 3, 1),
                "part": "a",
                "delivery": 1,
            },
        ]
    )
    ledger = pa.Table.from_pylist(
        [
            a_delivery(raw_path="/raw/1") | {"delivery": 1},
            a_delivery(raw_path="/raw/2") | {"delivery": 2, "reading": 3, "sha256": "b" * 64},
            a_delivery(raw_path=None) | {"part": "a", "sha256": "c" * 64},
        ]
    )
    deliveries = deliveries_in_force(files, ledger)
    assert deliveries.schema == DELIVERY_SCHEMA
    assert [
        (row["part"], row["delivery"], row["reading"], row["sha256"][0]) for row in deliveries.to_pylist()
    ] == [
        ("a", 1, 1, "c"),
        (None, 2, 3, "b"),
    ]
    assert raw_files_of(deliveries, ledger).to_pylist() == [
        {"source": "crm", "object": "leads", "raw_path": "/raw/2"}
    ]
