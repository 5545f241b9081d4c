"""Where a check fails for one of several reasons, each of them can fail it alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from data_checks import ALL_SUITES
from data_checks.checks import RowsWhere

FOLLOW_UP_TIMES = (
    "first_attempt_at",
    "connected_at",
    "accepted_at",
    "rejected_at",
    "recycled_at",
    "meeting_confirmed_at",
    "qualified_status_at",
    "opportunity_at",
    "sql_at",
    "won_at",
    "lost_at",
    "disposition_at",
    "stopped_at",
)
THE_END = "timestamptz '2026-03-01 00:00:00+00'"
A_SECOND = "interval 1 second"


class Broken(NamedTuple):
    """One row of the company's, and a change of it for each reason, in the order in which the check gives them."""

    row: str
    changes: tuple[str, ...]


def each(columns: tuple[str, ...], value: str) -> tuple[str, ...]:
    return tuple(f"{column} = {value}" for column in columns)


BROKEN = {
    "mqls_have_a_known_stage_and_basis": Broken(
        "person_id = 'c049'", ("stage = null", "stage = 'asleep'", "basis = null", "basis = 'guessed'")
    ),
    "mqls_happen_in_order": Broken(
        "person_id = 'c049'",
        (
            *each(("ready_at", "handed_off_at"), f"qualified_at - {A_SECOND}"),
            *each(FOLLOW_UP_TIMES, f"handed_off_at - {A_SECOND}"),
        ),
    ),
    "nothing_of_an_mql_lies_after_the_last_complete_day": Broken(
        "person_id = 'c049'", each(("qualified_at", "ready_at", "handed_off_at", *FOLLOW_UP_TIMES), THE_END)
    ),
    "mqls_that_were_not_handed_off_have_no_follow_up": Broken(
        "person_id = 'c059'",
        (*each(FOLLOW_UP_TIMES, "ready_at"), "attempts = 1", "opportunities = 1", "amount_won = 1"),
    ),
    "mql_counts_are_not_negative": Broken(
        "person_id = 'c049'",
        (
            *each(("attempts", "owner_changes", "opportunities", "first_response_business_seconds"), "-1"),
            *each(("attempts", "owner_changes", "opportunities", "amount_won"), "null"),
        ),
    ),
    "rules_that_gave_points_matched_something": Broken(
        "person_id = 'c049' and rule_id = 'any-touch'",
        ("matched = null", "matched = 0", "points = null", "points = 0"),
    ),
    "obligations_are_of_known_kinds": Broken(
        "person_id = 'c049' and obligation = 'first_attempt'",
        (
            "obligation = null",
            "obligation = 'nap'",
            "outcome = null",
            "outcome = 'forgotten'",
            "owner = null",
            "owner = 'marketing'",
        ),
    ),
    "obligations_name_whom_they_are_about": Broken(
        "person_id = 'c049' and obligation = 'first_attempt'",
        ("person_id = null, cycle = null", "cycle = null", "rep_id = null"),
    ),
    "obligations_have_sane_times": Broken(
        "person_id = 'c049' and obligation = 'first_attempt'",
        (
            "started_at = null",
            "due_at = null",
            f"due_at = started_at - {A_SECOND}",
            f"done_at = started_at - {A_SECOND}",
            f"started_at = {THE_END}, due_at = {THE_END}, done_at = null",
            f"done_at = {THE_END} + {A_SECOND}",
        ),
    ),
    "obligation_outcomes_agree_with_their_times": Broken(
        "person_id = 'c049' and obligation = 'first_attempt'",
        (
            "done_at = null",
            f"done_at = due_at + {A_SECOND}",
            f"outcome = 'pending', due_at = {THE_END}",
            f"outcome = 'pending', done_at = null, due_at = {THE_END} - {A_SECOND}",
            "outcome = 'breached', done_at = due_at",
            f"outcome = 'breached', done_at = null, due_at = {THE_END} + {A_SECOND}",
        ),
    ),
    "breaches_say_how_late_or_how_soon": Broken(
        "person_id = 'c059' and obligation = 'handoff'",
        (
            "overdue_business_seconds = null",
            "remaining_business_seconds = 1",
            "outcome = 'met', overdue_business_seconds = null",
            "overdue_business_seconds = -1",
            "outcome = 'pending', overdue_business_seconds = null, remaining_business_seconds = -1",
        ),
    ),
    "credits_lie_between_0_and_1": Broken(
        "person_id = 'c049' and model = 'linear'", ("credit = null", "credit = 1.1")
    ),
    "opportunities_close_after_they_are_created": Broken(
        "person_id = 'c011'",
        (
            f"is_closed = true, closed_at = created_at - {A_SECOND}",
            "is_closed = true",
            "is_won = true",
            f"created_at = {THE_END}",
            f"is_closed = true, closed_at = {THE_END}",
            *each(("is_closed", "is_won", "created_at"), "null"),
        ),
    ),
    "rep_figures_are_sane": Broken(
        "rep_id = 'r1' and period = '2026-01-01'",
        (
            *each(("mqls", "attempts", "sqls", "meetings", "won", "lost", "min"), "-1"),
            "max = -1, min = null",
            "min = max + 1",
            "first_response_p50_business_seconds = -1",
            "first_response_p90_business_seconds = 1",
        ),
    ),
    "cohort_shares_lie_between_0_and_1": Broken(
        "period = '2026-01-01'",
        each(("sqls_decided_share", "opportunities_decided_share", "customers_decided_share"), "1.1"),
    ),
    "cohorts_convert_at_most_everybody": Broken(
        "period = '2026-02-01'",
        (
            "mqls = -1, sqls = null, opportunities = null, customers = null",
            *each(("sqls", "opportunities", "customers"), "-1"),
            *each(("sqls", "opportunities", "customers"), "1"),
        ),
    ),
    "funnel_counts_are_not_negative": Broken(
        "period = '2026-02-01'",
        each(
            (
                "leads",
                "mqls_qualified",
                "mqls_delivered",
                "sqls",
                "opportunities",
                "meetings_confirmed",
                "customers_won",
                "lost",
                "spend",
            ),
            "-1",
        ),
    ),
    "rates_lie_between_0_and_1": Broken(
        "period = '2026-01-01' and commitment_id = 'first-response'",
        ("actual = 1.1", "worst = -0.1", "best = 1.1", "worst = 0.7, best = 0.6"),
    ),
    "attainment_figures_are_numbers": Broken(
        "period = '2026-01-01' and commitment_id = 'mql-volume'",
        (
            "actual = 'nan'",
            *each(("worst", "best", "projection", "attainment"), "'inf'"),
            *each(("met", "breached", "pending", "due"), "-1"),
            "target = null",
        ),
    ),
    "attainment_words_are_known": Broken(
        "period = '2026-01-01' and commitment_id = 'mql-volume'",
        (
            "status = null",
            "status = 'nearly'",
            "owner = null",
            "owner = 'finance'",
            "comparison = null",
            "comparison = 'about'",
        ),
    ),
    "findings_are_told_in_known_words": Broken(
        "finding = 'data_checks_passed'",
        (
            "severity = null",
            "severity = 'fatal'",
            "meaning = null",
            "meaning = ''",
            "count = null",
            "count = -1",
            "share = 1.1",
        ),
    ),
}


def reasons_of(condition: exp.Expr) -> list[exp.Expr]:
    """The conditions of which each alone makes a condition true: a or b; a and (b or c); least(a, b) < c; …"""
    condition = condition.unnest()
    if isinstance(condition, exp.Or):
        return [*reasons_of(condition.left), *reasons_of(condition.right)]
    if isinstance(condition, exp.And):
        return [
            exp.and_(one, other)
            for one in reasons_of(condition.left)
            for other in reasons_of(condition.right)
        ]
    compared = condition.this if isinstance(condition, exp.Not) else condition
    several = compared.this
    of_any = exp.Coalesce if isinstance(compared, exp.Is) else (exp.Least, exp.Greatest)
    if not isinstance(several, of_any):
        return [condition]
    members = [several.this, *several.expressions]
    several.replace(exp.column("member"))
    return [exp.replace_tree(condition.copy(), _put(member)) for member in members]


def _put(member: exp.Expr) -> Callable[[exp.Expr], exp.Expr]:
    return lambda node: member.copy() if node == exp.column("member") else node


CONDITIONS = {
    check.id: (suite.table, check, reasons)
    for suite in ALL_SUITES
    if suite.table.startswith("marts.")
    for check in suite.checks
    if isinstance(check, RowsWhere)
    if len(reasons := reasons_of(sqlglot.parse_one(check.fails_when, read="duckdb"))) > 1
}


@pytest.fixture(scope="module")
def connection(
    company: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    path = shutil.copyfile(company, tmp_path_factory.mktemp("broken") / "warehouse.duckdb")
    with duckdb.connect(path) as connection:
        yield connection


def test_every_condition_with_several_reasons_is_broken_for_each() -> None:
    assert {check_id: len(broken.changes) for check_id, broken in BROKEN.items()} == {
        check_id: len(reasons) for check_id, (_, _, reasons) in CONDITIONS.items()
    }


@pytest.mark.parametrize("check_id", CONDITIONS)
def test_each_reason_fails_its_check_alone(check_id: str, connection: duckdb.DuckDBPyConnection) -> None:
    table, check, reasons = CONDITIONS[check_id]
    row, changes = BROKEN[check_id]
    counted = ", ".join(
        f"count(*) filter (({reason.sql('duckdb')}) and ({check.out_of or 'true'}))" for reason in reasons
    )
    failing = f"count(*) filter (({check.fails_when}) and ({check.out_of or 'true'}))"
    for number, change in enumerate(changes):
        connection.begin()
        connection.execute(f"update {table} set {change} where {row}")
        found = connection.execute(
            f"select {failing}, {counted} from {table} cross join raw.as_of as as_of"
        ).fetchone()
        connection.rollback()
        assert found == (1, *(int(place == number) for place in range(len(reasons)))), change
