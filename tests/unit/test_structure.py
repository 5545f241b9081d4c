"""The rooms of the project: who may import whom. Each room can be understood, tested and used alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PACKAGE = PROJECT / "dagster_project"
# What opens the rooms: the assets, and what one types.
HALLS = {"defs", "commands"}
ROOMS = sorted(
    path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists() and path.name not in HALLS
)


def imports_of(path: Path) -> Iterator[str]:
    """The full names of all modules that a file imports, wherever in it."""
    package = path.relative_to(PROJECT).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            # `from package import module` names the module only here.
            yield from (f"{module}.{alias.name}" for alias in node.names)


def is_of(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def python_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def test_the_rooms_are_found() -> None:
    assert {"contract", "extracts", "warehouse", "attainment", "demo"} <= set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_neither_dagster_nor_another_room_nor_the_halls(room: str) -> None:
    forbidden = ["dagster", "dagster_dbt", "dagster_project.definitions", "dagster_project.settings"]
    forbidden += [f"dagster_project.{other}" for other in (*ROOMS, *HALLS) if other != room]
    found = {
        f"{path.relative_to(PROJECT)} imports {name}"
        for path in python_files(PACKAGE / room)
        for name in imports_of(path)
        for package in forbidden
        if is_of(name, package)
    }
    assert found == set()


def test_what_all_may_import_imports_no_room_itself() -> None:
    shared = [
        path for path in PACKAGE.glob("*.py") if path.stem not in ("definitions", "__main__", "__init__")
    ]
    assert shared
    found = {
        f"{path.name} imports {name}"
        for path in shared
        for name in imports_of(path)
        if is_of(name, "dagster_project") and name.split(".")[1] in {*ROOMS, *HALLS, "definitions"}
    }
    assert found == set()


def test_nothing_imports_the_definitions() -> None:
    files = [*python_files(PACKAGE), *python_files(PROJECT / "data_checks")]
    assert [
        path for path in files if any(is_of(name, "dagster_project.definitions") for name in imports_of(path))
    ] == []


def test_the_assets_know_nothing_of_the_command_line() -> None:
    names = {name for path in python_files(PACKAGE / "defs") for name in imports_of(path)}
    assert [name for name in names if is_of(name, "dagster_project.commands")] == []


def test_the_data_checks_import_no_dagster() -> None:
    names = {name for path in python_files(PROJECT / "data_checks") for name in imports_of(path)}
    assert [name for name in names if is_of(name, "dagster") or is_of(name, "dagster_project.defs")] == []


def test_the_dbt_folder_is_no_python_package() -> None:
    # It would shadow the package dbt.
    assert list((PROJECT / "dbt").glob("*.py")) == []


def test_relative_and_plain_imports_are_both_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.PROJECT", tmp_path)
    module = tmp_path / "dagster_project" / "room" / "module.py"
    module.parent.mkdir(parents=True)
    module.write_text(
        "import dagster as dg\nfrom ..other import thing\nfrom .part import x\nfrom . import part\n"
    )
    assert set(imports_of(module)) == {
        "dagster",
        "dagster_project.other.thing",
        "dagster_project.room.part.x",
        "dagster_project.room.part",
    }
