"""Live pulls from a server that plays the vendors' APIs: whole extracts, whatever the server and the machine do."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from dagster_project.commands.console import Console
from dagster_project.defs.pull import pull_definitions
from dagster_project.demo import History, simulate
from dagster_project.demo import people as demo_people
from dagster_project.extracts import load_sources
from dagster_project.settings import load_settings
from tests.vendor_records import night_after
from tests.vendor_server import SALESFORCE_PAGE, VendorServer

pytest.importorskip("dlt", reason="the extra `pull` isn't installed")

from dagster_project.pull import Patience, PullError, plans, pull
from dagster_project.pull import landing as pull_landing
from dagster_project.pull.parts import columns_to_ask_for

PROJECT = Path(__file__).parents[2]
IN_BOTH, IN_HUBSPOT = "hubspot+salesforce", "hubspot"
IN_MEXICO = "timezone: America/Mexico_City, currency: MXN"
SOURCES = {
    IN_BOTH: f"""
sources:
  marketing: {{family: hubspot, {IN_MEXICO}}}
  crm: {{family: salesforce, {IN_MEXICO}}}
""",
    IN_HUBSPOT: f"sources: {{hubspot: {{family: hubspot, {IN_MEXICO}}}}}",
}
QUICK = Patience(attempts=4, backoff_seconds=0.0)
FIRST_DAY = date(2026, 2, 1)


TENTH, ELEVENTH, FOURTEENTH = (night_after(date(2026, 2, day)) for day in (10, 11, 14))


@pytest.fixture(scope="module")
def history() -> Iterator[History]:
    """A month of few people, each with an own address, as HubSpot wants it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo_people, "SHARED_MAILBOX_SHARE", 0.0)
        patch.setattr(demo_people, "MERGED_SHARE_OF_DOUBLES", 1.0)
        yield simulate(3, 260, first_day=FIRST_DAY, months=1)


@pytest.fixture
def both(history: History) -> Iterator[VendorServer]:
    with VendorServer(history, IN_BOTH).running() as server:
        yield server


@pytest.fixture
def hubspot(history: History) -> Iterator[VendorServer]:
    with VendorServer(history, IN_HUBSPOT).running() as server:
        yield server


def sources_file(folder: Path, family: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "sources.yml"
    path.write_text(SOURCES[family], encoding="utf-8")
    return path


def pull_all(server: VendorServer, home: Path, now: datetime, **changed: str) -> dict[str, dict[str, int]]:
    """The rows pulled, by source and object; the server tells what there is at `now`."""
    server.now = now
    family = IN_BOTH if "salesforce" in server.versions else IN_HUBSPOT
    sources = load_sources(sources_file(home, family))
    planned = plans(
        server.settings | changed,
        sources,
        home / "extracts",
        home / "pull",
        {"annual_budget", "state"},
        QUICK,
    )
    return {plan.target.source: pull(plan.target, plan.feeds, lambda: now) for plan in planned}


def pulled_rows(folder: Path) -> list[dict[str, object]]:
    return [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl.gz"))
        for line in gzip.decompress(path.read_bytes()).decode().splitlines()
    ]


def dates_of(folder: Path) -> set[str]:
    return {path.name[:10] for path in folder.iterdir()}


def contents(extracts: Path) -> dict[str, list[str]]:
    """The rows of every object's every date, whatever the names of the files' parts."""
    found: dict[str, list[str]] = {}
    for path in sorted(extracts.rglob("*.jsonl.gz")):
        rows = gzip.decompress(path.read_bytes()).decode().splitlines()
        found.setdefault(f"{path.parent.relative_to(extracts)}/{path.name[:10]}", []).extend(rows)
    return {name: sorted(rows) for name, rows in found.items()}


@pytest.fixture(scope="module")
def undisturbed(history: History, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What one pull on the tenth delivers when nothing goes wrong."""
    home = tmp_path_factory.mktemp("undisturbed")
    with VendorServer(history, IN_BOTH).running() as server:
        pull_all(server, home, TENTH)
    return contents(home / "extracts")


def test_the_first_pull_delivers_all_there_is_as_the_extract_of_the_last_day_that_is_over(
    both: VendorServer, tmp_path: Path
) -> None:
    rows = pull_all(both, tmp_path, TENTH)
    contacts = tmp_path / "extracts/marketing/contacts"
    assert dates_of(contacts) == {"2026-02-10"}
    known = [row for row in both.current("hubspot", "contacts") if not row["archived"]]
    assert len(known) > 100
    assert {row["id"] for row in pulled_rows(contacts)} == {
        row["id"] for row in both.current("hubspot", "contacts")
    }
    assert rows["crm"]["leads"] == len(both.current("salesforce", "leads")) > SALESFORCE_PAGE
    assert {"hs_merged_object_ids", "annual_budget", "state"} <= pulled_rows(contacts)[0].keys()


def test_every_page_of_an_answer_is_asked_for(both: VendorServer, tmp_path: Path) -> None:
    rows = pull_all(both, tmp_path, TENTH)
    assert rows["crm"]["lead_history"] > SALESFORCE_PAGE
    assert rows["marketing"]["email_events"] > 40
    assert len([path for path in both.requests if path.endswith("/contacts/search")]) > 1
    assert len(pulled_rows(tmp_path / "extracts/crm/lead_history")) == rows["crm"]["lead_history"]


def test_a_later_pull_delivers_what_has_changed_since_then_and_a_file_for_every_day(
    both: VendorServer, tmp_path: Path
) -> None:
    pull_all(both, tmp_path, TENTH)
    again = pull_all(both, tmp_path, FOURTEENTH)
    leads = tmp_path / "extracts/crm/leads"
    assert dates_of(leads) == {f"2026-02-{day}" for day in (10, 11, 12, 13, 14)}
    assert dates_of(tmp_path / "extracts/marketing/marketing_event_participations") == dates_of(leads)
    new = [
        row for row in both.current("salesforce", "leads") if str(row["SystemModstamp"]) >= "2026-02-11T06:00"
    ]
    assert {row["Id"] for row in new} <= {
        row["Id"]
        for path in leads.glob("2026-02-1[1-4].*.gz")
        for row in map(json.loads, gzip.decompress(path.read_bytes()).splitlines())
    }
    assert 0 < again["crm"]["leads"] < len(both.current("salesforce", "leads"))


def test_a_quiet_day_is_a_header_only(both: VendorServer, tmp_path: Path) -> None:
    pull_all(both, tmp_path, TENTH, SLA_PULL_SKIP="web_events")
    pull_all(both, tmp_path, FOURTEENTH, SLA_PULL_SKIP="web_events")
    quiet = sorted((tmp_path / "extracts/marketing/marketing_event_participations").glob("*.csv"))
    assert quiet
    assert quiet[0].read_text() == "id,contact_id,marketing_event_id,attendance_state,occurred_at\n"
    assert not (tmp_path / "extracts/marketing/web_events").exists()


def test_an_object_that_nobody_uses_is_a_header_with_all_that_is_read_of_it(
    both: VendorServer, tmp_path: Path
) -> None:
    pull_all(both, tmp_path, TENTH)
    (unused,) = (tmp_path / "extracts/crm/campaign_members").iterdir()
    columns = "Id,CampaignId,LeadId,ContactId,Status,HasResponded,FirstRespondedDate,SystemModstamp,IsDeleted"
    assert unused.read_text() == f"{columns}\n"


def test_a_column_is_asked_for_once_however_many_fields_the_loose_matching_finds() -> None:
    existing = ["Id", "Rejection_Reason__c", "RejectionReason__c", "Photo", "is_deleted", "IsDeleted"]
    wanted = {"id", "rejectionreasonc", "isdeleted"}
    assert columns_to_ask_for(existing, wanted, given=("id",)) == ("Rejection_Reason__c", "is_deleted")


def test_a_hubspot_beside_salesforce_is_asked_for_sales_objects_only_where_sales_works_there(
    tmp_path: Path, both: VendorServer
) -> None:
    path = sources_file(tmp_path, IN_BOTH)

    def asked() -> set[str]:
        marketing, _ = plans(both.settings, load_sources(path), tmp_path, tmp_path)
        return {feed.name for feed in marketing.feeds}

    assert "contacts" in asked()
    assert not {"owners", "calls", "deals"} & asked()
    path.write_text(path.read_text().replace("family: hubspot,", "family: hubspot, is_crm: true,"))
    assert {"contacts", "owners", "calls", "deals"} <= asked()


def test_two_pulls_on_one_day_deliver_that_day_twice_and_harm_nothing(
    both: VendorServer, tmp_path: Path
) -> None:
    pull_all(both, tmp_path, TENTH)
    pull_all(both, tmp_path, TENTH + timedelta(hours=3))
    assert dates_of(tmp_path / "extracts/crm/leads") == {"2026-02-10"}
    assert len(list((tmp_path / "extracts/crm/leads").iterdir())) == 2


def test_a_busy_or_broken_server_is_asked_again(
    both: VendorServer, tmp_path: Path, undisturbed: dict[str, list[str]]
) -> None:
    both.faults.status = {3: 429, 6: 500, 9: 503, 10: 502, 20: 500}
    pull_all(both, tmp_path, TENTH)
    assert not both.faults.status
    assert contents(tmp_path / "extracts") == undisturbed


def test_a_token_that_expires_is_renewed(
    both: VendorServer, tmp_path: Path, undisturbed: dict[str, list[str]]
) -> None:
    both.faults.expire_after = 5
    pull_all(both, tmp_path, TENTH)
    assert both.requests.count("/services/oauth2/token") > 2
    assert contents(tmp_path / "extracts") == undisturbed


def test_a_server_that_stays_broken_stops_the_pull_and_nothing_is_delivered(
    both: VendorServer, tmp_path: Path
) -> None:
    both.faults.status = dict.fromkeys(range(8, 40), 500)
    with pytest.raises(PullError, match=r"HubSpot: /.* failed with HTTP 500. Nothing was delivered"):
        pull_all(both, tmp_path, TENTH)
    assert not list(tmp_path.rglob("*.gz"))
    both.faults.status = {}
    assert pull_all(both, tmp_path, TENTH)["marketing"]["contacts"] > 100


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"SLA_PULL_HUBSPOT_TOKEN": "pat-another"},
            "HTTP 401, INVALID_AUTHENTICATION.*SLA_PULL_HUBSPOT_TOKEN",
        ),
        ({"SLA_PULL_SALESFORCE_SECRET": "wrong-secret"}, "HTTP 400, invalid_client"),
    ],
)
def test_refused_credentials_are_named_by_their_setting_and_never_shown(
    both: VendorServer, tmp_path: Path, changed: dict[str, str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(PullError, match=said) as refused:
        pull_all(both, tmp_path, TENTH, **changed)
    (secret,) = changed.values()
    everything = str(refused.value) + "".join(capfd.readouterr())
    everything += "".join(p.read_text(errors="ignore") for p in (tmp_path / "pull").rglob("*") if p.is_file())
    assert secret not in everything


def test_a_pull_killed_between_two_pages_leaves_nothing_and_the_next_delivers_all(
    both: VendorServer, tmp_path: Path, undisturbed: dict[str, list[str]]
) -> None:
    both.now = TENTH
    both.faults.hold_from = 12
    program = (
        "import sys; from datetime import datetime; from pathlib import Path\n"
        "from dagster_project.extracts import load_sources\n"
        "from dagster_project.pull import plans, pull\n"
        "import json; values = json.loads(sys.argv[1]); home = Path(sys.argv[3])\n"
        "for plan in plans(values, load_sources(Path(sys.argv[2])), home / 'extracts', home / 'pull'):\n"
        "    pull(plan.target, plan.feeds, lambda: datetime.fromisoformat(sys.argv[4]))\n"
    )
    sources = str(sources_file(tmp_path, IN_BOTH))
    arguments = [json.dumps(both.settings), sources, str(tmp_path), TENTH.isoformat()]
    child = subprocess.Popen([sys.executable, "-c", program, *arguments], cwd=PROJECT)
    assert both.is_held.wait(120)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    both.faults.hold_from = None
    both.released.set()
    assert not list((tmp_path / "extracts").rglob("*.*"))
    pull_all(both, tmp_path, TENTH)
    assert contents(tmp_path / "extracts") == undisturbed


def test_a_pull_that_dies_while_it_delivers_is_finished_by_the_next(
    both: VendorServer, tmp_path: Path, undisturbed: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    put = pull_landing._put
    written: list[Path] = []

    def dies(path: Path, content: bytes) -> None:
        if len(written) == 3:
            raise OSError(28, "No space left on device")
        written.append(path)
        put(path, content)

    monkeypatch.setattr(pull_landing, "_put", dies)
    with pytest.raises(PullError, match="No space left on device"):
        pull_all(both, tmp_path, TENTH)
    monkeypatch.setattr(pull_landing, "_put", put)
    pull_all(both, tmp_path, TENTH)
    found = contents(tmp_path / "extracts")
    assert {name: sorted(set(rows)) for name, rows in found.items()} == {
        name: sorted(set(rows)) for name, rows in undisturbed.items()
    }


def test_all_of_hubspot_is_pulled_where_sales_works_there(hubspot: VendorServer, tmp_path: Path) -> None:
    pull_all(hubspot, tmp_path, TENTH)
    extracts = tmp_path / "extracts/hubspot"
    declared = set(load_sources(sources_file(tmp_path, IN_HUBSPOT))["hubspot"].objects)
    assert {path.name for path in extracts.iterdir()} == declared
    expected = {
        (row["contact_id"], row["name"], row["value"], row["timestamp"])
        for row in hubspot.current("hubspot", "contact_property_history")
    }
    assert len(expected) > 20
    told = pulled_rows(extracts / "contact_property_history")
    assert {(row["contact_id"], row["name"], row["value"], row["timestamp"]) for row in told} == expected
    stages = {row["stage_id"]: row["closed_won"] for row in pulled_rows(extracts / "deal_pipeline_stages")}
    assert [stage for stage, is_won in stages.items() if is_won] == ["closedwon"]
    assert {row["team_id"] for row in pulled_rows(extracts / "owner_teams")} <= {
        row["id"] for row in pulled_rows(extracts / "teams")
    }


def test_what_was_deleted_is_delivered_as_deleted(history: History, tmp_path: Path) -> None:
    with VendorServer(history, IN_BOTH).running() as server:
        contacts = server.versions["hubspot"]["contacts"]
        gone = dict(contacts[0], archived=True, lastmodifieddate="2026-02-12T12:00:00.000Z")
        contacts.append(gone)
        pull_all(server, tmp_path, ELEVENTH)
        pull_all(server, tmp_path, FOURTEENTH)
    told = [row for row in pulled_rows(tmp_path / "extracts/marketing/contacts") if row["id"] == gone["id"]]
    assert [row["archived"] for row in told] == [False, True]
    assert told[1]["lastmodifieddate"] == "2026-02-12T12:00:00.000Z"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Nothing is set to be pulled. Set SLA_PULL_HUBSPOT_TOKEN"),
        ({"SLA_PULL_SALESFORCE_ID": "x"}, "SLA_PULL_SALESFORCE_URL, SLA_PULL_SALESFORCE_SECRET must be set"),
        ({"SLA_PULL_HUBSPOT_TOKEN": "x", "SLA_PULL_SKIP": "leeds"}, "SLA_PULL_SKIP names leeds"),
        (
            {"SLA_PULL_HUBSPOT_TOKEN": "x", "SLA_PULL_HUBSPOT_URL": "http://api.hubapi.com"},
            "begins with https:// is expected",
        ),
    ],
)
def test_settings_that_can_not_be_used_are_named(tmp_path: Path, given: dict[str, str], said: str) -> None:
    with pytest.raises(PullError, match=said):
        plans(given, load_sources(sources_file(tmp_path, IN_BOTH)), tmp_path, tmp_path)


def test_credentials_are_taken_from_the_environment_only(tmp_path: Path) -> None:
    from dagster_project.settings import SettingsError

    (tmp_path / ".env").write_text("SLA_PULL_HUBSPOT_TOKEN=pat-in-a-file\n")
    with pytest.raises(
        SettingsError, match=r"SLA_PULL_HUBSPOT_TOKEN is in .*\.env, but credentials"
    ) as refused:
        load_settings({}, tmp_path)
    assert "pat-in-a-file" not in str(refused.value)
    settings = load_settings(
        {"SLA_PULL_HUBSPOT_TOKEN": "pat-in-the-environment"}, tmp_path, tmp_path / "none"
    )
    assert "pat-in-the-environment" not in repr(settings)


def test_the_command_says_what_came(
    both: VendorServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from dagster_project.commands import pull as command

    environment = both.settings | {
        "SLA_HOME": str(tmp_path),
        "SLA_SOURCES": str(sources_file(tmp_path, IN_BOTH)),
    }
    assert command.main(load_settings(environment, PROJECT, tmp_path / "none"), Console()) == 0
    assert "leads" in capsys.readouterr().out
    assert (tmp_path / "extracts/crm/leads").is_dir()


def definitions_of(server: VendorServer, home: Path) -> dg.Definitions:
    environment = server.settings | {"SLA_HOME": str(home), "SLA_SOURCES": str(sources_file(home, IN_BOTH))}
    return pull_definitions(load_settings(environment, PROJECT, home / "none"), lambda: server.now)


def test_the_assets_of_a_pull_are_there_only_with_its_settings(both: VendorServer, tmp_path: Path) -> None:
    assert not list(pull_definitions(load_settings({}, PROJECT, tmp_path / "none")).assets or ())
    keys = definitions_of(both, tmp_path).resolve_asset_graph().get_all_asset_keys()
    assert dg.AssetKey(["pull", "crm", "leads"]) in keys
    assert dg.AssetKey(["pull", "marketing", "contacts"]) in keys


def test_the_definitions_load_where_dlt_is_not_installed(
    both: VendorServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert not list(definitions_of(both, tmp_path).assets or ())


def test_the_job_of_pulls_delivers_extracts_and_goes_on_where_it_left_off(
    both: VendorServer, tmp_path: Path, undisturbed: dict[str, list[str]]
) -> None:
    both.now = TENTH
    job = definitions_of(both, tmp_path).resolve_job_def("pull")
    assert job.execute_in_process().success
    assert contents(tmp_path / "extracts").keys() == undisturbed.keys()
    both.now = FOURTEENTH
    assert job.execute_in_process().success
    assert dates_of(tmp_path / "extracts/crm/leads") == {f"2026-02-{day}" for day in (10, 11, 12, 13, 14)}
