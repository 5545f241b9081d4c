"""A folder of versions is loaded as a whole, or refused with all that is wrong in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dagster_project.contract import ContractErrors, load_contracts

Problems = Callable[..., list[Any]]
Load = Callable[..., Any]

SIGNATURES = """\
signed_by:
  - {department: marketing, name: Mara Prueba, role: CMO, signed_on: 2025-12-18}
  - {department: sales, name: Saul Ensayo, role: VP Sales, signed_on: 2025-12-19}
"""


def second(text: str) -> str:
    return text.replace("version: 1", "version: 2").replace("2026-01-01", "2026-03-01")


def test_a_valid_contract_is_loaded(load: Load, contract_text: str) -> None:
    contracts = load(contract_text)
    assert (contracts.contract, contracts.timezone) == ("sample", "America/Mexico_City")
    assert (contracts.currency, contracts.language) == ("MXN", "es")
    assert contracts.warnings == ()


def test_numbers_are_exactly_as_written(load: Load, contract_text: str) -> None:
    version = load(contract_text).versions[0]
    assert version.commitments[1].targets == {"default": Decimal("0.455")}
    assert version.mql.fit[1].at_most == Decimal("9000000.50")


def test_versions_are_in_the_order_in_which_they_take_effect(load: Load, contract_text: str) -> None:
    versions = load(second(contract_text), contract_text).versions
    assert [version.version for version in versions] == [1, 2]


def test_a_signed_version_knows_when_its_last_signature_was_given(load: Load, contract_text: str) -> None:
    version = load(contract_text).versions[0]
    assert version.is_signed
    assert version.signed_on == date(2025, 12, 19)


@pytest.mark.parametrize(
    "signed_by",
    [
        "signed_by: []\n",
        "signed_by:\n  - {department: sales, name: Saul Ensayo, role: VP, signed_on: 2025-12-19}\n",
    ],
)
def test_a_version_without_both_signatures_is_a_draft(load: Load, contract_text: str, signed_by: str) -> None:
    contracts = load(contract_text.replace(SIGNATURES, signed_by))
    assert not contracts.versions[0].is_signed
    assert contracts.versions[0].signed_on is None
    assert contracts.signed == ()


def test_departments_compare_without_case_or_accents(load: Load, contract_text: str) -> None:
    version = load(contract_text.replace("department: sales", "department: ' SÁLES '")).versions[0]
    assert version.is_signed
    assert version.signed_by[1].department == "sales"


def test_dates_may_be_quoted(load: Load, contract_text: str) -> None:
    text = contract_text.replace("effective_from: 2026-01-01", 'effective_from: "2026-01-01"')
    assert load(text).versions[0].effective_from == date(2026, 1, 1)


def test_a_status_may_be_accepted_and_qualified(load: Load, contract_text: str) -> None:
    text = contract_text.replace("accepted: [Working, Accepted]", "accepted: [Working, Qualified]")
    assert load(text).versions[0].lead_statuses.accepted == ["Working", "Qualified"]


def test_a_holiday_may_be_named_twice(load: Load, contract_text: str) -> None:
    text = contract_text.replace("add: [2026-12-24]", "add: [2026-12-24, 2026-12-24]")
    assert load(text).versions[0].business_hours.holidays.add == [date(2026, 12, 24)] * 2


def test_a_block_may_be_repeated_by_an_alias(load: Load, contract_text: str) -> None:
    text = contract_text.replace('tuesday: ["09:00-17:00"]', 'tuesday: &day ["09:00-17:00"]\n  friday: *day')
    hours = load(text).versions[0].business_hours
    assert hours.friday == hours.tuesday


def test_a_target_just_above_a_share_is_warned_of(load: Load, contract_text: str) -> None:
    # Nobody can keep it, but two departments may have signed it.
    [warning] = load(contract_text.replace("at_least: 0.455", "at_least: 1.03")).warnings
    assert warning.key_path == "commitments[1].at_least"
    assert "1.03" in warning.found


def test_the_language_is_that_of_the_latest_signed_version(load: Load, contract_text: str) -> None:
    latest = second(contract_text).replace("language: es", "language: en")
    assert load(contract_text, latest).language == "en"
    assert load(contract_text, latest.replace(SIGNATURES, "signed_by: []\n")).language == "es"


# ---------------------------------------------------------------- all at once


def test_all_errors_of_all_files_are_reported_at_once(problems: Problems, contract_text: str) -> None:
    first = contract_text.replace("threshold: 60", "threshold: -60").replace("id: many", "id: asked")
    other = second(contract_text).replace("currency: MXN", "currency: USD").replace("role: CMO", "rol: CMO")
    found = [(problem.file, problem.key_path) for problem in problems(first, other)]
    assert found == [
        ("v1.yml", "mql.threshold"),
        ("v1.yml", "handoff.triggers[1].id"),
        ("v2.yml", "signed_by[0].rol"),
        ("v2.yml", "currency"),
    ]


def test_what_needs_several_values_is_checked_although_others_are_wrong(
    problems: Problems, contract_text: str
) -> None:
    text = contract_text.replace("version: 1", "version: one").replace("min: 10", "min: 40")
    assert [problem.key_path for problem in problems(text)] == ["version", "capacity.per_rep.min"]


def test_a_problem_knows_its_line(problems: Problems, contract_text: str) -> None:
    [problem] = problems(contract_text.replace("threshold: 60", "threshold: -60"))
    assert contract_text.splitlines()[problem.line - 1] == "  threshold: 60"


def test_the_message_says_file_place_found_expected_and_what_to_do(
    load: Load, contract_text: str, tmp_path: Path
) -> None:
    with pytest.raises(ContractErrors) as caught:
        load(contract_text.replace("one_of: [MX, CO, CL]", "one_of: [NO]"))
    assert str(caught.value) == (
        "The contract can't be used: 1 problem.\n"
        "\n"
        f"{tmp_path / 'v1.yml'}, line 18, mql.required[0].one_of[0]\n"
        "  found:    false, written NO\n"
        "  expected: text\n"
        '  hint:     quote it: "NO"'
    )


def test_several_problems_are_counted(load: Load, contract_text: str) -> None:
    with pytest.raises(ContractErrors, match=r"The contract can't be used: 2 problems\."):
        load(contract_text.replace("min: 10", "min: -1").replace("threshold: 60", "threshold: -60"))


# ---------------------------------------------------------------- between versions


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("contract: sample", "contract: other", "contract"),
        ("timezone: America/Mexico_City", "timezone: America/Bogota", "timezone"),
        ("currency: MXN", "currency: USD", "currency"),
    ],
)
def test_a_folder_holds_one_contract_zone_and_currency(
    problems: Problems, contract_text: str, old: str, new: str, key: str
) -> None:
    [problem] = problems(contract_text, second(contract_text).replace(old, new))
    assert (problem.file, problem.key_path) == ("v2.yml", key)
    assert "v1.yml" in problem.expected


def test_a_version_number_is_given_once(problems: Problems, contract_text: str) -> None:
    [problem] = problems(contract_text, second(contract_text).replace("version: 2", "version: 1"))
    assert (problem.file, problem.key_path) == ("v2.yml", "version")


def test_two_signed_versions_cannot_begin_with_the_same_month(problems: Problems, contract_text: str) -> None:
    [problem] = problems(contract_text, contract_text.replace("version: 1", "version: 2"))
    assert (problem.file, problem.key_path) == ("v2.yml", "effective_from")


def test_a_draft_may_begin_with_a_signed_versions_month(load: Load, contract_text: str) -> None:
    draft = contract_text.replace("version: 1", "version: 2").replace(SIGNATURES, "signed_by: []\n")
    contracts = load(contract_text, draft)
    assert [(version.version, version.is_signed) for version in contracts.versions] == [(1, True), (2, False)]


# ---------------------------------------------------------------- folders and files


def message_of(folder: Path) -> str:
    with pytest.raises(ContractErrors) as caught:
        load_contracts(folder)
    return str(caught.value)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    message = message_of(tmp_path / "contracts")
    assert str(tmp_path / "contracts") in message
    assert "no such folder" in message
    assert "SLA_CONTRACTS" in message


def test_a_folder_without_versions_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("to be written", encoding="utf-8")
    assert "no *.yml file" in message_of(tmp_path)


def test_a_file_in_a_folders_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "contracts").write_text("", encoding="utf-8")
    assert "a file" in message_of(tmp_path / "contracts")


def test_a_version_that_would_be_overlooked_is_an_error(
    load: Load, contract_text: str, tmp_path: Path
) -> None:
    (tmp_path / "v2.yaml").write_text(second(contract_text), encoding="utf-8")
    with pytest.raises(ContractErrors, match=r"rename it to v2\.yml"):
        load(contract_text)


def test_hidden_files_are_ignored(load: Load, contract_text: str, tmp_path: Path) -> None:
    (tmp_path / ".v1.yml.swp.yml").write_text("{", encoding="utf-8")
    assert len(load(contract_text).versions) == 1


UNREADABLE = [
    (b"", None, "an empty file"),
    (b"# nothing yet\n", None, "an empty file"),
    (b"{}\n", 0, "nothing"),
    (b"- a\n- b\n", None, "a list"),
    (b"contract\n", None, "a single value"),
    (b"contract: sample\nversion: [1\ntimezone: UTC\n", 3, "flow sequence"),
    (b"contract: sample\n\tversion: 1\n", 2, "token"),
    (b"contract: a\n---\ncontract: b\n", 2, "another document"),
    (b"contract: sample\nname: Pe\xf1a\n", 2, "the byte 0xF1"),
    ("contract: sample\n".encode("utf-16"), 1, "the byte 0xFF"),
    (b"contract: sample\nname: a\x00b\n", 2, "U+0000"),
    (b"contract: &a [*a]\n", None, "an alias"),
    (b"[" * 5000, None, "nested too deeply"),
    (b"contract: !!python/name:os.system x\n", 1, "the tag"),
    (b"? [a, b]\n: c\n", 1, "as a key"),
    (b"<<: {contract: sample}\n", 1, "the unknown key `<<`"),
]


@pytest.mark.parametrize(("content", "line", "found"), UNREADABLE)
def test_an_unreadable_file_is_a_problem_with_its_line(
    tmp_path: Path, content: bytes, line: int | None, found: str
) -> None:
    (tmp_path / "v1.yml").write_bytes(content)
    with pytest.raises(ContractErrors) as caught:
        load_contracts(tmp_path)
    matching = [problem for problem in caught.value.problems if found in problem.found]
    assert matching, str(caught.value)
    assert matching[0].line == (line or None)


def test_an_unreadable_file_does_not_hide_the_others(problems: Problems, contract_text: str) -> None:
    found = problems("contract: [", second(contract_text).replace("min: 10", "min: -1"))
    assert [(problem.file, problem.key_path) for problem in found] == [
        ("v1.yml", ""),
        ("v2.yml", "capacity.per_rep.min"),
    ]


def test_an_endless_file_of_aliases_is_refused(tmp_path: Path) -> None:
    # Nine aliases of nine aliases …, nine times: 9 ** 9 values in a few lines.
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    (tmp_path / "v1.yml").write_text("\n".join(lines), encoding="utf-8")
    assert "values" in message_of(tmp_path)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "v1.yml").write_bytes(b"# " + b"x" * (1024 * 1024))
    assert "at most 1,048,576 bytes" in message_of(tmp_path)


def test_a_folder_named_like_a_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "v1.yml").mkdir()
    assert "a file" in message_of(tmp_path)


def test_a_byte_order_mark_is_no_problem(tmp_path: Path, contract_text: str) -> None:
    (tmp_path / "v1.yml").write_text(contract_text, encoding="utf-8-sig")
    assert load_contracts(tmp_path).contract == "sample"
