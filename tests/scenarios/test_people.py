"""Who is one person: merges, shared e-mails, leads, deletions (domain, people)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline import build, compiled_project
from tests.scenarios.history import BASE_CONTRACT, QUEUE, RAUL, ROSA, History, a_contract
from tests.scenarios.results import Results, run

HISTORY = History(
    a_contract(
        mql=BASE_CONTRACT["mql"]
        | {"fit": [{"id": "director", "attribute": "job_title", "has_phrase": ["director"], "points": 5}]},
    ),
    shared_emails=["info@", "compras@acme.example"],
)


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    with run(HISTORY) as results:
        yield results


# merged contacts

HISTORY.person("chain-a", merged_into_contact_id="chain-b").touch("2026-01-05 10:00")
HISTORY.person("chain-b", merged_into_contact_id="chain-c")
HISTORY.person("chain-c")
HISTORY.person("merged-later").has("2026-02-01", merged_into_contact_id="merged-later-survivor").touch(
    "2026-01-05 10:00"
)
HISTORY.person("merged-later-survivor")
HISTORY.person("into-the-unknown-a", merged_into_contact_id="into-the-unknown-b").touch("2026-01-05 10:00")
HISTORY.person("into-the-unknown-b", merged_into_contact_id="nobody-has-seen-it")
HISTORY.person("merged-and-deleted", merged_into_contact_id="its-survivor", is_deleted="true").touch(
    "2026-01-05 10:00"
)
HISTORY.person("its-survivor")


def test_a_chain_of_merges_is_followed_to_its_end(results: Results) -> None:
    assert results.mql("chain-c").qualified_at == "2026-01-05 10:00"
    assert {"chain-a", "chain-b"}.isdisjoint(results.people())


def test_touches_from_before_a_merge_belong_to_the_survivor(results: Results) -> None:
    assert results.mql("merged-later-survivor").qualified_at == "2026-01-05 10:00"
    assert not results.is_mql("merged-later")


def test_a_chain_that_leads_to_an_unknown_contact_ends_at_the_last_known_one(results: Results) -> None:
    assert results.mql("into-the-unknown-b").qualified_at == "2026-01-05 10:00"


def test_a_record_with_a_survivor_is_merged_even_if_it_is_deleted(results: Results) -> None:
    assert results.mql("its-survivor").qualified_at == "2026-01-05 10:00"


LOOP = History()
LOOP.person("loop-a", merged_into_contact_id="loop-b")
LOOP.person("loop-b", merged_into_contact_id="loop-c")
LOOP.person("loop-c", merged_into_contact_id="loop-a")
LOOP.person("outside", merged_into_contact_id="loop-b")


def test_a_loop_of_merges_stops_the_run() -> None:
    with pytest.raises(AssertionError, match="no_merge_loop"), run(LOOP):
        pass


def test_the_members_of_a_loop_are_named_and_nobody_else(tmp_path: Path) -> None:
    LOOP.write(tmp_path)
    result = build(tmp_path, tmp_path / "home")
    (check,) = [test for test in compiled_project().data_tests if "no_merge_loop" in test.name]
    # whoever was merged into the loop is not in it
    assert {row[0] for row in result.rows(check.query)} == {"loop-a", "loop-b", "loop-c"}


# one e-mail, one person

HISTORY.person("older", created="2025-11-01", email="Ana@Acme.example ")
HISTORY.person("younger", created="2025-12-01", email=" ana@acme.EXAMPLE").touch("2026-01-05 10:00")
HISTORY.person("same-age-b", created="2025-11-01", email="eva@acme.example").touch("2026-01-05 10:00")
HISTORY.person("same-age-B", created="2025-11-01", email="eva@acme.example")
HISTORY.person("moved-on", email="leo@acme.example").has("2026-01-02", email="leo@globex.example")
HISTORY.person("took-over", email="leo@acme.example").touch("2026-01-05 10:00")
HISTORY.person("no-address-a").touch("2026-01-05 10:00")
HISTORY.person("no-address-b")
HISTORY.person("info-a", created="2025-11-01", email="Info@Globex.example")
HISTORY.person("info-b", email="info@globex.example").touch("2026-01-05 10:00")
HISTORY.person("purchasing-a", created="2025-11-01", email="compras@acme.example")
HISTORY.person("purchasing-b", email="compras@acme.example").touch("2026-01-05 10:00")
HISTORY.person("other-purchasing-a", created="2025-11-01", email="compras@globex.example")
HISTORY.person("other-purchasing-b", email="compras@globex.example").touch("2026-01-05 10:00")
HISTORY.person("survivor-in-pair", created="2025-11-01", email="pia@acme.example")
HISTORY.person(
    "merged-into-pair", created="2025-10-01", email="pia@home.example", merged_into_contact_id="other-of-pair"
)
HISTORY.person("other-of-pair", created="2025-12-01", email="pia@acme.example")
HISTORY.person("has-the-merged-one-s-address", email="pia@home.example").touch("2026-01-05 10:00")


def test_survivors_that_share_a_normalised_email_are_one_person(results: Results) -> None:
    assert results.mql("older").qualified_at == "2026-01-05 10:00"
    assert "younger" not in results.people()


def test_of_contacts_of_the_same_age_the_smallest_id_in_byte_order_names_the_person(results: Results) -> None:
    # B is 0x42, b is 0x62
    assert results.is_mql("same-age-B")


def test_the_email_of_the_latest_version_counts(results: Results) -> None:
    assert results.is_mql("took-over")
    assert not results.is_mql("moved-on")
    assert "moved-on" in results.people()


def test_contacts_without_an_email_are_people_of_their_own(results: Results) -> None:
    assert results.is_mql("no-address-a")
    assert not results.is_mql("no-address-b")


def test_a_shared_mailbox_joins_no_persons(results: Results) -> None:
    # a name ending in @ means it at any domain, in any case
    assert results.is_mql("info-b")
    assert not results.is_mql("info-a")
    assert results.is_mql("purchasing-b")
    assert not results.is_mql("purchasing-a")
    # another domain's is not listed
    assert results.is_mql("other-purchasing-a")
    assert not results.is_mql("other-purchasing-b")


def test_only_survivors_emails_join_people(results: Results) -> None:
    assert {"survivor-in-pair", "has-the-merged-one-s-address"} <= results.people()
    assert {"other-of-pair", "merged-into-pair"}.isdisjoint(results.people())
    assert results.is_mql("has-the-merged-one-s-address")


# the person's record

HISTORY.person("two-records", created="2025-11-01", email="ida@acme.example", job_title="clerk")
(
    HISTORY.person("two-records-other", email="ida@acme.example", job_title="director")
    .touch("2026-01-05 10:00")
    .has("2026-01-08 10:00", email="ida@acme.example", job_title="director")
)
HISTORY.person("waiting", created="2025-11-01", email="ugo@acme.example", job_title="director")
(
    HISTORY.person("waiting-other", email="ugo@acme.example")
    .touch("2025-12-20 10:00")
    .has("2026-01-08 10:00", email="ugo@acme.example", job_title="changed")
)


def test_only_the_person_s_own_record_scores(results: Results) -> None:
    # 10 for the form, nothing for the other contact's director
    assert results.mql("two-records").score == 10


def test_a_record_of_another_contact_is_no_event(results: Results) -> None:
    # 15 points since December, when no version was in force; afterwards only the other record changed
    assert not results.is_mql("waiting")


# leads

HISTORY.person("by-contact-id", email="gil@acme.example").touch("2026-01-05 10:00")
HISTORY.person("same-address-as-the-lead", email="sam@acme.example").touch("2026-01-05 10:00")
HISTORY.lead("2026-01-05 11:00", contact_id="by-contact-id", email="sam@acme.example", owner_id=ROSA)

HISTORY.person("by-email", email="uma@acme.example").touch("2026-01-05 10:00")
HISTORY.lead("2026-01-05 11:00", email=" UMA@acme.example", owner_id=ROSA)
HISTORY.person("by-email-of-unknown", email="fay@acme.example").touch("2026-01-05 10:00")
HISTORY.lead("2026-01-05 11:00", contact_id="never-delivered", email="fay@acme.example", owner_id=ROSA)
HISTORY.person("deleted-with-lead", is_deleted="true")
HISTORY.person("by-email-of-deleted", email="noa@acme.example").touch("2026-01-05 10:00")
HISTORY.lead("2026-01-05 11:00", contact_id="deleted-with-lead", email="noa@acme.example", owner_id=ROSA)

HISTORY.person(
    "merged-with-address", created="2025-10-01", email="lia@acme.example", merged_into_contact_id="lia-now"
)
HISTORY.person("lia-now", email="lia@now.example").touch("2026-01-05 10:00")
HISTORY.person("lia-survivor", email="lia@acme.example").touch("2026-01-05 10:00")
HISTORY.lead("2026-01-05 11:00", email="lia@acme.example", owner_id=ROSA)

HISTORY.person("merged-only-address", email="kai@acme.example", merged_into_contact_id="kai-now")
HISTORY.person("kai-now").touch("2026-01-05 10:00")
HISTORY.lead("2026-01-05 11:00", email="kai@acme.example", owner_id=ROSA)

HISTORY.person("merged-young", created="2025-11-01", email="ray@acme.example", merged_into_contact_id="ray-a")
HISTORY.person("merged-old", created="2025-10-01", email="ray@acme.example", merged_into_contact_id="ray-b")
HISTORY.person("ray-a").touch("2026-01-05 10:00")
HISTORY.person("ray-b").touch("2026-01-05 10:00")
HISTORY.lead("2026-01-05 11:00", email="ray@acme.example", owner_id=ROSA)

HISTORY.person("info-c", email="info@initech.example").touch("2026-01-05 10:00")
HISTORY.lead("2026-01-05 11:00", "lead-of-info", email="info@initech.example", owner_id=ROSA)

HISTORY.mql("lead-of-merged-survivor", "2026-01-05 10:00")
HISTORY.person("lead-of-merged", merged_into_contact_id="lead-of-merged-survivor").lead(
    "2026-01-05 11:00", owner_id=ROSA
)


def test_a_lead_belongs_to_its_contact_whatever_its_email_says(results: Results) -> None:
    assert results.mql("by-contact-id").handed_off_at == "2026-01-05 11:00"
    assert results.mql("same-address-as-the-lead").handed_off_at is None


@pytest.mark.parametrize("name", ["by-email", "by-email-of-unknown", "by-email-of-deleted"])
def test_a_lead_without_a_usable_contact_belongs_to_the_person_of_its_email(
    results: Results, name: str
) -> None:
    assert results.mql(name).handed_off_at == "2026-01-05 11:00"


def test_a_survivor_s_email_comes_before_a_merged_contact_s(results: Results) -> None:
    # although the merged contact is older
    assert results.mql("lia-survivor").handed_off_at == "2026-01-05 11:00"
    assert results.mql("lia-now").handed_off_at is None


def test_a_merged_contact_s_email_leads_to_its_survivor(results: Results) -> None:
    assert results.mql("kai-now").handed_off_at == "2026-01-05 11:00"


def test_of_several_merged_contacts_with_the_email_the_oldest_counts(results: Results) -> None:
    assert results.mql("ray-b").handed_off_at == "2026-01-05 11:00"
    assert results.mql("ray-a").handed_off_at is None


def test_a_lead_of_a_merged_contact_is_the_survivor_s(results: Results) -> None:
    assert results.mql("lead-of-merged-survivor").handed_off_at == "2026-01-05 11:00"


def test_a_shared_mailbox_attaches_no_leads(results: Results) -> None:
    assert results.mql("info-c").handed_off_at is None
    assert "lead:lead-of-info" in results.people()


# sales-sourced people

HISTORY.lead("2026-01-07 10:00", "sourced-2", email="Zoe@Acme.example", owner_id=ROSA)
HISTORY.lead("2026-01-06 10:00", "sourced-3", email="zoe@acme.example", owner_id=ROSA)
HISTORY.lead("2026-01-06 10:00", "sourced-1", email="zoe@acme.example ", owner_id=ROSA)
HISTORY.lead("2026-01-06 10:00", "nameless-1", owner_id=ROSA).status("2026-01-07", "Working")
HISTORY.lead("2026-01-06 10:00", "nameless-2", owner_id=ROSA)
HISTORY.lead("2026-01-06 10:00", "mailbox-1", email="info@umbrella.example", owner_id=ROSA)
HISTORY.lead("2026-01-06 10:00", "mailbox-2", email="info@umbrella.example", owner_id=ROSA)


def test_leads_that_match_nobody_are_one_person_for_each_email(results: Results) -> None:
    # named after the earliest lead; of two created at once, the smaller id
    assert "lead:sourced-1" in results.people()
    assert {"lead:sourced-2", "lead:sourced-3"}.isdisjoint(results.people())


def test_leads_without_an_email_or_with_a_shared_one_are_people_of_their_own(results: Results) -> None:
    assert {"lead:nameless-1", "lead:nameless-2", "lead:mailbox-1", "lead:mailbox-2"} <= results.people()


def test_a_sales_sourced_person_is_never_an_mql(results: Results) -> None:
    assert not [person for person in results.mql_people() if person.startswith("lead:")]


# events that name a lead, a contact, or both

HISTORY.mql("named-by-lead", "2026-01-05 10:00", "2026-01-05 10:00")
HISTORY.mql("named-by-contact", "2026-01-05 10:00", "2026-01-05 10:00")
lead_id = HISTORY.leads[-2].lead_id
HISTORY.row("activities", activity_id="both-known", lead_id=lead_id, contact_id="named-by-contact", user_id=ROSA,
            activity_type="call", occurred_at="2026-01-05 11:00")  # fmt: skip
HISTORY.row("activities", activity_id="lead-unknown", lead_id="never-delivered", contact_id="named-by-contact",
            user_id=ROSA, activity_type="call", occurred_at="2026-01-05 12:00")  # fmt: skip
HISTORY.mql("lead-deleted", "2026-01-05 10:00", "2026-01-05 10:00")
HISTORY.person("somebody-else").lead(
    "2026-01-05 10:00", lead_id="deleted-lead", owner_id=ROSA, is_deleted="true"
)
HISTORY.row("activities", activity_id="its-lead-deleted", lead_id="deleted-lead", contact_id="lead-deleted",
            user_id=ROSA, activity_type="call", occurred_at="2026-01-05 13:00")  # fmt: skip
HISTORY.mql("named-by-merged", "2026-01-05 10:00", "2026-01-05 10:00")
HISTORY.person("merged-name", merged_into_contact_id="named-by-merged").calls("2026-01-05 14:00")


def test_an_event_with_both_ids_is_its_lead_s_person_s(results: Results) -> None:
    assert results.mql("named-by-lead").first_attempt_at == "2026-01-05 11:00"


def test_an_event_whose_lead_is_unknown_or_deleted_is_its_contact_s(results: Results) -> None:
    assert results.mql("named-by-contact").first_attempt_at == "2026-01-05 12:00"
    assert results.mql("lead-deleted").first_attempt_at == "2026-01-05 13:00"


def test_an_event_of_a_merged_contact_is_its_survivor_s(results: Results) -> None:
    assert results.mql("named-by-merged").first_attempt_at == "2026-01-05 14:00"


# deletions

HISTORY.person("deleted", is_deleted="true").touch("2026-01-05 10:00")
HISTORY.person("deleted-later").touch("2026-01-05 10:00").has("2026-03-01", is_deleted="true")
HISTORY.person("brought-back", is_deleted="true").touch("2026-01-05 10:00").has(
    "2026-03-01", is_deleted="false"
)
HISTORY.person("merged-into-deleted", merged_into_contact_id="deleted").touch("2026-01-05 10:00")
HISTORY.person("deleted-of-two", created="2025-11-01", email="max@acme.example", is_deleted="true").touch(
    "2026-01-05 10:00"
)
HISTORY.person("living-of-two", email="max@acme.example").touch("2026-01-06 10:00")
HISTORY.person("gone", email="gus@acme.example", is_deleted="true")
HISTORY.lead("2026-01-06 10:00", "lead-of-gone", contact_id="gone", email="gus@acme.example", owner_id=ROSA)
HISTORY.lead("2026-01-06 10:00", "stays-sourced", email="gus@acme.example", owner_id=ROSA)


def test_a_deleted_person_is_in_no_figure(results: Results) -> None:
    assert {"deleted", "deleted-later", "merged-into-deleted"}.isdisjoint(results.people())
    assert not results.is_mql("deleted-later")
    assert not results.is_mql("merged-into-deleted")


def test_the_latest_version_says_whether_a_contact_is_deleted(results: Results) -> None:
    assert results.is_mql("brought-back")


def test_a_deleted_contact_takes_its_touches_with_it_before_persons_are_formed(results: Results) -> None:
    assert results.mql("living-of-two").qualified_at == "2026-01-06 10:00"


def test_a_lead_of_a_deleted_person_that_matches_nobody_is_deleted_with_it(results: Results) -> None:
    assert "lead:lead-of-gone" not in results.people()


def test_a_lead_without_a_contact_stays_sales_sourced(results: Results) -> None:
    assert "lead:stays-sourced" in results.people()


# deleted leads and opportunities

person = HISTORY.person("with-a-deleted-lead").touch("2026-01-05 10:00").touch("2026-02-05 10:00")
lead = person.lead("2026-01-05 10:00", owner_id=ROSA, is_deleted="true")
lead.status("2026-01-20 10:00", "Nurture")
person.activity("2026-01-06 10:00", lead_id=lead.lead_id)
person.lead("2026-01-05 10:00", owner_id=QUEUE).owner("2026-01-07 10:00", RAUL)
person = HISTORY.mql("with-a-deleted-deal", "2026-01-05 10:00", "2026-01-05 10:00")
person.opportunity("2026-01-06 10:00", won="2026-01-07 10:00", is_deleted="true")


def test_a_deleted_lead_counts_nowhere(results: Results) -> None:
    mql = results.mql("with-a-deleted-lead")
    # neither its owner, nor the call that names only it, nor the cycle that it cut
    assert (mql.handed_off_at, mql.rep_id, mql.first_attempt_at) == ("2026-01-07 10:00", RAUL, None)
    assert mql.recycled_at is None
    assert results.cycles("with-a-deleted-lead") == [1]


def test_a_deleted_opportunity_counts_nowhere(results: Results) -> None:
    mql = results.mql("with-a-deleted-deal")
    assert (mql.opportunities, mql.opportunity_at, mql.won_at, mql.amount_won) == (0, None, None, 0)


# personal data


def test_no_published_table_holds_an_email(results: Results) -> None:
    tables = results.rows(
        "select table_name, column_name from information_schema.columns "
        "where table_schema = 'marts' and data_type = 'VARCHAR'"
    )
    assert len({row.table_name for row in tables}) > 5
    found = [
        (row.table_name, row.column_name)
        for row in tables
        if results.rows(f"select 1 from marts.{row.table_name} where \"{row.column_name}\" ilike '%@%'")
    ]
    assert found == []
