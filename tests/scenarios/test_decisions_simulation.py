"""A draft contract replayed over the same history, beside the signed one (domain, draft contracts)."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from pathlib import Path

import duckdb
import pytest

from dagster_project.__main__ import main
from dagster_project.commands.console import Console
from dagster_project.contract import ContractErrors
from dagster_project.decisions.history import HistoryError, publications
from dagster_project.decisions.simulation import SideBySide, SimulationError
from dagster_project.defs.replays import built_again
from dagster_project.defs.simulation_jobs import simulate_job
from dagster_project.defs.simulations import search, simulate, thresholds
from tests.scenarios.history import BASE_CONTRACT, History, a_contract
from tests.scenarios.publishing import Company

COMMITMENTS = [
    {"id": "volume", "owner": "marketing", "metric": "mqls_delivered", "at_least": 2},
    {"id": "response", "owner": "sales", "metric": "first_attempt_on_time_rate", "at_least": 1},
]
SIGNED = a_contract(commitments=COMMITMENTS)
# A day for the first call, and one page view makes an MQL.
DRAFT = a_contract(
    version=2,
    signed_by=[],
    effective_from="2026-04-01",
    mql=BASE_CONTRACT["mql"]
    | {
        "engagement": [
            {"id": "any", "points": 10},
            {"id": "form", "touch_type": ["form_submission"], "points": 10},
        ]
    },
    follow_up=BASE_CONTRACT["follow_up"] | {"first_attempt_within_business_hours": 8},
    commitments=COMMITMENTS,
)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """In January and in February an MQL is called after five business hours, where four are promised; and somebody
    only looks at a page."""
    history = History(SIGNED, DRAFT, through="2026-03-31")
    for day, next_day in (("2026-01-13", "2026-01-14"), ("2026-02-10", "2026-02-11")):
        history.mql(f"ana-{day}", f"{day} 12:00", handed_off=f"{day} 12:00").calls(f"{day} 17:00")
        history.person(f"bea-{day}").touch(f"{next_day} 10:00", "page_view").lead(
            f"{day} 12:00", owner_id="rosa"
        )
    company = Company(tmp_path_factory.mktemp("company"))
    company.deliver(history)
    company.publish()
    return company


def cells(side_by_side: SideBySide, commitment: str) -> dict[str, tuple[object, ...]]:
    """Each month's signed and draft actual and status."""
    return {
        f"{row['period']:%Y-%m}": tuple(
            row[f"{side}_{name}"] for side in ("signed", "draft") for name in ("actual", "status")
        )
        for row in side_by_side.statuses.to_dict(orient="records")
        if row["commitment_id"] == commitment
    }


def files(*folders: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()
    }


def test_simulating_the_signed_contract_gives_the_published_figures_exactly(company: Company) -> None:
    side_by_side = company.simulate("v1.yml")
    assert side_by_side.is_same
    assert len(side_by_side.statuses) == 6  # two commitments in three months


def test_the_publication_built_again_is_the_same_in_every_table(company: Company, tmp_path: Path) -> None:
    settings = company.settings()
    (publication,) = publications(company.history)
    with built_again(settings, publication, tmp_path) as again, duckdb.connect() as connection:
        connection.execute(f"attach '{again}' as again (read_only)")
        connection.execute(f"attach '{settings.published / 'warehouse.duckdb'}' as published (read_only)")
        tables = connection.execute(
            "select table_name from duckdb_tables() where database_name = 'again' and schema_name = 'marts'"
        ).fetchall()
        assert ("fct_obligations",) in tables
        for (table,) in tables:
            difference = connection.execute(
                f"(select * from again.marts.{table} except all select * from published.marts.{table}) union all "
                f"(select * from published.marts.{table} except all select * from again.marts.{table})"
            ).fetchall()
            assert difference == [], table


def test_a_simulation_changes_nothing_but_its_own_folder(company: Company) -> None:
    kept = [path for path in company.home.iterdir() if path.name != "simulations"]
    before = files(*kept, company.folder / "contracts")
    simulated = simulate(company.settings(), "v2.yml")
    assert files(*kept, company.folder / "contracts") == before
    assert sorted(path.name for path in simulated.folder.iterdir()) == [
        "commitments.csv", "commitments.parquet", "index.html", "mqls.csv", "mqls.parquet", "obligations.csv",
        "obligations.parquet",
    ]  # fmt: skip
    assert simulated.folder == company.home / "simulations" / "v2_from_2026-01"


def test_a_draft_is_replayed_from_anywhere_and_never_takes_a_signed_version_s_number(
    company: Company, tmp_path: Path
) -> None:
    edited = (company.folder / "contracts" / "v1.yml").read_text().replace("threshold: 10", "threshold: 11")
    (tmp_path / "edited.yml").write_text(edited)
    side_by_side = company.simulate(str(tmp_path / "edited.yml"), "2026-02")
    # a form gives ten points; January is still under the signed version of the same number
    assert side_by_side.mqls["signed_qualified"].tolist() == [1, 1, 0]
    assert side_by_side.mqls["draft_qualified"].tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("contract", "since", "message"),
    [
        ("v9.yml", None, "no such file"),
        ("v2.yml", "May", "'May' is no month"),
        ("v2.yml", "2025-12", "can't be in force from 2025-12-01"),
        (
            "v2.yml",
            "2026-04",
            "would be in force from 2026-04-01 only, .* complete through 2026-04-01 06:00 UTC",
        ),
    ],
)
def test_what_can_t_be_simulated_is_refused_with_what_can(
    company: Company, contract: str, since: str | None, message: str
) -> None:
    with pytest.raises((ContractErrors, SimulationError), match=message):
        company.simulate(contract, since)


def test_a_contract_of_another_zone_can_t_be_set_beside_the_signed_one(
    company: Company, tmp_path: Path
) -> None:
    other = (company.folder / "contracts" / "v2.yml").read_text().replace("America/Mexico_City", "UTC")
    (tmp_path / "other.yml").write_text(other)
    with pytest.raises(
        SimulationError, match="timezone is UTC, but the signed contract's is America/Mexico_City"
    ):
        company.simulate(str(tmp_path / "other.yml"))


def test_there_is_nothing_to_simulate_before_anything_is_published(tmp_path: Path) -> None:
    company = Company(tmp_path)
    company.deliver(History(SIGNED, DRAFT))
    with pytest.raises(HistoryError, match="Nothing is published yet"):
        company.simulate("v2.yml")


def test_a_simulation_is_a_job_with_its_configuration(company: Company) -> None:
    result = simulate_job.execute_in_process(
        run_config={"ops": {"replay": {"config": {"contract": "v2.yml", "in_force_from": "2026-02"}}}},
        resources={"settings": company.settings()},
    )
    (output,) = (event for event in result.all_events if event.is_successful_output)
    metadata = output.event_specific_data.metadata  # type: ignore[union-attr]
    folder = company.home / "simulations" / "v2_from_2026-02"
    assert metadata["folder"].value == str(folder)
    assert "What v2.yml, in force from February 2026, would have meant" in str(metadata["in short"].value)


def test_a_draft_from_the_beginning_is_judged_over_the_whole_history(company: Company) -> None:
    side_by_side = company.simulate("v2.yml")
    assert not side_by_side.is_same
    # Ana's call is in time by the draft; Bea is an MQL too, and nobody called her
    response = cells(side_by_side, "response")
    assert response["2026-01"] == response["2026-02"] == (0, "missed", 0.5, "missed")
    volume = cells(side_by_side, "volume")
    assert volume["2026-01"] == volume["2026-02"] == (1, "missed", 2, "met")
    assert side_by_side.mqls["only_draft"].tolist() == [1, 1, 0]


def test_a_draft_from_a_later_month_leaves_the_months_before_as_they_are(company: Company) -> None:
    side_by_side = company.simulate("v2.yml", "2026-02")
    assert cells(side_by_side, "volume")["2026-01"] == (1, "missed", 1, "missed")
    assert cells(side_by_side, "volume")["2026-02"] == (1, "missed", 2, "met")
    january, february = (
        row
        for row in side_by_side.obligations.to_dict(orient="records")
        if row["obligation"] == "first_attempt"
    )
    assert (january["signed_breached"], january["draft_breached"]) == (1, 1)
    assert [february[name] for name in ("signed_met", "signed_breached", "draft_met", "draft_breached")] == [
        0,
        1,
        1,
        1,
    ]


def test_other_thresholds_are_looked_at_over_what_is_published(company: Company) -> None:
    kept = [path for path in company.home.iterdir() if path.name != "simulations"]
    before = files(*kept)
    searched = search(company.settings(), None, [Decimal(20)])
    # a form gives ten points: at the signed threshold Ana is an MQL in January and in February, at twenty nobody is
    assert [(each.threshold, each.mqls) for each in searched.search.candidates] == [
        (Decimal(10), 2),
        (Decimal(20), 0),
    ]
    assert files(*kept) == before
    assert sorted(path.name for path in searched.folder.iterdir()) == [
        "index.html",
        "thresholds.csv",
        "thresholds.parquet",
    ]


@pytest.mark.parametrize(
    ("text", "expected"), [(None, None), ("", None), ("55, 62.5", ["55", "62.5"]), ("70 55", ["70", "55"])]
)
def test_thresholds_are_read_as_one_types_them(text: str | None, expected: list[str] | None) -> None:
    assert thresholds(text) == (None if expected is None else [Decimal(each) for each in expected])


@pytest.mark.parametrize("text", ["many", "-5", "NaN", "5;6"])
def test_what_is_no_threshold_is_refused(text: str) -> None:
    with pytest.raises(SimulationError, match="are no thresholds. Write them as 55, 62.5, 70."):
        thresholds(text)


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (
            ["simulate", "--contract", "v2.yml"],
            0,
            "What v2.yml, in force from January 2026, would have meant",
        ),
        (["simulate", "--contract", "v9.yml"], 1, "no such file"),
        (["threshold"], 0, "10 (signed)"),
        (["threshold", "--version", "7"], 1, "Contract version 7 isn't in force"),
    ],
)
def test_the_commands_print_what_was_found_or_why_there_is_nothing(
    company: Company, arguments: list[str], status: int, told: str
) -> None:
    printed = StringIO()
    assert main(arguments, load=company.settings, console=Console(printed)) == status
    assert told in printed.getvalue()
    assert "Traceback" not in printed.getvalue()
