"""The companies whose review pages are looked at in a browser, each built by the project's own pipeline.

What belongs here: histories, and what is published of them beyond the pipeline's tables. What doesn't: any assertion.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import yaml

from dagster_project.contract import load_contracts
from dagster_project.defs.publications import begin_history
from dagster_project.demo import (
    DEFAULT_SHAPE,
    DEMO_PEOPLE,
    DEMO_PUBLISHED_BEFORE,
    DEMO_SEED,
    simulate,
    write_demo,
    write_extracts,
)
from dagster_project.review.marts import OPTIONAL
from tests.pipeline import ingest, run_pipeline
from tests.scenarios.history import History, a_contract
from tests.scenarios.publishing import FIRST_PUBLISHED_AT, Company
from tests.standard_demo import STANDARD, write_inputs

PROJECT = Path(__file__).parents[2]

HOSTILE = "<script>document.title='taken'</script>\"'><img src=x onerror=\"document.title='taken'\">{{ 7 * 7 }}</svg>"
HOSTILE_NAMES = (
    HOSTILE,
    "Ünïcödé \u202egnirts a fo\u202c 漢字 🎪 & <b>bold</b>",
    "W" * 300,
    "=HYPERLINK('http://elsewhere.example')",
)

# Everything that can be promised, so that every part of a page has something to show.
EVERY_PROMISE = [
    {"id": metric, "owner": owner, "metric": metric, comparison: target}
    for metric, owner, comparison, target in (
        ("leads_created", "marketing", "at_least", 10),
        ("mqls_qualified", "marketing", "at_least", 5),
        ("mqls_delivered", "marketing", "at_least", 5),
        ("handoff_on_time_rate", "marketing", "at_least", 0.9),
        ("cost_per_mql", "marketing", "at_most", 900),
        ("first_attempt_on_time_rate", "sales", "at_least", 0.9),
        ("cadence_completed_rate", "sales", "at_least", 0.85),
        ("disposition_on_time_rate", "sales", "at_least", 0.95),
        ("no_contact_procedure_rate", "sales", "at_least", 0.9),
        ("reps_within_capacity_rate", "sales", "at_least", 1.0),
        ("meetings_confirmed", "sales", "at_least", 3),
        ("sqls", "sales", "at_least", 2),
        ("mql_to_sql_rate", "sales", "at_least", 0.25),
        ("opportunities", "sales", "at_least", 1),
        ("mql_to_opportunity_rate", "sales", "at_least", 0.2),
        ("customers_won", "sales", "at_least", 1),
        ("mql_to_customer_rate", "sales", "at_least", 0.1),
        ("win_rate", "sales", "at_least", 0.2),
        ("revenue_won", "sales", "at_least", 100000),
    )
]


def demo_company(folder: Path) -> duckdb.DuckDBPyConnection:
    """The demo company, as `make run` has it: in the shapes of its vendors, with what it had published before."""
    write_demo(folder / "extracts", shape=DEFAULT_SHAPE)
    shutil.copytree(PROJECT / "contracts", folder / "contracts")
    shutil.copy(PROJECT / "sources.yml", folder)
    company = Company(folder)
    ingest(folder, company.home, load_contracts(folder / "contracts"))
    begin_history(company.settings(), DEMO_PUBLISHED_BEFORE, "before", FIRST_PUBLISHED_AT)
    company.publish()
    return duckdb.connect(company.settings().published / "warehouse.duckdb", read_only=True)


def big_company(folder: Path) -> duckdb.DuckDBPyConnection:
    """A company with 200 campaigns and 150 reps."""
    write_extracts(
        simulate(DEMO_SEED, DEMO_PEOPLE, campaigns=200, reps=150), folder / "extracts", shape=STANDARD
    )
    return _with_the_projects_contract(folder)


def _with_the_projects_contract(folder: Path) -> duckdb.DuckDBPyConnection:
    write_inputs(folder)
    return run_pipeline(folder, folder / "home").connection


def empty_company(folder: Path) -> duckdb.DuckDBPyConnection:
    """A contract's first month, in which nothing has happened yet."""
    History(a_contract(commitments=EVERY_PROMISE), through="2026-01-15").write(folder)
    return run_pipeline(folder, folder / "home").connection


def hostile_company(folder: Path) -> duckdb.DuckDBPyConnection:
    """People, campaigns and reps with names that try to be something else; a month and a half under one contract."""
    contract = a_contract(
        contract=HOSTILE, commitments=EVERY_PROMISE, capacity={"per_rep": {"min": 1, "max": 2}}
    )
    contract["signed_by"][0]["role"] = HOSTILE
    history = History(contract, through="2026-02-13")
    reps = [history.user(name[:120]) for name in HOSTILE_NAMES]
    for number, name in enumerate(HOSTILE_NAMES):
        campaign = f"campaign-{number}"
        history.row("campaigns", campaign_id=campaign, campaign_name=name, channel=name[:120])
        history.spend("2026-01-12", 1000 * (number + 1), campaign)
        for copy in range(4):
            rep, person = reps[(number + copy) % len(reps)], history.person(f"person-{number}-{copy}")
            person.touch("2026-01-12 09:00", campaign_id=campaign)
            lead = person.lead("2026-01-12 09:00", owner_id="a-queue")
            lead.owner(f"2026-01-1{3 + copy % 3} 10:00", rep)
            if copy:
                person.activity("2026-01-15 12:00", by=rep)
                person.status("2026-01-16 10:00", "Working")
                person.meeting(
                    "2026-01-16 10:00",
                    "held",
                    confirmed_at="2026-01-19 10:00",
                    scheduled_at="2026-01-20 10:00",
                )
            if copy == 2:
                person.opportunity("2026-01-21 10:00", won="2026-02-03 10:00", amount=250000)
    late = history.mql("waiting", "2026-02-13 10:00", "2026-02-13 11:00", reps[0])
    assert late.contact_id == "waiting"
    history.write(folder)
    # Written as a person would: what YAML would read as something else is quoted by the writer.
    assert (
        yaml.safe_load((folder / "contracts" / "v1.yml").read_text(encoding="utf-8"))["contract"] == HOSTILE
    )
    connection = run_pipeline(folder, folder / "home").connection
    publish_decisions(connection)
    return connection


def publish_decisions(connection: duckdb.DuckDBPyConnection) -> None:
    """A plan, a restatement and findings, which the models alone don't make."""
    plan = {
        "period": date(2026, 3, 1),
        "required": 130.4,
        "required_low": 96.2,
        "required_high": 190.7,
        "affordable": 122.0,
        "expected": 80.5,
        "workable": 150,
        "proposal": 122.0,
        "binding": "affordable",
        "verdict": "not_more",
        "reason": f"Because of {HOSTILE}.",
    }
    rows: dict[str, list[dict[str, Any]]] = {
        "mql_plan": [
            plan,
        ],
        # another month's, proposed when less was known
        "mql_plan_history": [
            {
                **plan,
                "period": date(2026, 4, 1),
                "complete_through": datetime(2026, 2, 1, 6, tzinfo=UTC),
                "published_at": datetime(2026, 2, 2, tzinfo=UTC),
            }
        ],
        "sla_restatements": [
            {
                "period": date(2026, 1, 1),
                "commitment_id": HOSTILE,
                "metric": "first_attempt_on_time_rate",
                "published_at": datetime(2026, 2, 12, tzinfo=UTC),
                "old_actual": 0.85,
                "new_actual": 0.91,
                "old_status": "missed",
                "new_status": "met",
                "causes": f"late record, {HOSTILE}",
            }
        ],
        "data_quality": [
            {
                "finding": HOSTILE,
                "source": HOSTILE,
                "object": "leads",
                "count": 3,
                "share": 0.015,
                "severity": "warning",
                "meaning": HOSTILE,
            }
        ],
    }
    for table, columns in OPTIONAL.items():
        connection.execute(f"create or replace table marts.{table} ({columns})")
        for row in rows[table]:
            names, places = ", ".join(row), ", ".join(f"${name}" for name in row)
            connection.execute(f"insert into marts.{table} ({names}) values ({places})", row)


COMPANIES: dict[str, Callable[[Path], duckdb.DuckDBPyConnection]] = {
    "demo": demo_company,
    "big": big_company,
    "empty": empty_company,
    "hostile": hostile_company,
}
