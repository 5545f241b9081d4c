"""The demo's files: the same bytes for the same seed, a file for each day, whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from dagster_project.demo import (
    DEFAULT_SHAPE,
    DEMO_SEED,
    History,
    Shape,
    demo_shape,
    files,
    simulate,
    write_demo,
    write_extracts,
)
from dagster_project.demo import writing as demo_writing
from dagster_project.demo.history import CRM_OBJECTS, DUMPED_OBJECTS, MARKETING_OBJECTS

STANDARD = Shape("standard")
FOLDERS = [f"marketing/{name}" for name in MARKETING_OBJECTS] + [f"crm/{name}" for name in CRM_OBJECTS]


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def extracts(demo: History, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "extracts"
    write_extracts(demo, folder, shape=STANDARD)
    return folder


@pytest.fixture
def small_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo of few people, so that writing it several times is quick."""
    monkeypatch.setattr(demo_writing, "DEMO_PEOPLE", 120)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for turn in ("first", "second"):
        write_extracts(simulate(11, 300, months=3), tmp_path / turn)
    write_extracts(simulate(12, 300, months=3), tmp_path / "other seed")
    assert _hashes(tmp_path / "first") == _hashes(tmp_path / "second")
    assert _hashes(tmp_path / "first") != _hashes(tmp_path / "other seed")


def test_how_many_rows_are_written_at_once_changes_no_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = simulate(11, 300, months=3)
    write_extracts(history, tmp_path / "at once")
    monkeypatch.setattr(files, "ROWS_AT_ONCE", 40)
    write_extracts(history, tmp_path / "in batches")
    assert _hashes(tmp_path / "at once") == _hashes(tmp_path / "in batches")


@pytest.mark.parametrize(
    "folder", [folder for folder in FOLDERS if folder.split("/")[1] not in DUMPED_OBJECTS]
)
def test_every_object_of_changes_has_a_file_for_every_day(extracts: Path, folder: str) -> None:
    days = {(date(2025, 11, 1) + timedelta(days=n)).isoformat() + ".csv" for n in range(365)}
    assert {path.name for path in (extracts / folder).iterdir()} == days


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if folder.split("/")[1] in DUMPED_OBJECTS])
def test_a_dump_comes_on_the_first_day_every_saturday_and_the_last_day(extracts: Path, folder: str) -> None:
    # 2025-11-01 and 2026-10-31 are Saturdays, 52 weeks apart.
    saturdays = {(date(2025, 11, 1) + timedelta(weeks=n)).isoformat() + ".csv" for n in range(53)}
    assert {path.name for path in (extracts / folder).iterdir()} == saturdays


def test_a_quiet_day_is_a_header_only(extracts: Path) -> None:
    quiet = (extracts / "crm/opportunities/2025-12-25.csv").read_text(encoding="utf-8")
    assert quiet.startswith("opportunity_id,created_at,")
    assert quiet.count("\n") == 1


@pytest.mark.parametrize("name", MARKETING_OBJECTS + CRM_OBJECTS)
def test_the_files_hold_every_row_of_the_history(demo: History, extracts: Path, name: str) -> None:
    source = "marketing" if name in MARKETING_OBJECTS else "crm"
    rows = 0
    for path in (extracts / source / name).iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            read = list(csv.reader(file))
        assert {len(row) for row in read} == {demo.table(name).num_columns - 1}
        rows += len(read) - 1
    assert rows == demo.table(name).num_rows


def test_marketing_writes_utc_and_the_crm_local_time_without_an_offset(demo: History, extracts: Path) -> None:
    touch = demo.touches.slice(demo.touches.num_rows - 1).to_pylist()[0]
    activity = demo.activities.slice(demo.activities.num_rows - 1).to_pylist()[0]
    touches = (extracts / f"marketing/touches/{touch['delivered_on']}.csv").read_text(encoding="utf-8")
    activities = (extracts / f"crm/activities/{activity['delivered_on']}.csv").read_text(encoding="utf-8")
    assert f",{touch['occurred_at']:%Y-%m-%dT%H:%M:%SZ}," in touches
    assert f",{activity['occurred_at'] - timedelta(hours=6):%Y-%m-%d %H:%M:%S}," in activities


def test_a_comma_in_a_company_name_is_quoted(extracts: Path) -> None:
    assert ', S.A. de C.V.",' in (extracts / "marketing/contacts/2026-02-16.csv").read_text(encoding="utf-8")


@pytest.mark.usefixtures("small_demo")
def test_the_marker_names_the_seed_and_an_existing_demo_is_left_alone(tmp_path: Path) -> None:
    said: list[str] = []
    assert write_demo(tmp_path / "extracts", said.append)
    assert json.loads((tmp_path / "extracts/.demo").read_text(encoding="utf-8")) == {
        "family": "hubspot+salesforce",
        "format_version": demo_writing.FORMAT_VERSION,
        "loader": "api",
        "people": 120,
        "seed": DEMO_SEED,
    }
    assert any("web_events" in line for line in said)
    assert demo_shape(tmp_path / "extracts") == DEFAULT_SHAPE
    assert [path.name for path in tmp_path.iterdir()] == ["extracts"]
    assert not write_demo(tmp_path / "extracts")


@pytest.mark.usefixtures("small_demo")
def test_a_demo_that_was_cut_short_is_written_anew(tmp_path: Path) -> None:
    left_over = tmp_path / ".extracts.unfinished/marketing/touches"
    left_over.mkdir(parents=True)
    (left_over / "2031-01-01.csv").touch()
    (tmp_path / "extracts").mkdir()
    assert write_demo(tmp_path / "extracts")
    assert not (tmp_path / "extracts/marketing/touches/2031-01-01.csv").exists()


@pytest.mark.usefixtures("small_demo")
def test_a_demo_of_another_format_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "extracts/crm").mkdir(parents=True)
    (tmp_path / "extracts/.demo").write_text('{"seed": 1, "format_version": 0}', encoding="utf-8")
    assert write_demo(tmp_path / "extracts")
    assert (tmp_path / "extracts/crm/leads/2025-11-01.csv").exists()


def test_real_extracts_are_never_touched(tmp_path: Path) -> None:
    (tmp_path / "crm/leads").mkdir(parents=True)
    (tmp_path / "crm/leads/2026-01-01.csv").write_text("lead_id\n", encoding="utf-8")
    with pytest.raises(FileExistsError, match="not the demo's"):
        write_demo(tmp_path)
    assert _hashes(tmp_path).keys() == {"crm/leads/2026-01-01.csv"}
    assert demo_shape(tmp_path) is None
