"""What every earlier version wrote is read by this one: homes that they left are kept, one for each format's number."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from dagster_project.decisions.history import kept_deliveries, kept_documents, publications
from dagster_project.extracts import (
    files_in_force,
    ingest_object,
    load_sources,
    quarantine_counts,
    read_ledger,
)
from dagster_project.formats import FORMAT_FILE, FORMATS, bring_up_to_date
from tests.formats.samples import DAYS, EXAMPLE, deliver, samples, unpack
from tests.integration.command_line import command, history_settings, published_rows

LATER = datetime(2027, 1, 1)


@pytest.fixture(scope="module", params=samples(), ids=lambda path: path.name.partition(".")[0])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a version left behind, brought up to this one's formats."""
    folder: Path = tmp_path_factory.mktemp("kept") / "home"
    unpack(request.param, folder)
    bring_up_to_date(folder)
    return folder


def delivered() -> dict[tuple[str, str, str], str]:
    """By source, object and name of each file that had been delivered: the hash of its content."""
    return {
        (path.parts[-3], path.parts[-2], path.name): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (EXAMPLE / "extracts").rglob("*.*")
        if path.name[:10] <= DAYS[-1]
    }


def listed(home: Path) -> dict[tuple[str, str, str], str]:
    """The same, as the ledger has it."""
    return {
        (row["source"], row["object"], row["file_name"]): row["sha256"]
        for row in read_ledger(home).to_pylist()
    }


def test_there_is_a_home_of_every_number_of_every_format(tmp_path: Path) -> None:
    """Whoever gives a format a new number keeps one: `python -m tests.formats.samples`."""
    kept: set[tuple[str, int]] = set()
    for sample in samples():
        unpack(sample, tmp_path / sample.name)
        for name in FORMATS:
            text = (tmp_path / sample.name / name / FORMAT_FILE).read_text()
            kept.add((name, json.loads(text)["format"]))
    assert kept == {(name, number) for name, each in FORMATS.items() for number in range(1, each.number + 1)}


def test_the_ledger_of_every_format_names_what_was_delivered(home: Path) -> None:
    assert listed(home) == delivered()


def test_what_an_earlier_version_has_read_is_not_delivered_anew(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "home")
    deliver(tmp_path / "extracts", "", DAYS[-1])
    for source in load_sources(EXAMPLE / "sources.yml"):
        for name in source.objects:
            report = ingest_object(
                tmp_path / "home", tmp_path / "extracts", source, name, "EUR", "this version", LATER
            )
            assert len(report.deliveries) == report.reread
    assert listed(tmp_path / "home") == delivered()


def test_the_ledger_is_made_again_from_an_archive_of_every_format(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home / "archive", tmp_path / "home" / "archive")
    for source in load_sources(EXAMPLE / "sources.yml"):
        for name in source.objects:
            ingest_object(tmp_path / "home", tmp_path, source, name, "EUR", "this version", LATER)
    assert listed(tmp_path / "home") == delivered()
    raw, raw_then = (
        files_in_force(folder, load_sources(EXAMPLE / "sources.yml"), None)
        for folder in (tmp_path / "home", home)
    )
    assert raw.drop(["raw_path", "quarantine_path"]).equals(raw_then.drop(["raw_path", "quarantine_path"]))


def test_raw_and_quarantine_of_every_format_have_the_rows_that_the_ledger_counts(home: Path) -> None:
    sources = load_sources(EXAMPLE / "sources.yml")
    paths = [path for path in files_in_force(home, sources, None)["raw_path"].to_pylist() if path]
    with duckdb.connect() as connection:
        ((rows,),) = connection.execute(
            "select count(*) from read_parquet($paths, union_by_name = true, hive_partitioning = false)",
            {"paths": paths},
        ).fetchall()
    in_force = [row for row in read_ledger(home).to_pylist() if row["is_in_force"]]
    assert rows == sum(row["rows_accepted"] for row in in_force) > 0
    set_aside = quarantine_counts(home, sources, None)
    assert sum(int(str(row[-1])) for row in set_aside) == sum(row["rows_quarantined"] for row in in_force) > 0


def test_the_history_of_every_format_says_what_each_publication_rests_on(home: Path) -> None:
    first, second = publications(home / "history")
    contract, *_ = (EXAMPLE / "contracts").glob("*.yml")
    for publication, day in zip((first, second), DAYS, strict=True):
        assert contract.read_bytes() in kept_documents(home / "history", publication).values()
        dates = kept_deliveries(home / "history", publication)["extract_date"].to_pylist()
        assert max(dates).isoformat() == day


def test_what_is_published_in_every_format_can_be_exported(home: Path) -> None:
    assert published_rows(home, "select max(publication) from marts.publications") == [(2,)]
    exported = command("export", history_settings(EXAMPLE, home))
    assert exported.status == 0, exported.output


def test_what_needs_the_build_as_well_says_that_a_run_has_to_make_it(home: Path) -> None:
    asked = command(
        "explain", history_settings(EXAMPLE, home), "--period", "2026-12", "--commitment", "mql-volume"
    )
    assert asked.status == 1
    assert "run everything (make run), then explain" in asked.output
