"""What another version of the project wrote is read, brought up to date or refused, and never half of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dagster_project.__main__ import COMMANDS, NEED_NO_FORMAT
from dagster_project.formats import (
    FORMAT_FILE,
    Format,
    FormatError,
    bring_up_to_date,
    number_what_is_new,
    require_current,
)
from tests.integration.command_line import command


def number_of(folder: Path) -> int:
    number: int = json.loads((folder / FORMAT_FILE).read_text())["format"]
    return number


def noting(log: list[str]) -> Format:
    """A format at number 3 whose steps say what they did."""

    def step(older: int) -> Callable[[Path], None]:
        return lambda folder: log.append(f"{folder.name} {older}")

    return Format(3, {older: step(older) for older in (1, 2)})


def test_a_new_home_gets_this_version_s_numbers_once_a_run_has_filled_it(tmp_path: Path) -> None:
    log: list[str] = []
    assert bring_up_to_date(tmp_path, {"ledger": noting(log)}) == []
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "ledger").mkdir()
    number_what_is_new(tmp_path, {"ledger": noting(log), "raw": noting(log)})
    assert (number_of(tmp_path / "ledger"), log) == (3, [])
    assert not (tmp_path / "raw").exists()


def test_a_folder_without_a_number_is_of_the_first_format(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    ledger = tmp_path / "ledger"
    assert bring_up_to_date(tmp_path, {"ledger": Format(2, {1: lambda folder: None})}) == [
        f"{ledger} was brought from format 1 to 2"
    ]
    assert number_of(ledger) == 2


def test_a_home_that_is_up_to_date_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    number_what_is_new(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert bring_up_to_date(tmp_path) == []
    number_what_is_new(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_each_step_is_taken_once_in_order(tmp_path: Path) -> None:
    log: list[str] = []
    (tmp_path / "history").mkdir()
    bring_up_to_date(tmp_path, {"history": noting(log)})
    bring_up_to_date(tmp_path, {"history": noting(log)})
    assert log == ["history 1", "history 2"]


def test_a_step_that_was_cut_short_is_taken_again_and_none_before_it(tmp_path: Path) -> None:
    log: list[str] = []

    def fail(_folder: Path) -> None:
        raise OSError("the disk is full")

    (tmp_path / "history").mkdir()
    with pytest.raises(OSError, match="full"):
        bring_up_to_date(tmp_path, {"history": Format(3, {1: lambda folder: log.append("1"), 2: fail})})
    bring_up_to_date(tmp_path, {"history": noting(log)})
    assert log == ["1", "history 2"]


def test_what_a_later_version_wrote_is_refused_and_nothing_is_changed(tmp_path: Path) -> None:
    for name, number in (("ledger", 1), ("history", 9)):
        (tmp_path / name).mkdir()
        (tmp_path / name / FORMAT_FILE).write_text(json.dumps({"format": number}))
    log: list[str] = []
    with pytest.raises(FormatError, match=r"history has format 9, .* Install that version again"):
        bring_up_to_date(tmp_path, {"ledger": noting(log), "history": Format(8, {})})
    assert (log, number_of(tmp_path / "ledger")) == ([], 1)


@pytest.mark.parametrize("text", ["", "3", "{}", '{"format": "1"}', '{"format": 0}'])
def test_a_number_that_can_t_be_read_is_named_with_its_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / FORMAT_FILE).write_text(text)
    with pytest.raises(FormatError, match=FORMAT_FILE):
        bring_up_to_date(tmp_path)


def test_what_is_older_than_the_first_step_is_refused_with_what_to_do(tmp_path: Path) -> None:
    ledger, log = tmp_path / "ledger", list[str]()
    ledger.mkdir()
    formats = {"ledger": Format(3, {2: lambda folder: log.append("2")})}
    with pytest.raises(
        FormatError, match=r"ledger has format 1, .* from 2 on .* run it once, .* or delete it"
    ):
        bring_up_to_date(tmp_path, formats)
    assert (log, list(ledger.iterdir())) == ([], [])


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("archive", "restore it from a backup"),
        ("history", "restore it from a backup"),
        ("ledger", "delete it, and a run makes it again"),
        ("raw", "delete raw/, quarantine/ and build/"),
        ("quarantine", "delete raw/, quarantine/ and build/"),
        ("published", "delete it, and a run publishes it again"),
    ],
)
def test_a_number_that_no_version_wrote_is_refused_with_what_to_do(
    tmp_path: Path, name: str, remedy: str
) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / FORMAT_FILE).write_text('{"format": 0}')
    with pytest.raises(FormatError, match=f"{FORMAT_FILE} says format 0.*{remedy}"):
        bring_up_to_date(tmp_path)


def test_a_folder_that_a_run_has_to_bring_up_to_date_is_read_by_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "history").mkdir()
    require_current(tmp_path, {"history": Format(1, {})})
    with pytest.raises(FormatError, match=r"history has format 1, .* reads format 2\. Begin with `make run`"):
        require_current(tmp_path, {"history": Format(2, {1: lambda folder: None})})
    assert list((tmp_path / "history").iterdir()) == []


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - set(NEED_NO_FORMAT)))
def test_no_command_reads_a_home_of_a_later_version(tmp_path: Path, name: str) -> None:
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / FORMAT_FILE).write_text('{"format": 99}')
    needed = [
        text for option in COMMANDS[name].options if option.is_required for text in (f"--{option.name}", "x")
    ]
    ran = command(name, {"SLA_HOME": str(tmp_path)}, *needed)
    assert ran.status == 1
    assert "published has format 99" in ran.output
    assert "Install that version again" in ran.output
