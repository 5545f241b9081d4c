"""At the end of a run whoever has to know is told, once, and nothing about it makes a run fail."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dagster_project.defs.alerts import tell_departments
from dagster_project.settings import Settings, load_settings
from data_checks import CheckResult, Severity, write_results
from tests.integration.command_line import command, history_settings
from tests.unit.alerts.receivers import Received, webhook
from tests.unit.alerts.warehouse import write_warehouse

EXAMPLE = Path(__file__).parents[1] / "examples" / "history-13"  # its contract is in Spanish
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home in which something is published."""
    (tmp_path / "home" / "published").mkdir(parents=True)
    write_warehouse(tmp_path / "home" / "published" / "warehouse.duckdb")
    return tmp_path / "home"


def settings_with(home: Path, **addresses: str) -> Settings:
    alerts = {f"SLA_ALERTS_{name.upper()}": address for name, address in addresses.items()}
    return load_settings(history_settings(EXAMPLE, home, **alerts), env_file=Path("no such file"))


def messages(received: Received) -> list[str]:
    return [json.loads(body)["message"] for _, _, body in received.requests]


def test_a_department_is_told_of_what_it_owes_and_only_once(home: Path) -> None:
    with webhook() as (sales, sales_host), webhook() as (marketing, marketing_host):
        settings = settings_with(home, sales=f"json://{sales_host}/", marketing=f"json://{marketing_host}/")
        assert tell_departments(settings, [], NOW) == []
        assert tell_departments(settings, [], NOW) == []
    (told,) = messages(sales)
    assert [line.split(":")[0] for line in told.splitlines() if line][:2] == ["No cumplido", "En riesgo"]
    assert "C1" in told
    assert messages(marketing) == []


def test_who_runs_it_is_told_why_a_run_failed_and_the_departments_are_not(home: Path) -> None:
    with webhook() as (sales, sales_host), webhook() as (data, data_host):
        settings = settings_with(home, sales=f"json://{sales_host}/", data=f"json://{data_host}/")
        tell_departments(settings, ["The disk is full."], NOW)
    assert messages(data) == ["La ejecución falló: The disk is full."]
    assert messages(sales) == []


def test_a_check_that_stands_in_the_way_is_told_in_the_contract_s_language(home: Path) -> None:
    (home / "build").mkdir()
    failed = CheckResult(
        check_id="some_users_are_reps",
        suite="raw_users",
        table="raw.standard_users",
        severity=Severity.ERROR,
        passed=False,
        observed=0,
        observed_text="0 rows",
        threshold=1,
        threshold_text="at least 1 row",
        failing=1,
        checked=1,
        sample=(),
        sentence="Users: 0 rows; expected: at least 1 row.",
    )
    write_results(home / "build" / "warehouse.duckdb", [failed])
    with webhook() as (sales, sales_host):
        tell_departments(settings_with(home, sales=f"json://{sales_host}/"), ["A check failed."], NOW)
    (told,) = messages(sales)
    assert told.splitlines()[1:] == [
        "- Nadie es del área de ventas, así que todo MQL cuenta como nunca entregado. (some_users_are_reps)"
    ]


def test_a_digest_that_a_server_does_not_take_is_said_without_its_address_and_sent_by_the_next_run(
    home: Path,
) -> None:
    with webhook() as (received, host):
        received.answers = [503]
        settings = settings_with(home, sales=f"json://user:secret@{host}/")
        (untold,) = tell_departments(settings, [], NOW)
        assert "SLA_ALERTS_SALES" in untold
        assert "secret" not in untold
        assert tell_departments(settings, [], NOW) == []
    assert len(set(messages(received))) == 1
    assert len(messages(received)) == 2


def test_who_leaves_is_told_no_more_and_who_stays_hears_only_what_is_new(home: Path) -> None:
    """The runbook's step: the address is taken out of the setting."""
    with webhook() as (leaver, leaver_host), webhook() as (stays, stays_host):
        both = settings_with(home, data=f"json://{leaver_host}/ json://{stays_host}/")
        tell_departments(both, ["The disk is full."], NOW)
        one = settings_with(home, data=f"json://{stays_host}/")
        tell_departments(one, ["The disk is full."], NOW)
        tell_departments(one, ["The contract can't be read."], NOW)
    assert messages(leaver) == ["La ejecución falló: The disk is full."]
    assert messages(stays) == [
        "La ejecución falló: The disk is full.",
        "La ejecución falló: The contract can't be read.",
    ]


def test_an_as_of_run_tells_nobody(home: Path) -> None:
    with webhook() as (received, host):
        settings = load_settings(
            history_settings(
                EXAMPLE, home, SLA_AS_OF=str(date(2026, 12, 30)), SLA_ALERTS_SALES=f"json://{host}/"
            ),
            env_file=Path("no such file"),
        )
        tell_departments(settings, [], NOW)
    assert received.requests == []


def test_what_was_told_is_kept_without_addresses(home: Path) -> None:
    with webhook() as (_received, host):
        tell_departments(settings_with(home, sales=f"json://user:secret@{host}/"), [], NOW)
    kept = (home / "history" / "alerts" / "told.json").read_text()
    assert "secret" not in kept
    assert host not in kept


def test_an_address_that_nobody_understands_is_found_by_validate(home: Path) -> None:
    settings = history_settings(EXAMPLE, home, SLA_ALERTS_DATA="json://127.0.0.1/ nowhere://secret")
    ran = command("validate", settings)
    assert ran.status == 1
    assert "SLA_ALERTS_DATA: the 2. address" in ran.last_lines
    assert "secret" not in ran.output
