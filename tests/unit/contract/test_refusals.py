"""Every way in which a contract can be wrong is refused: where, what was found, what was expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Problems = Callable[..., list[Any]]


def edited(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in the sample"
        text = text.replace(old, new)
    return text


def the_one(found: list[Any]) -> Any:
    assert len(found) == 1, "\n\n".join(str(problem) for problem in found)
    return found[0]


MISSING_KEYS = [
    ("contract: sample\n", "contract"),
    ("version: 1\n", "version"),
    ("effective_from: 2026-01-01\n", "effective_from"),
    ("timezone: America/Mexico_City\n", "timezone"),
    ("currency: MXN\n", "currency"),
    ("  basis: scored\n", "mql.basis"),
    ("  threshold: 60\n", "mql.threshold"),
    (", within_days: 45", "sql.within_days"),
    ("min: 10, ", "capacity.per_rep.min"),
    (", signed_on: 2025-12-18", "signed_by[0].signed_on"),
    (", points: 20", "mql.fit[0].points"),
    ("id: any-touch, ", "mql.engagement[0].id"),
    ("owner: marketing, metric: cost_per_mql", "commitments[2].owner"),
    ("after_attempts: 5, ", "follow_up.no_contact.after_attempts"),
]


@pytest.mark.parametrize(("line", "path"), MISSING_KEYS)
def test_a_missing_key_is_named(problems: Problems, contract_text: str, line: str, path: str) -> None:
    new = "metric: cost_per_mql" if "owner" in line else ""
    problem = the_one(problems(edited(contract_text, (line, new))))
    assert (problem.key_path, problem.found) == (path, "nothing")


CADENCE = """\
  cadence:
    - {activity: [call], at_least: 3, within_business_days: 5}
    - {within_business_days: 6}
"""

CAPACITY = """\
capacity:
  per_rep: {min: 10, max: 30}
  overrides: [{rep: "0055g00000ABCDE", min: 5, max: 12}]
"""

WRONG_VALUES = [
    # old, new, path, in found, in expected
    ("contract: sample", "contract: [a]", "contract", "a list of 1", "a name"),
    ("version: 1", "version: 0", "version", "the number 0", "whole number from 1"),
    ("version: 1", "version: 1.5", "version", "the number 1.5", "whole number"),
    ("version: 1", 'version: "1"', "version", 'the text "1"', "whole number"),
    ("effective_from: 2026-01-01", "effective_from: 2026-01-15", "effective_from", "2026-01-15", "first day"),
    ("effective_from: 2026-01-01", "effective_from: 2026-02-30", "effective_from", "2026-02-30", "first day"),
    ("effective_from: 2026-01-01", "effective_from: 01/01/2026", "effective_from", "01/01/2026", "first day"),
    (
        "effective_from: 2026-01-01",
        "effective_from: 2026-01-01 00:00:00",
        "effective_from",
        "the time",
        "first",
    ),
    ("effective_from: 2026-01-01", "effective_from: 2601-01-01", "effective_from", "2601", "2100"),
    ("timezone: America/Mexico_City", "timezone: Mexico", "timezone", "Mexico", "IANA"),
    ("timezone: America/Mexico_City", "timezone: ../etc/passwd", "timezone", "passwd", "IANA"),
    ("currency: MXN", "currency: pesos", "currency", "pesos", "three capital letters"),
    ("currency: MXN", "currency: mxn", "currency", "mxn", "three capital letters"),
    ("language: es", "language: fr", "language", "fr", "es, en"),
    ("department: sales", "department: saless", "signed_by[1].department", "saless", "marketing, sales"),
    ("signed_on: 2025-12-19", "signed_on: soon", "signed_by[1].signed_on", "soon", "a date"),
    (
        'tuesday: ["09:00-17:00"]',
        'tuesday: ["9:00-17:00"]',
        "business_hours.tuesday[0]",
        "9:00",
        "09:00-17:00",
    ),
    ('tuesday: ["09:00-17:00"]', 'tuesday: ["09:00-24:01"]', "business_hours.tuesday[0]", "24:01", "24:00"),
    ('tuesday: ["09:00-17:00"]', 'tuesday: ["24:00-24:00"]', "business_hours.tuesday[0]", "24:00", "hours"),
    (
        'tuesday: ["09:00-17:00"]',
        'tuesday: ["17:00-09:00"]',
        "business_hours.tuesday[0]",
        "17:00",
        "end after",
    ),
    (
        'tuesday: ["09:00-17:00"]',
        'tuesday: ["09:00-09:00"]',
        "business_hours.tuesday[0]",
        "09:00",
        "end after",
    ),
    ('tuesday: ["09:00-17:00"]', 'tuesday: "09:00-17:00"', "business_hours.tuesday", "09:00", "a list"),
    (
        'tuesday: ["09:00-17:00"]',
        "tuesday: [9]",
        "business_hours.tuesday[0]",
        "the number 9",
        "opening hours",
    ),
    ("country: MX, sub", "country: XX, sub", "business_hours.holidays.country", "XX", "capital letters"),
    ("country: MX, sub", "country: MEX, sub", "business_hours.holidays.country", "MEX", "capital letters"),
    ("subdivision: null", "subdivision: JAL", "business_hours.holidays.subdivision", "JAL", "of MX"),
    ("add: [2026-12-24]", "add: [24.12.2026]", "business_hours.holidays.add[0]", "24.12.2026", "a date"),
    ("basis: scored", "basis: guessed", "mql.basis", "guessed", "scored, declared"),
    ("threshold: 60", "threshold: -1", "mql.threshold", "-1", "a number from 0"),
    ("threshold: 60", "threshold: yes", "mql.threshold", "true", "a number"),
    ("threshold: 60", "threshold: .nan", "mql.threshold", ".nan", "a number"),
    ("threshold: 60", "threshold: .inf", "mql.threshold", ".inf", "a number"),
    ("threshold: 60", "threshold: 0.1234567", "mql.threshold", "0.1234567", "6 decimals"),
    ("threshold: 60", "threshold: 1.0e+20", "mql.threshold", "1.0e+20", "12 digits"),
    ("threshold: 60", "threshold: 1.0e+9999999999999", "mql.threshold", "1.0e+", "12 digits"),
    ("threshold: 60", "threshold: 012", "mql.threshold", "10, written 012", "a number"),
    ("threshold: 60", "threshold: 1_000", "mql.threshold", "written 1_000", "a number"),
    ("threshold: 60", "threshold: 1:30", "mql.threshold", "90, written 1:30", "a number"),
    ("points: 20", "points: twenty", "mql.fit[0].points", "twenty", "points"),
    ("one_of: [MX, CO, CL]", "one_of: MX", "mql.required[0].one_of", 'the text "MX"', "a list"),
    ("one_of: [MX, CO, CL]", "one_of: []", "mql.required[0].one_of", "an empty list", "at least one"),
    ("director, gerente", '"!?", gerente', "mql.fit[0].has_phrase[0]", "!?", "at least one letter or digit"),
    ("attribute: job_title", "attribute: ' '", "mql.fit[0].attribute", "", "column"),
    ("attribute: job_title", "attribute: {a: b}", "mql.fit[0].attribute", "a block", "column"),
    ("at_least: 250000", "at_least: a lot", "mql.fit[1].at_least", "a lot", "a number"),
    ("max_count: 10", "max_count: 0", "mql.engagement[0].max_count", "0", "whole number from 1"),
    ("max_count: 10", "max_count: 2.5", "mql.engagement[0].max_count", "2.5", "whole number from 1"),
    ("window_days: 90", "window_days: 0", "mql.engagement[0].window_days", "0", "more than 0"),
    ("window_days: 90", "window_days: -5", "mql.engagement[0].window_days", "-5", "more than 0"),
    ("[content_download]", "[download]", "mql.engagement[1].touch_type[0]", "download", "content_download"),
    ("[info_request]", "[]", "handoff.triggers[0].touch_type", "an empty list", "at least one"),
    ("requalify_after_days: 30", "requalify_after_days: -1", "mql.requalify_after_days", "-1", "0 or more"),
    ("at_least: 8", "at_least: 0", "handoff.triggers[1].at_least", "0", "whole number from 1"),
    (
        "  within_business_hours: 4",
        "  within_business_hours: 0",
        "handoff.within_business_hours",
        "0",
        "more",
    ),
    (
        "  within_business_hours: 4",
        "  within_business_hours: 1000000",
        "handoff.within_business_hours",
        "",
        "10000",
    ),
    (
        "within_business_days: 6",
        "within_business_days: 0",
        "follow_up.cadence[1].within_business_days",
        "0",
        "1",
    ),
    ("activity: [call]", "activity: [fax]", "follow_up.cadence[0].activity[0]", "fax", "call, email"),
    ("[accepted, meeting_confirmed]", "[accepted, met]", "sql.all_of[1]", "met", "meeting_confirmed"),
    ("[accepted, meeting_confirmed]", "[]", "sql.all_of", "an empty list", "at least one"),
    ("within_days: 60", "within_days: 0", "opportunity.within_days", "0", "more than 0"),
    ("min: 10", "min: -1", "capacity.per_rep.min", "-1", "whole number from 0"),
    ("lookback_periods: 6", "lookback_periods: 0", "plan.lookback_periods", "0", "whole number from 1"),
    ("{default: 350000}", "-3", "plan.marketing_budget", "-3", "a number from 0"),
    (
        "owner: marketing, metric: cost",
        "owner: ceo, metric: cost",
        "commitments[2].owner",
        "ceo",
        "marketing",
    ),
    (
        "metric: cost_per_mql",
        "metric: cost_per_lead",
        "commitments[2].metric",
        "cost_per_lead",
        "cost_per_mql",
    ),
    ("at_most: 1200", "at_most: -1", "commitments[2].at_most", "-1", "a number from 0"),
    ("at_most: 1200", "at_most: [1200]", "commitments[2].at_most", "a list", "a number from 0"),
    ("2026-02: 320", "2026-2: 320", "commitments[0].at_least.2026-2", "2026-2", "YYYY-MM"),
    ("2026-02: 320", "2026-13: 320", "commitments[0].at_least.2026-13", "2026-13", "YYYY-MM"),
    ("2026-02: 320", "2026-02-01: 320", "commitments[0].at_least.2026-02-01", "2026-02-01", "YYYY-MM"),
    ("2026-02: 320", "2026-02: many", "commitments[0].at_least.2026-02", "many", "a number from 0"),
    ("{default: 300, 2026-02: 320}", "{}", "commitments[0].at_least", "no target", "a number"),
    ("at_least: 0.455", "at_least: 95", "commitments[1].at_least", "95", "a share from 0 to 1"),
    ("at_least: 0.455", "at_least: {default: 1.5}", "commitments[1].at_least.default", "1.5", "a share"),
    (CADENCE, "  cadence: none\n", "follow_up.cadence", "none", "a list"),
]


@pytest.mark.parametrize(("old", "new", "path", "found", "expected"), WRONG_VALUES)
def test_a_wrong_value_is_refused_at_its_place(
    problems: Problems, contract_text: str, old: str, new: str, path: str, found: str, expected: str
) -> None:
    problem = the_one(problems(edited(contract_text, (old, new))))
    assert problem.key_path == path
    assert found in problem.found
    assert expected in problem.expected


UNKNOWN_KEYS = [
    ("version: 1\n", "version: 1\nowner: me\n", "owner", None),
    ("  threshold: 60\n", "  threshold: 60\n  treshold: 60\n", "mql.treshold", "did you mean `threshold`?"),
    ("role: CMO", "rol: CMO", "signed_by[0].rol", "did you mean `role`?"),
    ("attribute: country,", "attribute: country, points: 3,", "mql.required[0].points", None),
    ("{default: 350000}", "{default: 350000, per: month}", "plan.marketing_budget.per", None),
    ('  tuesday: ["', '  martes: []\n  tuesday: ["', "business_hours.martes", None),
    ("  recycled: [Nurture]\n", "  recycled: [Nurture]\n  parked: [Later]\n", "lead_statuses.parked", None),
]


@pytest.mark.parametrize(("old", "new", "path", "hint"), UNKNOWN_KEYS)
def test_an_unknown_key_is_refused(
    problems: Problems, contract_text: str, old: str, new: str, path: str, hint: str | None
) -> None:
    problem = the_one(problems(edited(contract_text, (old, new))))
    assert problem.key_path == path
    assert path.rpartition(".")[2] in problem.found
    if hint:
        assert problem.hint == hint


READ_AS_SOMETHING_ELSE = [
    # `NO` is false to YAML, `012` is 10, and so on: where text is meant, it has to be quoted.
    ("one_of: [MX, CO, CL]", "one_of: [NO]", "mql.required[0].one_of[0]", "false, written NO", '"NO"'),
    ("one_of: [MX, CO, CL]", "one_of: [012]", "mql.required[0].one_of[0]", "10, written 012", '"012"'),
    ("one_of: [MX, CO, CL]", "one_of: [12]", "mql.required[0].one_of[0]", "the number 12", '"12"'),
    ("one_of: [MX, CO, CL]", "one_of: [1.50]", "mql.required[0].one_of[0]", "the number 1.50", '"1.50"'),
    ("one_of: [MX, CO, CL]", "one_of: [2026-01-01]", "mql.required[0].one_of[0]", "the date", '"2026-01-01"'),
    ("country: MX, sub", "country: NO, sub", "business_hours.holidays.country", "written NO", '"NO"'),
    ("recycled: [Nurture]", "recycled: [Nurture, Off]", "lead_statuses.recycled[1]", "false", '"Off"'),
    ("[pricing, case_study]", "[yes, pricing]", "mql.engagement[1].content_type[0]", "true", '"yes"'),
    ('rep: "0055g00000ABCDE"', "rep: 0055", "capacity.overrides[0].rep", "45, written 0055", '"0055"'),
    ("id: any-touch", "id: 1", "mql.engagement[0].id", "the number 1", '"1"'),
    ("contract: sample", "contract: 2026", "contract", "the number 2026", '"2026"'),
    ("name: Mara Prueba", "name: on", "signed_by[0].name", "true, written on", '"on"'),
]


@pytest.mark.parametrize(("old", "new", "path", "found", "quoted"), READ_AS_SOMETHING_ELSE)
def test_text_that_yaml_reads_as_something_else_is_to_be_quoted(
    problems: Problems, contract_text: str, old: str, new: str, path: str, found: str, quoted: str
) -> None:
    problem = the_one(problems(edited(contract_text, (old, new))))
    assert problem.key_path == path
    assert found in problem.found
    assert problem.hint == f"quote it: {quoted}"


INCONSISTENT = [
    # doubled
    ("version: 1\n", "version: 1\nversion: 1\n", "version", "a second time (first on line 2)"),
    (
        "{default: 300, 2026-02: 320}",
        "{2026-02: 1, 2026-02: 2}",
        "commitments[0].at_least.2026-02",
        "a second",
    ),
    ("id: can-invest", "id: decision-maker", "mql.fit[1].id", "mql.fit[0].id has too"),
    ("id: any-touch", "id: can-invest", "mql.engagement[0].id", "mql.fit[1].id has too"),
    ("id: many", "id: asked", "handoff.triggers[1].id", "handoff.triggers[0].id has too"),
    ("id: cost,", "id: on-time,", "commitments[2].id", "commitments[1].id has too"),
    # overlaps
    ('14:00", "15:00', '14:00", "13:59', "business_hours.monday[1]", 'overlaps "09:00-14:00"'),
    ("rejected: [Rejected]", "rejected: [Rejected, working]", "lead_statuses.rejected[1]", "in accepted too"),
    ("recycled: [Nurture]", "recycled: [Nurture, REJECTED]", "lead_statuses.recycled[1]", "in rejected too"),
    ("qualified: [Qualified]", "qualified: [Nurture]", "lead_statuses.qualified[0]", "in recycled too"),
    # minima above maxima
    ("min: 10, max: 30", "min: 31, max: 30", "capacity.per_rep.min", "min 31 above max 30"),
    ("min: 5, max: 12", "min: 13, max: 12", "capacity.overrides[0].min", "min 13 above max 12"),
    ("at_most: 9000000.50", "at_most: 249999.99", "mql.fit[1].at_least", "above at_most 249999.99"),
    # missing definitions
    (", at_least: 250000, at_most: 9000000.50", "", "mql.fit[1]", "says nothing of its attribute"),
    ("  within_business_hours: 4\n", "", "commitments[1].metric", "without its definition"),
    ("  accepted: [Working, Accepted]\n", "", "sql.all_of[0]", "the condition accepted"),
    ("  recycled: [Nurture]\n", "  recycled: []\n", "lead_statuses.recycled", "nothing"),
    # one of two
    ("at_most: 1200", "at_most: 1200, at_least: 1", "commitments[2]", "both at_least and at_most"),
    (", at_most: 1200", "", "commitments[2]", "neither at_least nor at_most"),
    ("all_of: [accepted, meeting_confirmed], ", "", "sql", "neither all_of nor any_of"),
    ("sql: {", "sql: {any_of: [connected], ", "sql", "both all_of and any_of"),
    # a key without a value
    ("  lookback_periods: 6", "  lookback_periods:", "plan.lookback_periods", "nothing"),
]


@pytest.mark.parametrize(("old", "new", "path", "found"), INCONSISTENT)
def test_what_contradicts_itself_is_refused(
    problems: Problems, contract_text: str, old: str, new: str, path: str, found: str
) -> None:
    problem = the_one(problems(edited(contract_text, (old, new))))
    assert problem.key_path == path
    assert found in problem.found


def test_a_rep_named_by_both_forms_of_a_salesforce_id_is_doubled(
    problems: Problems, contract_text: str
) -> None:
    # The suffix of 0055g|00000|ABCDE: no capitals in the first five and the second (A, A), and
    # five in the third, 11111 = 31, which is 5.
    new = 'min: 5, max: 12}, {rep: "0055g00000ABCDEAA5", min: 1, max: 2}'
    problem = the_one(problems(edited(contract_text, ("min: 5, max: 12}", new))))
    assert problem.key_path == "capacity.overrides[1].rep"


METRICS_AND_THEIR_BLOCKS = [
    ("sqls", "sql", ("sql: {all_of: [accepted, meeting_confirmed], within_days: 45}\n", "")),
    ("mql_to_sql_rate", "sql", ("sql: {all_of: [accepted, meeting_confirmed], within_days: 45}\n", "")),
    ("mql_to_opportunity_rate", "opportunity", ("opportunity: {within_days: 60}\n", "")),
    ("mql_to_customer_rate", "customer", ("customer: {within_days: 180}\n", "")),
    (
        "first_attempt_on_time_rate",
        "follow_up.first_attempt_within_business_hours",
        ("  first_attempt_within_business_hours: 0.5\n", ""),
    ),
    (
        "disposition_on_time_rate",
        "follow_up.disposition_within_business_hours",
        ("  disposition_within_business_hours: 24\n", ""),
    ),
    (
        "no_contact_procedure_rate",
        "follow_up.no_contact",
        ("  no_contact: {after_attempts: 5, recycle_within_business_days: 3}\n", ""),
    ),
    (
        "cadence_completed_rate",
        "follow_up.cadence",
        (CADENCE, "  cadence: []\n"),
    ),
    (
        "reps_within_capacity_rate",
        "capacity",
        (CAPACITY, ""),
    ),
]


@pytest.mark.parametrize(("metric", "block", "removal"), METRICS_AND_THEIR_BLOCKS)
def test_a_metric_without_its_block_cannot_be_committed(
    problems: Problems, contract_text: str, metric: str, block: str, removal: tuple[str, str]
) -> None:
    commitment = ("metric: cost_per_mql, at_most: 1200", f"metric: {metric}, at_least: 1")
    problem = the_one(problems(edited(contract_text, commitment, removal)))
    assert problem.key_path == "commitments[2].metric"
    assert f"the block {block}" in problem.expected


@pytest.mark.parametrize("metric", ["opportunities", "customers_won", "mqls_delivered", "win_rate"])
def test_a_metric_that_needs_no_block_can_be_committed_without(
    load: Callable[..., Any], contract_text: str, metric: str
) -> None:
    text = edited(
        contract_text,
        ("metric: cost_per_mql, at_most: 1200", f"metric: {metric}, at_least: 1"),
        ("opportunity: {within_days: 60}\n", ""),
        ("customer: {within_days: 180}\n", ""),
    )
    assert load(text).versions[0].commitments[2].metric == metric


def test_a_week_without_opening_hours_is_refused(problems: Problems, contract_text: str) -> None:
    closed = edited(
        contract_text,
        ('  monday: ["09:00-14:00", "15:00-18:00"]\n', ""),
        ('tuesday: ["09:00-17:00"]', "tuesday: []"),
    )
    problem = the_one(problems(closed))
    assert (problem.key_path, problem.found) == ("business_hours", "no opening hours")


def test_a_subdivision_needs_a_country(problems: Problems, contract_text: str) -> None:
    new = "holidays: {subdivision: BY, add"
    problem = the_one(
        problems(edited(contract_text, ("holidays: {country: MX, subdivision: null, add", new)))
    )
    assert problem.key_path == "business_hours.holidays.subdivision"
