"""Folders that only their owner may look into."""

from __future__ import annotations

from pathlib import Path

from dagster_project.owner_only import make_private


def test_a_folder_is_made_with_its_parents_and_closed(tmp_path: Path) -> None:
    make_private(tmp_path / "home" / "build")
    assert (tmp_path / "home" / "build").stat().st_mode & 0o777 == 0o700


def test_one_that_was_open_is_closed_and_keeps_what_it_holds(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir(mode=0o755)
    (folder / "run.log").write_text("said")
    make_private(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "run.log").read_text() == "said"
