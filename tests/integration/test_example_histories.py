"""Small, nasty histories with every answer, worked out independently: each must come out row for row."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipeline import run_pipeline, write_comparable

EXAMPLES = Path(__file__).parents[1] / "examples"
HISTORIES = sorted(path.name for path in EXAMPLES.glob("history-*"))


def test_there_are_examples() -> None:
    assert len(HISTORIES) == 7


@pytest.mark.parametrize("history", HISTORIES)
def test_an_example_history_comes_out_row_for_row(history: str, tmp_path: Path) -> None:
    result = run_pipeline(EXAMPLES / history, tmp_path / "home")
    write_comparable(result, tmp_path / "answers")
    comparison = subprocess.run(
        [sys.executable, EXAMPLES / "compare.py", EXAMPLES / history / "expected", tmp_path / "answers"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert comparison.returncode == 0, comparison.stdout + comparison.stderr
