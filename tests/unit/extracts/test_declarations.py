"""Which header of a file is which column, whoever wrote the file."""

from __future__ import annotations

import pytest

from dagster_project.column_names import loose_name
from dagster_project.extracts import objects_of
from dagster_project.extracts.declarations import FAMILIES
from dagster_project.extracts.rows import match_columns
from dagster_project.extracts.text_stream import RefusedFile

CONTACTS = objects_of("hubspot")["contacts"]
LEADS = objects_of("salesforce")["leads"]
MQL_DATE = "hs_v2_date_entered_marketingqualifiedlead"


@pytest.mark.parametrize(
    "header",
    [
        ("Id", "CreatedDate", "LastModifiedDate", "OwnerId", "MasterRecordId", "IsDeleted"),  # the API
        (
            "id",
            "created_date",
            "last_modified_date",
            "owner_id",
            "master_record_id",
            "is_deleted",
        ),  # Fivetran
        ("id", "createddate", "lastmodifieddate", "ownerid", "masterrecordid", "isdeleted"),  # Stitch
        ("ID", "CREATED_DATE", "SYSTEM_MODSTAMP", "OWNER_ID", "MASTER_RECORD_ID", "IS_DELETED"),
    ],
)
def test_every_loaders_spelling_of_a_lead_is_the_same(header: tuple[str, ...]) -> None:
    names = ["id", "created_date", "last_modified_date", "owner_id", "master_record_id", "is_deleted"]
    assert match_columns(header, LEADS) == names


@pytest.mark.parametrize(
    "header",
    [
        ("id", "createdate", "lastmodifieddate", MQL_DATE, "archived"),  # the API
        (
            "id",
            "property_createdate",
            "property_lastmodifieddate",
            "property_hs_v_2_date_entered_marketingqualifiedlead",
            "archived",
        ),  # Fivetran, which splits digits
        ("id", "properties_createdate", "properties_lastmodifieddate", f"properties_{MQL_DATE}", "archived"),
        ("Record ID", "Create Date", "Last Modified Date", MQL_DATE, "archived"),  # the export button
        ("vid", "createdAt", "updatedAt", MQL_DATE, "archived"),
    ],
)
def test_every_loaders_spelling_of_a_contact_is_the_same(header: tuple[str, ...]) -> None:
    assert match_columns(header, CONTACTS) == ["id", "createdate", "lastmodifieddate", MQL_DATE, "archived"]


def test_of_several_headers_of_one_column_the_first_of_its_names_is_read() -> None:
    header = ("hs_object_id", "id", "createdate", "updatedAt", "lastmodifieddate", "_fivetran_synced")
    assert match_columns(header, CONTACTS) == [
        "hsobjectid",
        "id",
        "createdate",
        "updatedat",
        "lastmodifieddate",
        "fivetransynced",
    ]


def test_a_column_that_stands_there_twice_is_refused() -> None:
    with pytest.raises(RefusedFile, match="property_email"):
        match_columns(("id", "createdate", "lastmodifieddate", "email", "property_email"), CONTACTS)


def test_a_missing_required_column_is_named_as_the_vendor_names_it() -> None:
    with pytest.raises(RefusedFile, match="missing required columns: last_modified_date"):
        match_columns(("Id", "CreatedDate"), LEADS)


@pytest.mark.parametrize("family", list(FAMILIES))
def test_no_two_columns_of_an_object_have_one_name(family: str) -> None:
    for declaration in objects_of(family).values():
        names = [loose_name(column.name) for column in declaration.columns]
        assert len(names) == len(set(names)), declaration.name
