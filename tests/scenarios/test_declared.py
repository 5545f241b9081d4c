"""Qualification that the marketing system declares (domain, MQL: declared)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.scenarios.history import BASE_CONTRACT, QUEUE, ROSA, History, a_contract
from tests.scenarios.results import Results, run

DECLARED: dict[str, Any] = {
    "basis": "declared",
    "required": [{"attribute": "country", "one_of": ["MX"]}],
    "requalify_after_days": 10,
}
HISTORY = History(a_contract(mql=DECLARED))


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    with run(HISTORY) as results:
        yield results


HISTORY.person("declared", declared_mql_at="2026-01-07 10:00")
HISTORY.person("declared-later-for-earlier").has("2026-02-07 10:00", declared_mql_at="2026-01-07 10:00")
HISTORY.person("declared-twice", declared_mql_at="2026-01-20 10:00").has(
    "2026-02-07", declared_mql_at="2026-01-07 10:00"
)
HISTORY.person("withdrawn", declared_mql_at="2026-01-07 10:00").has("2026-02-07 10:00")
HISTORY.person("survivor", created="2025-11-01", email="ana@acme.example")
HISTORY.person("of-other-contact", email="ana@acme.example", declared_mql_at="2026-01-08 10:00")
HISTORY.person("of-merged-contact", declared_mql_at="2026-01-07 10:00", merged_into_contact_id="survivor")
HISTORY.person("only-touched").touch("2026-01-07 10:00")
HISTORY.person("in-december", declared_mql_at="2025-12-20 10:00")
HISTORY.person("in-december-and-january", declared_mql_at="2025-12-20 10:00").has(
    "2026-01-09", declared_mql_at="2026-01-08 10:00"
)
HISTORY.person("at-the-first-instant", declared_mql_at="2026-01-01 00:00")
HISTORY.person("at-w", declared_mql_at="2026-04-01 00:00")
HISTORY.person("just-before-w", declared_mql_at="2026-03-31 23:59:59.999999")


def test_the_declared_time_is_the_qualification(results: Results) -> None:
    mql = results.mql("declared")
    # neither the required country nor a touch nor a threshold
    assert (mql.qualified_at, mql.basis, mql.score, mql.contract_version) == (
        "2026-01-07 10:00",
        "declared",
        None,
        1,
    )
    assert results.points("declared") == {}


def test_the_declared_time_counts_whenever_it_was_written_down(results: Results) -> None:
    assert results.mql("declared-later-for-earlier").qualified_at == "2026-01-07 10:00"


def test_the_earliest_time_of_any_version_counts(results: Results) -> None:
    assert results.mql("declared-twice").qualified_at == "2026-01-07 10:00"
    assert results.mql("withdrawn").qualified_at == "2026-01-07 10:00"


def test_the_times_of_all_of_a_person_s_contacts_count_merged_ones_included(results: Results) -> None:
    assert results.mql("survivor").qualified_at == "2026-01-07 10:00"


def test_touches_qualify_nobody_where_qualification_is_declared(results: Results) -> None:
    assert not results.is_mql("only-touched")


def test_a_time_before_the_first_version_qualifies_nobody(results: Results) -> None:
    assert not results.is_mql("in-december")
    assert results.mql("in-december-and-january").qualified_at == "2026-01-08 10:00"
    assert results.mql("at-the-first-instant").qualified_at == "2026-01-01 00:00"


def test_a_time_at_w_has_not_come(results: Results) -> None:
    assert not results.is_mql("at-w")
    assert results.mql("just-before-w").qualified_at == "2026-03-31 23:59:59.999999"


# cycles

person = HISTORY.person("declared-again", declared_mql_at="2026-01-07 10:00").has(
    "2026-01-22", declared_mql_at="2026-01-21 10:00"
)
person.lead("2026-01-01", owner_id=QUEUE).status("2026-01-20 10:00", "Nurture")
person = HISTORY.person("declared-as-recycled", declared_mql_at="2026-01-20 10:00")
person.lead("2026-01-01", owner_id=ROSA).status("2026-01-20 10:00", "Nurture")


def test_a_declared_mql_need_not_wait_to_requalify(results: Results) -> None:
    # a day after being recycled
    assert results.mql("declared-again", 1).qualified_at == "2026-01-07 10:00"
    assert results.mql("declared-again", 2).qualified_at == "2026-01-21 10:00"


def test_a_time_at_the_moment_of_recycling_is_in_the_new_cycle(results: Results) -> None:
    assert results.cycles("declared-as-recycled") == [2]
    assert results.mql("declared-as-recycled", 2).handed_off_at == "2026-01-20 10:00"


# versions that differ in basis: January is scored, February declared, March scored

MIXED = History(
    a_contract(),
    a_contract(version=2, effective_from="2026-02-01", mql=DECLARED),
    a_contract(version=3, effective_from="2026-03-01", mql=BASE_CONTRACT["mql"]),
)


@pytest.fixture(scope="module")
def mixed() -> Iterator[Results]:
    with run(MIXED) as results:
        yield results


MIXED.person("scored-first", declared_mql_at="2026-02-10 10:00").touch("2026-01-20 10:00")
MIXED.person("declared-first", declared_mql_at="2026-02-10 10:00").touch("2026-02-05 10:00").touch(
    "2026-03-05 10:00"
)
MIXED.person("declared-in-january", declared_mql_at="2026-01-10 10:00").touch("2026-02-05 10:00")
MIXED.person("touched-in-february").touch("2026-02-05 10:00").touch("2026-03-05 10:00", "other")
MIXED.person("declared-in-march", declared_mql_at="2026-03-10 10:00")


def test_the_earliest_of_either_basis_counts_under_its_own_version(mixed: Results) -> None:
    mql = mixed.mql("scored-first")
    assert (mql.qualified_at, mql.basis, mql.contract_version, mql.score) == (
        "2026-01-20 10:00",
        "scored",
        1,
        10,
    )
    mql = mixed.mql("declared-first")
    assert (mql.qualified_at, mql.basis, mql.contract_version, mql.score) == (
        "2026-02-10 10:00",
        "declared",
        2,
        None,
    )


def test_each_basis_counts_only_while_a_version_with_it_is_in_force(mixed: Results) -> None:
    assert not mixed.is_mql("declared-in-january")
    assert not mixed.is_mql("declared-in-march")
    # the form of February counts for the score when March has its first event
    mql = mixed.mql("touched-in-february")
    assert (mql.qualified_at, mql.basis, mql.contract_version) == ("2026-03-05 10:00", "scored", 3)
