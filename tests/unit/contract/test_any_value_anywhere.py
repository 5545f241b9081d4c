"""Whatever stands in whatever place of a contract, the answer is a table or a list of problems."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.contract import ContractErrors, calendar_tables, contract_tables, load_contracts

ODD_VALUES = st.sampled_from(
    [
        *(
            "",
            "null",
            "~",
            "NO",
            "012",
            "0x1F",
            "0x" + "F" * 9000,
            "1_000",
            "12:30",
            "-1",
            "0",
            "1",
            "1.5",
            "9999999999999999",
        ),
        *(".nan", "-.inf", "1.0e+400", "1e3", "9" * 5000, "2026-02-30", "2026-01-01", "2026-01-01T10:00:00Z"),
        *(
            "[]",
            "{}",
            "[[]]",
            "[null]",
            "[1, 2]",
            "{a: b}",
            "{default: x}",
            "[{}]",
            "[{id: 1}]",
            "'  '",
            '"\\t"',
        ),
        *("!!binary aGk=", "!!set {a}", "'é'", "connected", "scored", "sqls", "[accepted]", '"00:00-24:00"'),
    ]
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("contracts")


@given(data=st.data())
@settings(max_examples=150)
def test_any_value_in_any_place_gives_tables_or_problems(
    contract_text: str, folder: Path, data: st.DataObject
) -> None:
    values = yaml.safe_load(contract_text)
    for number in range(data.draw(st.integers(1, 3))):
        *path, last = data.draw(st.sampled_from(sorted(places(values), key=str)))
        block = values
        for part in path:
            block = block[part]
        block[last] = f"<{number}>"
    text = yaml.safe_dump(values, sort_keys=False, width=10_000)
    for number in range(3):
        text = text.replace(f"<{number}>", data.draw(ODD_VALUES))
    (folder / "v1.yml").write_text(text, encoding="utf-8")
    try:
        contracts = load_contracts(folder)
    except ContractErrors as errors:
        problems = errors.problems
    else:
        assert contract_tables(contracts)["contract_versions"].num_rows == 1
        assert calendar_tables(contracts, datetime(2026, 3, 1), None)["local_days"].num_rows > 0
        return
    assert problems
    for problem in problems:
        assert problem.file == str(folder / "v1.yml")
        assert problem.found
        assert problem.expected
        assert len(str(problem)) < 2000
