"""`make run` from beginning to end: what is published, what is said, and that a failure publishes nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
import yaml

from dagster_project.settings import PROJECT_FOLDER
from dagster_project.warehouse.locking import build_lock
from tests.integration.command_line import Ran, command, history_settings, published_rows
from tests.scenarios.history import REPS, History, a_contract

PUBLISHED = {
    "breaches",
    "dim_campaigns",
    "dim_people",
    "dim_periods",
    "dim_reps",
    "extract_ledger",
    "fct_mql_score",
    "fct_mqls",
    "fct_obligations",
    "fct_opportunities",
    "funnel_by_cohort",
    "funnel_by_period",
    "rep_performance",
    "sla_attainment",
}
LUIS = {"email": "luis@acme.example", "full_name": "Luis Inventado Yepes", "phone": "+52 55 5550 0142"}
REP_NAME = "Rosalba Fingida"
SIGNERS = ["Mara Muestra", "Sergio Supuesto"]
STATUSES = "select strftime(period, '%Y-%m'), status from marts.sla_attainment order by period"


@dataclass(frozen=True)
class Company:
    """A small history, its home, and how its first run ended."""

    history: Path
    home: Path
    ran: Ran

    def settings(self, **changed: str) -> dict[str, str]:
        return history_settings(self.history, self.home, **changed)


def told(through: str = "2026-03-31") -> History:
    """Two MQLs: Ana's, handed off on 12 January, and Luis's of February, whom nobody took."""
    history = History(through=through)
    history.user(REPS[0], user_name=REP_NAME)
    history.mql("ana", "2026-01-12 10:00", "2026-01-12 11:00").calls("2026-01-12 12:00")
    history.person("luis", **LUIS, on="2026-02-28").touch("2026-02-03 10:00", on="2026-02-28")
    return history


def a_history(folder: Path) -> Path:
    told().write(folder)
    return folder


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("company")
    history = a_history(folder / "history")
    home = folder / "home"
    return Company(history, home, command("run", history_settings(history, home)))


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---------------------------------------------------------------- a run that succeeds


def test_a_run_publishes_every_table_as_one_file_and_as_parquet(company: Company) -> None:
    assert company.ran.status == 0, company.ran.output
    tables = published_rows(
        company.home, "select table_name from duckdb_tables() where schema_name = 'marts'"
    )
    assert {name for (name,) in tables} >= PUBLISHED
    parquet = {path.stem for path in (company.home / "published" / "marts").iterdir()}
    assert parquet == {name for (name,) in tables}


def test_the_published_figures_are_those_of_the_history(company: Company) -> None:
    # mqls_delivered, at least 1: Ana in January, nobody in February and March, and all three are over.
    assert published_rows(company.home, STATUSES) == [
        ("2026-01", "met"),
        ("2026-02", "missed"),
        ("2026-03", "missed"),
    ]


def test_every_published_table_and_column_carries_its_meaning(company: Company) -> None:
    assert published_rows(company.home, "select table_name from duckdb_tables() where comment is null") == []
    without = (
        "select table_name, column_name from duckdb_columns() where schema_name = 'marts' and comment is null"
    )
    assert published_rows(company.home, without) == []


def test_nobody_s_name_address_or_phone_is_in_what_is_published_logged_or_shown_in_the_ui(
    company: Company,
) -> None:
    personal = [*LUIS.values(), REP_NAME]
    tables = list((company.home / "published").rglob("*.parquet"))
    with duckdb.connect() as connection:
        rows = [connection.execute(f"select * from '{path}'").fetchall() for path in tables]
    text = str(rows)
    assert "luis" in text  # the key of the person, who is in the tables
    assert [words for words in (*personal, *SIGNERS) if words in text] == []
    # `dagster` has everything that the UI shows: metadata, checks and logs
    for name in ("published", "logs", "dagster", "history", "ledger"):
        files = content(company.home / name)
        assert files
        found = {
            (path, words) for path, data in files.items() for words in personal if words.encode() in data
        }
        assert found == set()
    assert not any(words in company.ran.output for words in (*personal, *SIGNERS))
    # who signed, by name, is on the review's page and nowhere else
    for name in ("logs", "dagster", "ledger"):
        assert [
            path
            for path, data in content(company.home / name).items()
            for words in SIGNERS
            if words.encode() in data
        ] == []
    assert all(words in (company.home / "published/review/latest.html").read_text() for words in SIGNERS)


def test_a_run_ends_with_the_attainment_table_and_where_everything_lies(company: Company) -> None:
    output = company.ran.output
    assert "mql-volume" in output
    assert "complete through 2026-04-01 06:00:00 UTC" in output  # the end of 31 March in Mexico City
    assert str(company.home / "published" / "warehouse.duckdb") in output
    assert str(company.home / "published" / "marts") in output
    assert str(company.home / "published" / "review" / "latest.html") in output
    assert "\x1b" not in output  # plain, for it is no terminal


def test_a_run_writes_the_review_of_every_two_months(company: Company) -> None:
    pages = company.home / "published" / "review"
    assert sorted(path.name for path in pages.iterdir()) == [
        "2026-01_2026-02.html",
        "2026-03_2026-04.html",
        "latest.html",
    ]
    # January and February are over, and nothing promised for them is pending; April hasn't begun.
    assert "final: 1" in company.ran.output


def test_a_run_tells_its_progress(company: Company) -> None:
    assert "company/touches: files read: 2, rows accepted: 2" in company.ran.output
    assert "tables built" in company.ran.output


def test_the_models_pass_their_unit_tests(company: Company, tmp_path: Path) -> None:
    # dbt takes the columns of what a unit test doesn't give from a build.
    build = tmp_path / "warehouse.duckdb"
    shutil.copy(company.home / "build" / "warehouse.duckdb", build)
    dbt, project = Path(sys.executable).parent / "dbt", PROJECT_FOLDER / "dbt"
    arguments = f"test --select test_type:unit --project-dir {project} --profiles-dir {project}"
    result = subprocess.run(
        [str(dbt), *arguments.split(), "--target-path", tmp_path / "target", "--log-path", tmp_path / "logs"],
        env={**os.environ, "DBT_WAREHOUSE": str(build), "DO_NOT_TRACK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Nothing to do" not in result.stdout


NOT_DELIVERED_BY_THEN = (
    "users_are_delivered",
    "some_users_are_reps",
    "leads_are_delivered",
    "activities_are_delivered_where_follow_up_is_promised",
)


def test_an_as_of_run_before_sales_had_delivered_anything_is_refused_with_what_lacks(
    company: Company,
) -> None:
    before = content(company.home / "published")
    ran = command("run", company.settings(SLA_AS_OF="2026-02-28"))
    assert ran.status == 1
    assert all(check in ran.last_lines for check in NOT_DELIVERED_BY_THEN)
    assert content(company.home / "published") == before


def test_a_final_review_is_the_same_again_when_all_but_archive_and_history_was_deleted(
    company: Company, tmp_path: Path
) -> None:
    home, history = tmp_path / "home", tmp_path / "history"
    for name in ("archive", "history"):
        shutil.copytree(company.home / name, home / name)
    # Meanwhile it is known that Ana had bought in February, of which nothing was promised.
    later = told(through="2026-04-30")
    later.people["ana"].opportunity("2026-02-02 10:00", won="2026-02-20 10:00")
    later.write(history)
    shutil.copytree(company.history / "extracts", history / "extracts", dirs_exist_ok=True)

    ran = command("run", history_settings(history, home))

    assert ran.status == 0, ran.output
    customers = "select customers_won from marts.funnel_by_period where period = date '2026-02-01'"
    assert published_rows(home, customers) == [(1,)]
    final = Path("published", "review", "2026-01_2026-02.html")
    assert (home / final).read_bytes() == (company.home / final).read_bytes()


def test_a_refused_file_and_its_missing_day_are_named_on_the_last_lines_and_stop_nothing(
    company: Company,
) -> None:
    refused = company.history / "extracts" / "company" / "meetings" / "2026-03-30.csv"
    refused.parent.mkdir(exist_ok=True)
    refused.write_text("")
    change_sources(company.history, delivery={"default": "dump", "meetings": "daily"})
    ran = command("run", company.settings())
    assert ran.status == 0, ran.output
    assert "2026-03-30.csv" in ran.output.rpartition("Refused")[2]
    assert (
        "company/meetings: 2026-03-30\n" in ran.output.rpartition("Days without a usable extract")[2] + "\n"
    )
    assert published_rows(company.home, STATUSES)[0] == ("2026-01", "met")


# ---------------------------------------------------------------- a run that fails


def publish_before(home: Path) -> dict[str, bytes]:
    """Something that an earlier run published."""
    published = home / "published"
    (published / "marts").mkdir(parents=True)
    (published / "warehouse.duckdb").write_bytes(b"what was published before")
    (published / "marts" / "fct_mqls.parquet").write_bytes(b"the same as Parquet")
    return content(published)


def test_a_check_that_fails_publishes_nothing_and_is_named_with_what_it_found(tmp_path: Path) -> None:
    history = History()
    history.mql("eva", "2026-01-12 10:00", "2026-01-12 11:00").calls("2026-01-12 12:00")
    history.person("ana", merged_into_contact_id="luis")
    history.person("luis", merged_into_contact_id="ana")
    history.write(tmp_path / "history")
    before = publish_before(tmp_path / "home")
    ran = command("run", history_settings(tmp_path / "history", tmp_path / "home"))
    assert ran.status == 1
    assert "no_merge_loop" in ran.last_lines
    assert "contact_id ana" in ran.last_lines
    assert "contact_id luis" in ran.last_lines
    assert "What was published before" in ran.last_lines
    assert content(tmp_path / "home" / "published") == before


def change_sources(history: Path, **settings: object) -> None:
    path = history / "sources.yml"
    sources = yaml.safe_load(path.read_text())
    sources["sources"]["company"] |= settings
    path.write_text(yaml.safe_dump(sources))


def no_version_signed(history: Path) -> None:
    (history / "contracts" / "v1.yml").write_text(yaml.safe_dump(a_contract(signed_by=[])))


def a_contract_error(history: Path) -> None:
    contract = a_contract(mql={"basis": "scored", "threshold": -1})
    (history / "contracts" / "v1.yml").write_text(yaml.safe_dump(contract))


def an_object_missing(history: Path) -> None:
    change_sources(history, required=["contacts", "opportunities"])
    shutil.rmtree(history / "extracts" / "company" / "opportunities")


def no_extracts(history: Path) -> None:
    shutil.rmtree(history / "extracts")
    (history / "extracts").mkdir()


def an_unknown_family(history: Path) -> None:
    change_sources(history, family="abacus")


def no_sources_file(history: Path) -> None:
    (history / "sources.yml").unlink()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (no_version_signed, ["No contract version", "is signed by both departments", "signed_by"]),
        (a_contract_error, ["v1.yml", "mql.threshold", "-1"]),
        (an_object_missing, ["company/opportunities is required and has no extract"]),
        (no_extracts, ["No run is possible", "Deliver files"]),
        (an_unknown_family, ["sources.yml", "family", "abacus"]),
        (no_sources_file, ["sources.yml"]),
    ],
)
def test_bad_input_is_explained_and_nothing_is_published(
    spoil: object, told: list[str], tmp_path: Path
) -> None:
    history = a_history(tmp_path / "history")
    assert callable(spoil)
    spoil(history)
    ran = command("run", history_settings(history, tmp_path / "home"))
    assert ran.status == 1
    assert [words for words in told if words not in ran.last_lines] == []
    assert "Nothing was published." in ran.last_lines
    assert not (tmp_path / "home" / "published").exists()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"SLA_EXTRACT": "x"}, "SLA_EXTRACT (in the environment) is no setting. Did you mean SLA_EXTRACTS?"),
        ({"SLA_EXTRACTS": "/no/such/folder"}, "SLA_EXTRACTS is /no/such/folder, which doesn't exist."),
        ({"SLA_ENGINE": "Spark"}, "SLA_ENGINE is 'Spark', but one of duckdb, spark is expected."),
    ],
)
def test_a_setting_that_cannot_be_used_is_explained_and_nothing_is_written(
    changed: dict[str, str], told: str, tmp_path: Path
) -> None:
    history = a_history(tmp_path / "history")
    ran = command("run", history_settings(history, tmp_path / "home", **changed))
    assert ran.status == 1
    assert told in ran.last_lines
    assert not (tmp_path / "home").exists()


def test_a_second_run_at_once_is_refused_with_the_name_of_the_first(tmp_path: Path) -> None:
    history = a_history(tmp_path / "history")
    with build_lock(tmp_path / "home" / "build", "the run of the night"):
        ran = command("run", history_settings(history, tmp_path / "home"))
    assert ran.status == 1
    assert "the run of the night" in ran.last_lines


def test_the_commands_exit_status_is_the_process_s(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "dagster_project", "run"],
        cwd=PROJECT_FOLDER,
        env={**os.environ, "SLA_HOME": str(tmp_path / "home"), "SLA_COLOUR": "blue"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "SLA_COLOUR (in the environment) is no setting." in result.stdout
    assert result.stderr == ""


def test_the_contract_and_the_sources_can_be_validated_alone(tmp_path: Path) -> None:
    history = a_history(tmp_path / "history")
    settings = history_settings(history, tmp_path / "home")
    assert command("validate", settings).status == 0
    a_contract_error(history)
    an_unknown_family(history)
    ran = command("validate", settings)
    assert ran.status == 1
    assert "mql.threshold" in ran.last_lines
    assert "abacus" in ran.last_lines  # both, not the first alone
    assert not (tmp_path / "home").exists()
