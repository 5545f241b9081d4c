"""A draft in force in the contract's tables, and two builds side by side in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from html.parser import HTMLParser
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from dagster_project.decisions.simulation import SideBySide, SimulationError, compare, draft_in_force
from dagster_project.decisions.simulation_views import simulation_page, simulation_text
from dagster_project.decisions.wording import Wording


def versions(*rows: dict[str, Any]) -> dict[str, pa.Table]:
    schema = pa.schema(
        [
            ("version", pa.int32()),
            ("is_signed", pa.bool_()),
            ("signed_on", pa.date32()),
            ("effective_from", pa.date32()),
            ("effective_at", pa.timestamp("us")),
            ("threshold", pa.int32()),
        ]
    )
    tables = {"contract_versions": pa.Table.from_pylist(list(rows), schema=schema)}
    rules = [{"version": row["version"], "rule_id": f"rule-{row['version']}"} for row in rows]
    return tables | {
        "contract_engagement": pa.Table.from_pylist(rules),
        "sources": pa.table({"source": ["crm"]}),
    }


def a_version(version: int, month: int, is_signed: bool = True) -> dict[str, Any]:
    return {
        "version": version,
        "is_signed": is_signed,
        "signed_on": date(2025, 12, version) if is_signed else None,
        "effective_from": date(2026, month, 1),
        "effective_at": datetime(2026, month, 1, 6),
        "threshold": version * 10,
    }


def in_force(tables: dict[str, pa.Table]) -> list[tuple[int, bool, date, date]]:
    return [
        (row["version"], row["is_signed"], row["signed_on"], row["effective_from"])
        for row in tables["contract_versions"].to_pylist()
    ]


TABLES = versions(
    a_version(1, 1), a_version(2, 3), a_version(3, 5, is_signed=False), a_version(4, 4, is_signed=False)
)


def test_a_draft_is_in_force_from_its_month_in_place_of_every_later_version() -> None:
    tables = draft_in_force(TABLES, 3, date(2026, 2, 1), datetime(2026, 2, 1, 6))
    assert in_force(tables) == [
        (1, True, date(2025, 12, 1), date(2026, 1, 1)),
        (3, True, date(2026, 2, 1), date(2026, 2, 1)),
    ]
    assert tables["contract_versions"]["effective_at"].to_pylist()[1] == datetime(2026, 2, 1, 6)
    assert tables["contract_engagement"]["rule_id"].to_pylist() == ["rule-1", "rule-3"]
    assert tables["sources"] == TABLES["sources"]


def test_a_draft_can_be_in_force_from_the_beginning() -> None:
    tables = draft_in_force(TABLES, 4, date(2026, 1, 1), datetime(2026, 1, 1, 6))
    assert in_force(tables) == [(4, True, date(2026, 1, 1), date(2026, 1, 1))]


def test_simulating_the_signed_contract_changes_nothing_that_is_in_force() -> None:
    tables = draft_in_force(TABLES, 2, date(2026, 3, 1), datetime(2026, 3, 1, 6))
    assert tables["contract_versions"].to_pylist() == TABLES["contract_versions"].to_pylist()[:2]


@pytest.mark.parametrize(
    ("version", "day", "message"),
    [
        (9, date(2026, 1, 1), "no contract version 9 to simulate. The versions are 1, 2, 3, 4"),
        (
            3,
            date(2026, 2, 2),
            "can't be in force from 2026-02-02: choose the first day of a month, 2026-01-01 or",
        ),
        (3, date(2025, 12, 1), "can't be in force from 2025-12-01"),
    ],
)
def test_what_can_t_be_simulated_is_refused_with_what_can(version: int, day: date, message: str) -> None:
    with pytest.raises(SimulationError, match=message):
        draft_in_force(TABLES, version, day, datetime(2026, 2, 1))


# two tiny builds

MQLS = (
    "(person_id varchar, cycle int, qualified_date date, handed_off_date date, sql_date date, won_date date)"
)
ATTAINMENT = (
    "(period date, commitment_id varchar, owner varchar, metric varchar, target decimal(38, 12), actual double, "
    "status varchar, final boolean, complete_through timestamptz)"
)
OBLIGATIONS = "(period date, obligation varchar, owner varchar, outcome varchar)"


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """Under the signed contract one person is an MQL; under the draft two are, and less response is promised."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for side in ("signed", "draft"):
            connection.execute(f"attach ':memory:' as {side}; create schema {side}.marts")
            connection.execute(f"create table {side}.marts.fct_mqls {MQLS}")
            connection.execute(f"create table {side}.marts.sla_attainment {ATTAINMENT}")
            connection.execute(f"create table {side}.marts.fct_obligations {OBLIGATIONS}")
            connection.execute(f"create table {side}.marts.dim_periods as select date '2026-01-01' as period")
            connection.execute(
                f"insert into {side}.marts.fct_mqls values ('ana', 1, '2026-01-08', '2026-01-09', '2026-01-20', null)"
            )
        attainment = (
            "'2026-01-01', {id}, {owner}, {metric}, {target}, {actual}, {status}, true, '2026-02-01T06:00Z'"
        )
        response = {
            "id": "'<b>response</b>'",
            "owner": "'sales'",
            "metric": "'first_attempt_on_time_rate'",
            "actual": 0.5,
        }
        volume = {"id": "'volume'", "owner": "'marketing'", "metric": "'mqls_delivered'", "target": 2}
        for side, rows in {
            "signed": [
                response | {"target": 0.9, "status": "'missed'"},
                volume | {"actual": 1, "status": "'missed'"},
            ],
            "draft": [
                response | {"target": 0.5, "status": "'met'"},
                volume | {"actual": 2, "status": "'met'"},
            ],
        }.items():
            for row in rows:
                connection.execute(
                    f"insert into {side}.marts.sla_attainment values ({attainment.format(**row)})"
                )
        connection.execute(
            "insert into draft.marts.fct_mqls values ('bea', 1, '2026-01-09', null, null, null)"
        )
        for side, outcomes in {"signed": ["met", "breached"], "draft": ["met", "met", "pending"]}.items():
            for outcome in outcomes:
                connection.execute(
                    f"insert into {side}.marts.fct_obligations values ('2026-01-01', 'first_attempt', 'sales', ?)",
                    [outcome],
                )
        yield connection


@pytest.fixture
def side_by_side(connection: duckdb.DuckDBPyConnection) -> SideBySide:
    return compare(connection)


def test_mqls_obligations_and_statuses_stand_side_by_side(side_by_side: SideBySide) -> None:
    (mqls,) = side_by_side.mqls.to_dict(orient="records")
    assert (mqls["signed_qualified"], mqls["draft_qualified"]) == (1, 2)
    assert (mqls["only_signed"], mqls["only_draft"]) == (0, 1)
    assert (mqls["signed_delivered"], mqls["draft_delivered"]) == (1, 1)
    (obligations,) = side_by_side.obligations.to_dict(orient="records")
    assert [obligations[f"signed_{name}"] for name in ("met", "breached", "pending")] == [1, 1, 0]
    assert [obligations[f"draft_{name}"] for name in ("met", "breached", "pending")] == [2, 0, 1]
    statuses = side_by_side.statuses.set_index("commitment_id")
    assert statuses["signed_status"].to_dict() == {"<b>response</b>": "missed", "volume": "missed"}
    assert statuses["draft_status"].to_dict() == {"<b>response</b>": "met", "volume": "met"}
    assert not side_by_side.is_same


def test_a_build_beside_itself_is_the_same(connection: duckdb.DuckDBPyConnection) -> None:
    for table in ("fct_mqls", "sla_attainment", "fct_obligations"):
        connection.execute(f"create or replace table draft.marts.{table} as from signed.marts.{table}")
    same = compare(connection)
    assert same.is_same
    assert "The draft makes no difference" in simulation_text(
        same, Wording("en", "MXN"), "v2.yml", colour=False
    )


def test_someone_else_as_an_mql_is_a_difference_even_where_counts_agree(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    for table in ("fct_mqls", "sla_attainment", "fct_obligations"):
        connection.execute(f"create or replace table draft.marts.{table} as from signed.marts.{table}")
    connection.execute("update draft.marts.fct_mqls set person_id = 'bea'")
    assert not compare(connection).is_same


def test_a_commitment_of_one_contract_only_is_not_promised_by_the_other(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("delete from draft.marts.sla_attainment where commitment_id = 'volume'")
    text = simulation_text(compare(connection), Wording("en", "MXN"), "v2.yml", colour=False, width=160)
    assert "missed → not promised" in text
    assert "2 → –" in text


def test_builds_as_of_different_instants_are_not_compared(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("update draft.marts.sla_attainment set complete_through = '2026-02-02T06:00Z'")
    with pytest.raises(SimulationError, match="can't be compared. Publish the latest extracts first"):
        compare(connection)


def test_the_terminal_says_what_it_comes_to_and_shows_what_differs(side_by_side: SideBySide) -> None:
    text = simulation_text(side_by_side, Wording("en", "MXN"), "v2.yml", colour=False, width=120)
    assert text.startswith("What v2.yml would have meant\n")
    assert "MQLs qualified: 1 under the signed contract, 2 under the draft." in text
    assert "Of its decided promises sales kept 0 of 1; under the draft it would have kept 1 of 1." in text
    assert "1 MQL is one under the draft only" in text
    assert "missed → met" in text
    assert "90% → 50%" in text
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("width", [20, 60, 100, 200])
def test_lines_stay_within_the_width(side_by_side: SideBySide, width: int) -> None:
    text = simulation_text(side_by_side, Wording("es", "MXN"), "v2.yml", colour=False, width=width)
    assert max(map(len, text.splitlines())) <= max(width, 60)


class Page(HTMLParser):
    """The words and tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_is_one_file_in_the_contract_s_language_with_every_word_escaped(
    side_by_side: SideBySide,
) -> None:
    page = simulation_page(side_by_side, Wording("es", "MXN"), "<script>alert(1)</script>")
    read = Page(page)
    assert ("lang", "es") in read.attributes
    assert not {"script", "b", "link", "img", "iframe"} & set(read.tags)
    assert not [value for name, value in read.attributes if name in ("src", "href")]
    words = " ".join(" ".join(read.words).split())
    assert "Qué habría significado <script>alert(1)</script>" in words
    assert "<b>response</b>" in words
    assert "incumplido → cumplido" in words
    assert read.tags.count("table") == read.tags.count("caption") == 4
    # each kind of obligation month by month, not only over all of them
    assert "Obligaciones por mes" in words
    assert "enero de 2026 primer intento" in words
