"""How a contract's words and numbers meet those of the extracts (domain, the contract: matching).

Everybody sends a form, worth 10 points; the score tells which rules matched besides.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dagster_project.warehouse.inputs import BuildInputsError
from tests.scenarios.history import BASE_CONTRACT, ROSA, History, a_contract
from tests.scenarios.results import Results, run

FIT: list[dict[str, Any]] = [
    {"id": "cto", "attribute": "job_title", "has_phrase": ["cto"], "points": 1},
    {"id": "manager", "attribute": "job_title", "has_phrase": ["gerente general", "dirección"], "points": 2},
    {"id": "place", "attribute": "country", "one_of": ["México", "7", "South Africa"], "points": 4},
    {"id": "invests", "attribute": "annual_budget", "at_least": 250000, "points": 8},
    {"id": "tiny", "attribute": "employee_count", "at_most": 10, "points": 16},
    {"id": "between", "attribute": "floor", "at_least": 2, "at_most": 3, "points": 32},
    {"id": "precise", "attribute": "share", "at_least": 0.1, "points": 64},
]

HISTORY = History(
    a_contract(
        mql={
            "basis": "scored",
            "threshold": 10,
            "fit": FIT,
            "engagement": [
                {"id": "form", "touch_type": ["form_submission"], "points": 10},
                {"id": "any-touch", "points": 100},
                {"id": "pricing", "content_type": ["Precios"], "points": 1000},
                {
                    "id": "both",
                    "touch_type": ["content_download"],
                    "content_type": ["case study"],
                    "points": 10000,
                },
            ],
        },
        lead_statuses=BASE_CONTRACT["lead_statuses"] | {"accepted": ["Aceptado"]},
    )
)


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    with run(HISTORY) as results:
        yield results


CASES: list[tuple[str, str | None, list[str]]] = [
    # (column, value, rules that match)
    ("job_title", "Director", []),
    ("job_title", "CTO", ["cto"]),
    ("job_title", "  cto ", ["cto"]),
    ("job_title", "Co-Cto/founder", ["cto"]),
    ("job_title", "CTO2", []),
    ("job_title", "c t o", []),
    ("job_title", "C.T.O.", []),
    ("job_title", "Gerente General de Ventas", ["manager"]),
    ("job_title", "GERENTE-GENERAL", ["manager"]),
    ("job_title", "Sub gerente,  general", ["manager"]),
    ("job_title", "General Gerente", []),
    ("job_title", "gerente de general", []),
    ("job_title", "gerente generales", []),
    ("job_title", "Direccion", ["manager"]),
    ("job_title", "DIRECCIO\u0301N comercial", ["manager"]),
    ("job_title", "Gerente General y CTO", ["cto", "manager"]),
    ("job_title", "direcci\u00f8n", []),
    ("country", "mexico", ["place"]),
    ("country", " MÉXICO ", ["place"]),
    ("country", "Nuevo México", []),
    ("country", "México DF", []),
    ("country", "south  africa", []),
    ("country", "SOUTH AFRICA", ["place"]),
    ("country", "7", ["place"]),
    ("country", "07", []),
    ("country", "7.0", []),
    ("annual_budget", "250000", ["invests"]),
    ("annual_budget", "249999.99999999", []),
    ("annual_budget", "250000.00000001", ["invests"]),
    ("annual_budget", "+2.5e5", ["invests"]),
    ("annual_budget", "25E4", ["invests"]),
    ("annual_budget", ".3e6", ["invests"]),
    ("annual_budget", "250000.", ["invests"]),
    ("annual_budget", "250,000", []),
    ("annual_budget", "$300000", []),
    ("annual_budget", "300000 MXN", []),
    ("annual_budget", "0x7fffff", []),
    ("annual_budget", "inf", []),
    ("annual_budget", "nan", []),
    ("annual_budget", "1_000_000", []),
    ("annual_budget", "-300000", []),
    ("annual_budget", "123456789012345678901234567890", ["invests"]),
    ("annual_budget", "1e30", ["invests"]),
    ("employee_count", "10", ["tiny"]),
    ("employee_count", "-3", ["tiny"]),
    ("employee_count", "1e1", ["tiny"]),
    ("employee_count", "10.0000000001", []),
    ("employee_count", "1e-30", ["tiny"]),
    ("employee_count", "about 5", []),
    ("employee_count", None, []),
    ("floor", "1.999", []),
    ("floor", "2", ["between"]),
    ("floor", "3", ["between"]),
    ("floor", "3.001", []),
    ("share", "0.1", ["precise"]),
    ("share", "0.0999999999999999999", []),
    ("share", "0.1000000000000000055511151231257827", ["precise"]),
]
for number, (column, value, _) in enumerate(CASES):
    attributes: dict[str, Any] = {column: value}
    HISTORY.person(f"case-{number}", **attributes).touch("2026-01-05 10:00")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param(number, rules, id=f"{column}={value}")
        for number, (column, value, rules) in enumerate(CASES)
    ],
)
def test_an_attribute_matches_exactly_these_rules(results: Results, number: int, expected: list[str]) -> None:
    assert sorted(results.points(f"case-{number}")) == sorted([*expected, "form", "any-touch"])


HISTORY.person("other-words").touch("2026-01-05 10:00", touch_type=" Form_Submission ")
HISTORY.person("accented-content").touch("2026-01-05 10:00").touch(
    "2026-01-05 10:00", "page_view", content_type="PRECIÓS"
)
HISTORY.person("content-alone").touch("2026-01-05 10:00").touch(
    "2026-01-05 10:00", "other", content_type="case study"
)
HISTORY.person("both").touch("2026-01-05 10:00").touch(
    "2026-01-05 10:00", "content_download", content_type="Case Study"
)
HISTORY.mql("status-in-other-words", "2026-01-05 10:00", "2026-01-05 10:00").status(
    "2026-01-06 10:00", " ACÉPTADO"
)
HISTORY.mql("activity-in-other-words", "2026-01-05 10:00", "2026-01-05 10:00").activity(
    "2026-01-06 10:00", "CALL", direction="Outbound", outcome="No_Answer"
).activity("2026-01-07 10:00", "Call", direction="INBOUND")
HISTORY.user("rita", department=" Sales")
HISTORY.mql("department-in-other-words", "2026-01-05 10:00", "2026-01-05 11:00", rep="rita")


def test_touch_and_content_types_compare_without_case_accents_and_blanks(results: Results) -> None:
    assert results.points("other-words") == {"form": 10, "any-touch": 100}
    # two touches: any-touch counts both
    assert results.points("accented-content") == {"form": 10, "any-touch": 200, "pricing": 1000}


def test_a_rule_with_touch_and_content_type_wants_both(results: Results) -> None:
    assert results.points("content-alone") == {"form": 10, "any-touch": 200}
    assert results.points("both") == {"form": 10, "any-touch": 200, "both": 10000}


def test_statuses_directions_and_departments_compare_the_same_way(results: Results) -> None:
    assert results.mql("status-in-other-words").accepted_at == "2026-01-06 10:00"
    mql = results.mql("activity-in-other-words")
    assert (mql.first_attempt_at, mql.attempts, mql.connected_at) == (
        "2026-01-06 10:00",
        1,
        "2026-01-07 10:00",
    )
    assert results.mql("department-in-other-words").rep_id == "rita"
    assert results.mql("activity-in-other-words").rep_id == ROSA


# an attribute that no extract has

UNHEARD_OF = History(
    a_contract(
        mql=BASE_CONTRACT["mql"]
        | {"fit": [{"id": "shoes", "attribute": "shoe_size", "at_least": 40, "points": 1}]},
    )
)
UNHEARD_OF.person("somebody")


def test_an_attribute_that_no_contacts_extract_has_is_refused_at_the_run() -> None:
    with pytest.raises(BuildInputsError, match="shoe_size"), run(UNHEARD_OF):
        pass


# a source that writes its numbers with a comma

COMMA = History(
    a_contract(
        mql={
            "basis": "scored",
            "threshold": 10,
            "fit": [{"id": "share", "attribute": "share", "at_least": 9.5, "points": 1}],
            "engagement": [{"id": "form", "touch_type": ["form_submission"], "points": 10}],
        },
        commitments=[{"id": "revenue", "owner": "sales", "metric": "revenue_won", "at_least": 1}],
    ),
    decimal=",",
)
for number, value in enumerate(["9,75", "9.75", "9,4", "1.000,5", "10"]):
    COMMA.person(f"person-{number}", share=value).touch("2026-01-05 10:00")
COMMA.mql("deal", "2026-01-05 10:00", "2026-01-05 10:00").opportunity(
    "2026-01-06 10:00", won="2026-01-07 10:00", amount="1234,56"
)


def test_numbers_have_the_decimal_sign_of_their_source() -> None:
    with run(COMMA) as results:
        # 9.75 and 1.000,5 are unreadable where the sign is a comma
        matched = [number for number in range(5) if "share" in results.points(f"person-{number}")]
        assert matched == [0, 4]
        assert results.attainment("2026-01", "revenue").actual == 1234.56
