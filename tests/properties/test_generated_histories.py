"""Generated nasty histories, each compared row for row with an independent reading of the definitions.

A few run with every test run; `make test-oracle` runs two hundred.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.oracle.generator import write_history
from tests.oracle.write import all_tables, answer, write_tables
from tests.pipeline import run_pipeline, write_comparable
from tests.properties.test_properties import RECONCILIATIONS

COMPARE = Path(__file__).parents[1] / "examples" / "compare.py"
CREDIT_RULES = ("every credit sums to one in each model", "every MQL has credit in four models")
HISTORIES = int(os.environ.get("GENERATED_HISTORIES", "4"))


@pytest.mark.parametrize("seed", range(1, HISTORIES + 1))
def test_a_generated_history_comes_out_as_an_independent_reading_has_it(seed: int, tmp_path: Path) -> None:
    history = tmp_path / "history"
    write_history(history, seed)
    write_tables(
        all_tables(answer(history / "extracts", history / "contracts", history / "sources.yml")),
        tmp_path / "oracle",
    )
    result = run_pipeline(history, tmp_path / "home")
    for rule in CREDIT_RULES:
        assert result.rows(RECONCILIATIONS[rule]) == [], f"seed {seed}: {rule}"
    write_comparable(result, tmp_path / "answers")
    comparison = subprocess.run(
        [sys.executable, COMPARE, tmp_path / "oracle", tmp_path / "answers"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert comparison.returncode == 0, f"seed {seed}\n{comparison.stdout}{comparison.stderr}"
