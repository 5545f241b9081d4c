"""Deliveries are kept by what changed, and told whole."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.decisions.deliveries import (
    DELIVERY_SCHEMA,
    changed_deliveries,
    deliveries_in_force,
    digest_of,
    put_together,
    raw_files_of,
)
from tests.unit.decisions.delivery_rows import a_delivery, table_of


def test_what_came_and_what_went_are_told_apart() -> None:
    then = table_of(a_delivery(part="a"), a_delivery(part="b"))
    now = table_of(a_delivery(part="b"), a_delivery(part="c"))
    changes = changed_deliveries(then, now).select(["part", "is_in_force"]).to_pylist()
    assert changes == [{"part": "a", "is_in_force": False}, {"part": "c", "is_in_force": True}]


def test_a_delivery_that_was_read_again_went_and_came() -> None:
    changes = changed_deliveries(table_of(a_delivery()), table_of(a_delivery(reading=2)))
    assert [(row["reading"], row["is_in_force"]) for row in changes.to_pylist()] == [(1, False), (2, True)]


# Few values, so that what went comes again, and neighbours differ by one value only.
DELIVERIES = st.builds(
    lambda object_name, day, part, reading: a_delivery(
        object=object_name, extract_date=date(2026, 3, 1) + timedelta(day), part=part, reading=reading
    ),
    st.sampled_from(["leads", "users"]),
    st.integers(0, 2),
    st.sampled_from([None, "", "a"]),
    st.integers(1, 2),
)
LISTS = st.lists(DELIVERIES, max_size=8, unique_by=lambda row: tuple(map(str, row.values())))


@settings(max_examples=25)
@given(st.lists(LISTS, max_size=4))
def test_whatever_follows_what_every_list_is_put_together_again(
    listed: list[list[dict[str, object]]],
) -> None:
    tables = [table_of(*rows) for rows in listed]
    changes = [changed_deliveries(then, now) for then, now in pairwise([table_of(), *tables])]
    for number, expected in enumerate(tables, start=1):
        found = put_together(changes[:number])
        assert sorted(map(str, found.to_pylist())) == sorted(map(str, expected.to_pylist()))
        assert digest_of(found) == digest_of(expected)


@settings(max_examples=60)
@given(LISTS, LISTS)
def test_a_digest_is_the_same_for_the_same_deliveries_only(
    some: list[dict[str, object]], others: list[dict[str, object]]
) -> None:
    is_same = sorted(map(str, some)) == sorted(map(str, others))
    assert (digest_of(table_of(*some)) == digest_of(table_of(*others))) is is_same
    assert digest_of(table_of(*some)) == digest_of(table_of(*reversed(some)))


def test_a_run_rests_on_the_reading_and_bytes_of_what_is_in_force() -> None:
    files = pa.Table.from_pylist(
        [
            {
                "source": "crm",
                "object": "leads",
                "extract_date": date(2026, 3, 1),
                "part": None,
                "delivery": 2,
            },
            {
                "source": "crm",
                "object": "leads",
                "extract_date": date(2026, 3, 1),
                "part": "a",
                "delivery": 1,
            },
        ]
    )
    ledger = pa.Table.from_pylist(
        [
            a_delivery(raw_path="/raw/1", raw_sha256="1") | {"delivery": 1},
            a_delivery(raw_path="/raw/2", raw_sha256="2") | {"delivery": 2, "reading": 3, "sha256": "b" * 64},
            a_delivery(raw_path=None, raw_sha256=None) | {"part": "a", "sha256": "c" * 64},
        ]
    )
    deliveries = deliveries_in_force(files, ledger)
    assert deliveries.schema == DELIVERY_SCHEMA
    assert [
        (row["part"], row["delivery"], row["reading"], row["sha256"][0]) for row in deliveries.to_pylist()
    ] == [
        ("a", 1, 1, "c"),
        (None, 2, 3, "b"),
    ]
    assert raw_files_of(deliveries, ledger).to_pylist() == [
        {
            "source": "crm",
            "object": "leads",
            "extract_date": date(2026, 3, 1),
            "part": None,
            "raw_path": "/raw/2",
            "raw_sha256": "2",
        }
    ]
