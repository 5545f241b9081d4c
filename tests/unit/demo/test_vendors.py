"""The same history in the shapes of HubSpot and Salesforce, and of their loaders."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from dagster_project.demo import LOADERS, History, Shape, demo_shape, simulate, write_demo
from dagster_project.demo import writing as demo_writing
from dagster_project.demo.vendors import sources_of
from dagster_project.demo.vendors.ids import salesforce_ids, with_suffix
from dagster_project.demo.vendors.spellings import HUBSPOT, SALESFORCE
from dagster_project.demo.writing import write_extracts

VENDOR_SHAPES = [Shape("hubspot", "fivetran"), Shape("hubspot+salesforce", "api")]


@pytest.fixture(scope="module")
def history() -> History:
    return simulate(5, 600, months=3)


@pytest.fixture(scope="module")
def both(history: History) -> dict[str, pd.DataFrame]:
    """Every object of HubSpot's marketing and Salesforce's sales, by source and name."""
    return _objects(history, Shape("hubspot+salesforce"))


@pytest.fixture(scope="module")
def hubspot(history: History) -> dict[str, pd.DataFrame]:
    return _objects(history, Shape("hubspot"))


def _objects(history: History, shape: Shape) -> dict[str, pd.DataFrame]:
    return {
        f"{source.name}/{extract.name}": extract.table.to_pandas()
        for source in sources_of(history, shape)
        for extract in source.extracts()
    }


@pytest.mark.parametrize("shape", VENDOR_SHAPES, ids=str)
def test_every_object_has_a_file_for_every_day_or_is_a_dump(
    history: History, tmp_path: Path, shape: Shape
) -> None:
    write_extracts(history, tmp_path, shape=shape)
    days = (history.last_day - history.first_day).days + 1
    counts = {path: len(list(path.iterdir())) for path in tmp_path.glob("*/*")}
    dumps = {f"{path.parent.name}/{path.name}" for path, count in counts.items() if count != days}
    declared = yaml.safe_load(shape.sources_file.read_text())["sources"]
    assert dumps <= {
        f"{source}/{name}"
        for source, each in declared.items()
        for name, delivery in each["delivery"].items()
        if delivery == "dump"
    }
    assert all(path.name.endswith(".csv") for path in tmp_path.glob("*/*/*"))


def test_the_same_history_gives_the_same_bytes(history: History, tmp_path: Path) -> None:
    for turn in ("first", "second"):
        write_extracts(history, tmp_path / turn, shape=Shape("hubspot+salesforce"))
    first = {p.relative_to(tmp_path / "first"): p.read_bytes() for p in tmp_path.glob("first/*/*/*")}
    second = {p.relative_to(tmp_path / "second"): p.read_bytes() for p in tmp_path.glob("second/*/*/*")}
    assert first == second


def test_an_id_of_fifteen_characters_gets_the_suffix_of_its_capitals() -> None:
    # 001A0: the fourth is a capital, 8, I. 00000: none, 0, A. 6Vm9r: the second, 2, C.
    text = np.frombuffer(b"001A0000006Vm9r", dtype=np.uint8).reshape(1, 15)
    assert with_suffix(text).tolist() == ["001A0000006Vm9rIAC"]


def test_ids_are_one_a_number_and_null_for_none() -> None:
    ids = salesforce_ids(np.array([0, 1, -1, 1, 999_999]), "00Q").to_pylist()
    assert ids[2] is None
    assert ids[1] == ids[3]
    assert len({*ids}) == 4
    assert {len(each) for each in ids if each} == {18}
    assert all(each.startswith("00Q") for each in ids if each)


@pytest.mark.parametrize(
    ("loader", "vendor", "object_name", "name", "spelled"),
    [
        ("api", SALESFORCE, "leads", "CreatedDate", "CreatedDate"),
        ("fivetran", SALESFORCE, "leads", "CreatedDate", "created_date"),
        ("fivetran", SALESFORCE, "leads", "Rejection_Reason__c", "rejection_reason_c"),
        ("stitch", SALESFORCE, "leads", "Rejection_Reason__c", "rejection_reason__c"),
        ("stitch", SALESFORCE, "lead_history", "NewValue", "newvalue__st"),
        ("airbyte", SALESFORCE, "leads", "SystemModstamp", "SystemModstamp"),
        ("fivetran", HUBSPOT, "contacts", "hs_v2_date_entered_lead", "property_hs_v_2_date_entered_lead"),
        ("fivetran", HUBSPOT, "contacts", "archived", "_fivetran_deleted"),
        ("fivetran", HUBSPOT, "deals", "dealstage", "deal_pipeline_stage_id"),
        ("fivetran", HUBSPOT, "owners", "firstName", "first_name"),
        ("airbyte", HUBSPOT, "contacts", "createdate", "properties_createdate"),
        ("prefixed", HUBSPOT, "contacts", "createdate", "property_createdate"),
        ("prefixed", HUBSPOT, "contacts", "id", "id"),
    ],
)
def test_each_loader_spells_columns_its_own_way(
    loader: str, vendor: str, object_name: str, name: str, spelled: str
) -> None:
    assert LOADERS[loader].column(vendor, object_name, name) == spelled


def test_the_api_writes_submissions_in_milliseconds_and_loaders_write_times(history: History) -> None:
    def first(loader: str) -> object:
        source = sources_of(history, Shape("hubspot", loader))[0]
        sent = next(extract for extract in source.extracts() if extract.name == "form_submissions")
        return sent.table["timestamp"][0].as_py()

    assert first("fivetran").replace(tzinfo=None).timestamp() > 1.7e9  # type: ignore[attr-defined]
    assert isinstance(first("api"), int)
    assert first("api") > 1.7e12  # type: ignore[operator]


def test_a_lead_with_an_opportunity_is_converted_when_the_first_is_opened(
    both: dict[str, pd.DataFrame],
) -> None:
    leads, opportunities = both["crm/leads"], both["crm/opportunities"]
    converted = leads[leads["IsConverted"]].drop_duplicates("Id")
    assert len(converted) > 5
    opened = converted.merge(
        opportunities.drop_duplicates("Id"), left_on="ConvertedOpportunityId", right_on="Id"
    )
    assert len(opened) == len(converted)
    local = opened["CreatedDate_y"] - timedelta(hours=6)
    assert (local.dt.date == opened["ConvertedDate"]).all()
    assert set(converted["ConvertedContactId"]) == set(both["crm/contacts"]["Id"])
    # Once converted a lead stays so.
    last = leads.sort_values("LastModifiedDate", kind="stable").drop_duplicates("Id", keep="last")
    assert set(last.loc[last["IsConverted"], "Id"]) == set(converted["Id"])


def test_what_is_done_after_the_conversion_is_with_the_contact(both: dict[str, pd.DataFrame]) -> None:
    tasks, contacts = both["crm/tasks"], both["crm/contacts"]
    with_contact = tasks.merge(contacts, left_on="WhoId", right_on="Id")
    assert len(with_contact) > 2
    assert (with_contact["CompletedDateTime"].dropna() >= with_contact["CreatedDate_y"]).all()
    leads = both["crm/leads"].drop_duplicates("Id")
    assert set(tasks["WhoId"].dropna()) <= {*leads["Id"], *contacts["Id"]}


def test_a_planned_call_is_open_the_day_before_it_is_done(both: dict[str, pd.DataFrame]) -> None:
    tasks = both["crm/tasks"]
    planned = tasks[~tasks["IsClosed"]]
    assert len(planned) > 5
    assert planned["CompletedDateTime"].isna().all()
    done = tasks[tasks["IsClosed"]].drop_duplicates("Id").merge(planned, on="Id")
    assert len(done) == len(planned)
    assert (done["LastModifiedDate_y"] < done["LastModifiedDate_x"]).all()


def test_changes_of_owner_stand_twice_with_ids_and_with_names(both: dict[str, pd.DataFrame]) -> None:
    owners = both["crm/lead_history"].query("Field == 'Owner'").drop_duplicates("Id")
    by_id, by_name = (owners[owners["DataType"] == kind] for kind in ("EntityId", "Text"))
    assert len(by_id) == len(by_name) > 20
    assert by_id["NewValue"].str.fullmatch("00[5G][0-9A-Za-z]{15}").all()
    assert not by_name["NewValue"].str.startswith("00").any()
    assert set(by_id.loc[by_id["OldValue"].str.startswith("00G"), "OldValue"]) != set()


def test_survivors_name_the_contacts_that_were_merged_into_them(
    history: History, both: dict[str, pd.DataFrame]
) -> None:
    merged = history.contacts.to_pandas().dropna(subset="merged_into_contact_id")
    expected = {
        (str(7_100_000_001 + int(survivor[1:])), str(7_100_000_001 + int(contact[1:])))
        for contact, survivor in zip(merged["contact_id"], merged["merged_into_contact_id"], strict=True)
    }
    assert len(expected) > 10
    contacts = both["marketing/contacts"].dropna(subset="hs_merged_object_ids")
    named = {
        (survivor, each)
        for survivor, listed in zip(contacts["id"], contacts["hs_merged_object_ids"], strict=True)
        for each in listed.split(";")
    }
    assert named == expected


def test_a_campaigns_last_total_is_the_sum_of_what_it_cost(
    history: History, both: dict[str, pd.DataFrame]
) -> None:
    spend = history.campaign_spend.to_pandas().sort_values(["delivered_on", "updated_at"], kind="stable")
    costs = spend.drop_duplicates(["campaign_id", "spend_date"], keep="last").groupby("campaign_id")["amount"]
    expected = {f"campana-{int(campaign[5:])}": total for campaign, total in costs.sum().items()}
    last = both["marketing/campaigns"].drop_duplicates("id", keep="last")
    totals = dict(zip(last["hs_utm"], last["hs_spend_items_sum_amount"], strict=True))
    assert {utm: total for utm, total in totals.items() if total} == expected


def test_every_lead_is_a_contact_where_sales_works_in_hubspot(
    history: History, hubspot: dict[str, pd.DataFrame]
) -> None:
    contacts = hubspot["hubspot/contacts"]
    owned = hubspot["hubspot/contact_property_history"]["contact_id"]
    assert set(owned) <= set(contacts["id"])
    links = hubspot["hubspot/engagement_contacts"]
    assert set(links["contact_id"]) <= set(contacts["id"])
    engaged = pd.concat([hubspot[f"hubspot/{name}"]["id"] for name in ("calls", "emails", "communications")])
    assert set(engaged) <= set(links["engagement_id"])


def test_the_properties_of_a_contact_are_those_of_its_history(hubspot: dict[str, pd.DataFrame]) -> None:
    history = hubspot["hubspot/contact_property_history"].sort_values("timestamp", kind="stable")
    last = history.drop_duplicates(["contact_id", "name"], keep="last")
    values = last.pivot(index="contact_id", columns="name", values="value")
    newest = hubspot["hubspot/contacts"].sort_values("lastmodifieddate", kind="stable")
    newest = newest.drop_duplicates("id", keep="last").set_index("id").loc[values.index]
    for name in ("hs_lead_status", "hubspot_owner_id"):
        pd.testing.assert_series_equal(newest[name], values[name], check_names=False, check_dtype=False)


def test_a_shape_that_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="pipedrive is none of standard, hubspot, hubspot"):
        Shape("pipedrive")
    with pytest.raises(ValueError, match="by hand is none of api"):
        Shape("hubspot", "by hand")


def test_a_written_demo_says_in_which_shape_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_writing, "DEMO_PEOPLE", 120)
    shape = Shape("hubspot", "stitch")
    assert write_demo(tmp_path / "extracts", shape=shape)
    assert demo_shape(tmp_path / "extracts") == shape
    assert not write_demo(tmp_path / "extracts", shape=shape)
