"""A history of the demo company restricted to what every family of systems can express.

Each restriction below names the family that can't say more. What is left is written in all of them, and must come to
the same figures.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pytest

from dagster_project.demo import History, simulate
from dagster_project.demo import people as demo_people
from dagster_project.demo.history import CRM_OBJECTS, MARKETING_OBJECTS

Frames = dict[str, pd.DataFrame]
DAILY = ("campaigns", "campaign_spend")
OBJECTS = MARKETING_OBJECTS + CRM_OBJECTS


def common_history(seed: int, people: int, months: int) -> History:
    """The restricted history, delivered on its last day (spend on each day)."""
    with pytest.MonkeyPatch.context() as patch:
        # HubSpot takes an address once only.
        patch.setattr(demo_people, "SHARED_MAILBOX_SHARE", 0.0)
        history = simulate(seed, people, months=months)
    frames = {name: history.table(name).to_pandas() for name in OBJECTS}
    frames = _one_lead_a_person(frames)
    frames["contacts"] = _with_versions_of_merges(_without_deleted_owners(frames))
    frames["users"] = frames["users"].assign(started_on=None, ended_on=None)
    # A calendar says what became of a meeting, and its versions say when.
    frames["meetings"]["confirmed_at"] = pd.NaT
    frames["opportunities"] = _closed_by_the_day(frames["opportunities"], history)
    spend = frames["campaign_spend"]
    # Running totals: a correction comes on its own day.
    frames["campaign_spend"] = spend.drop_duplicates(["campaign_id", "spend_date"])
    return replace(history, **{name: _table(history, name, frame) for name, frame in frames.items()})


def _one_lead_a_person(frames: Frames) -> Frames:
    """HubSpot has no leads beside contacts: one a person, never deleted alone, found by its address."""
    leads = frames["leads"]
    created = leads.sort_values(["created_at", "lead_id"]).drop_duplicates("lead_id")
    first = created.drop_duplicates("email")
    kept = set(first["lead_id"]) - set(leads.loc[leads["is_deleted"], "lead_id"])
    known = set(frames["contacts"]["email"])
    # What sales brings itself is nobody's whom marketing knows.
    sourced = first.loc[first["contact_id"].isna(), ["lead_id", "email"]]
    by_address = dict(zip(first["email"], first["lead_id"], strict=True))
    contacts = frames["contacts"].drop_duplicates("contact_id")
    lead_of = contacts.set_index("contact_id")["email"].map(by_address)
    unknown = set(sourced.loc[sourced["email"].isin(known), "lead_id"]) - set(lead_of.dropna())
    kept -= unknown
    of_lead: Frames = {"leads": leads, "lead_history": frames["lead_history"]}
    found = {name: frame.loc[frame["lead_id"].isin(kept)] for name, frame in of_lead.items()}
    for name in ("activities", "meetings", "opportunities"):
        frame = frames[name]
        lead = frame["lead_id"].fillna(frame["contact_id"].map(lead_of))
        found[name] = frame.loc[lead.isin(kept)].copy()
    activities = found["activities"]
    # HubSpot keeps no word on what came of a message.
    is_message = activities["activity_type"] == "message"
    activities = activities.assign(outcome=activities["outcome"].mask(is_message))
    is_kept = activities["opportunity_id"].isin(found["opportunities"]["opportunity_id"])
    found["activities"] = activities.assign(opportunity_id=activities["opportunity_id"].where(is_kept))
    return frames | found


def _without_deleted_owners(frames: Frames) -> pd.DataFrame:
    """A contact that is deleted takes its lead with it in HubSpot, and leaves it alone in Salesforce."""
    contacts = frames["contacts"]
    has_lead = contacts["email"].isin(frames["leads"]["email"])
    return contacts.loc[~(contacts["is_deleted"] & has_lead)]


def _with_versions_of_merges(contacts: pd.DataFrame) -> pd.DataFrame:
    """HubSpot tells of a merge by a version of the survivor."""
    is_merged = contacts["merged_into_contact_id"].notna()
    merges = contacts.loc[is_merged].drop_duplicates("contact_id").sort_values("updated_at")
    survivors = contacts.loc[~is_merged].sort_values("updated_at")
    at_merge = pd.merge_asof(
        merges[["merged_into_contact_id", "updated_at"]].rename(
            columns={"merged_into_contact_id": "contact_id"}
        ),
        survivors.rename(columns={"updated_at": "known_at"}),
        left_on="updated_at",
        right_on="known_at",
        by="contact_id",
    )
    versions = pd.concat([contacts, at_merge[contacts.columns]])
    versions = versions.drop_duplicates(["contact_id", "updated_at"], keep="last")
    return versions.sort_values(["updated_at", "contact_id"])


def _closed_by_the_day(opportunities: pd.DataFrame, history: History) -> pd.DataFrame:
    """Salesforce's close date is a day: by its last second an opportunity is closed."""
    offset = pd.Timedelta(seconds=history.utc_offset_seconds)
    day = (opportunities["closed_at"] + offset).dt.floor("D")
    return opportunities.assign(closed_at=day + pd.Timedelta(days=1, seconds=-1) - offset)


def _table(history: History, name: str, frame: pd.DataFrame) -> pa.Table:
    schema = history.table(name).schema
    if name not in DAILY:
        frame = frame.assign(delivered_on=history.last_day)
    return pa.Table.from_pandas(frame, schema, preserve_index=False).replace_schema_metadata(None)
