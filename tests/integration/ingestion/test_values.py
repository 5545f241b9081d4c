"""What the values of accepted rows mean: numbers, times, words, types of Parquet."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from tests.integration.ingestion.files import (
    SPEND,
    TOUCHES,
    lines,
    parquet,
)
from tests.unit.extracts.deliveries import Deliveries


@pytest.fixture
def crm(tmp_path: Path) -> Deliveries:
    return Deliveries(tmp_path)


def test_numbers_keep_eight_decimals(crm: Deliveries) -> None:
    amounts = ["0.123456785", "+5.", ".5", "1e3", "12.5E-1", "999999999999.99999999", "007"]
    crm.deliver(
        "campaign_spend", "2026-01-05.csv", lines(SPEND, *(f"c1,2026-01-04,{each}," for each in amounts))
    )
    crm.ingest("campaign_spend")
    assert [str(amount) for (amount,) in crm.accepted("campaign_spend", "amount")] == [
        "0.12345679",  # rounded half away from zero
        "5.00000000",
        "0.50000000",
        "1000.00000000",
        "1.25000000",
        "999999999999.99999999",
        "7.00000000",
    ]


def test_words_for_true_and_false_are_read_in_any_case_with_or_without_accent(crm: Deliveries) -> None:
    words = ["true", "YES", "sí", "Si", "SI\u0301", "1", "False", "no", "NO", "0"]
    rows = (f"u{place},sales,{word}" for place, word in enumerate(words))
    crm.deliver("users", "2026-01-05.csv", lines("user_id,department,is_active", *rows))
    crm.ingest("users")
    assert [value for (value,) in crm.accepted("users", "is_active")] == [True] * 6 + [False] * 4


def test_words_that_look_like_nothing_are_text(crm: Deliveries) -> None:
    """Ids keep their zeros, and a person may be called NA, null or NaN."""
    names = ["NA", "null", "None", "NaN", "N/A", "-"]
    rows = (f"00{place},2026-01-05,2026-01-05,{name}" for place, name in enumerate(names))
    crm.deliver("contacts", "2026-01-05.csv", lines("contact_id,created_at,updated_at,company", *rows))
    crm.ingest("contacts")
    assert crm.accepted("contacts", "contact_id, company") == [
        (f"00{place}", name) for place, name in enumerate(names)
    ]


def test_values_are_trimmed_of_all_white_space_and_empty_ones_are_null(crm: Deliveries) -> None:
    row = 'k1,2026-01-05, 2026-01-05 ,"\u2003 Jefa\u00a0",\u00a0\u2009,""'
    crm.deliver(
        "contacts", "2026-01-05.csv", lines("contact_id,created_at,updated_at,job_title,company,country", row)
    )
    crm.ingest("contacts")
    assert crm.accepted("contacts", "updated_at, job_title, company, country") == [
        (datetime(2026, 1, 5), "Jefa", None, None)
    ]


def test_times_without_an_offset_are_on_the_sources_clock(tmp_path: Path) -> None:
    """Madrid is at +01:00 in winter and +02:00 in summer; on 29 March 2026 02:30 doesn't exist: it is 03:30 at +02:00,
    and on 25 October 02:30 is there twice: the first is at +02:00."""
    crm = Deliveries(tmp_path, timezone="Europe/Madrid")
    times = {
        "2026-01-05 10:00": "2026-01-05 09:00",
        "2026-07-05T10:00:00.1234569": "2026-07-05 08:00:00.123456",
        "2026-03-29T02:30:00": "2026-03-29 01:30",
        "2026-10-25T02:30:00": "2026-10-25 00:30",
        "2026-01-05": "2026-01-04 23:00",
        "2026-01-05T10:00Z": "2026-01-05 10:00",
        "2026-01-05T10:00:00-0530": "2026-01-05 15:30",
        "2026-01-05T10:00:00+05": "2026-01-05 05:00",
    }
    rows = (f"t{place},k1,{time},other" for place, time in enumerate(times))
    crm.deliver("touches", "2026-01-05.csv", lines(TOUCHES, *rows))
    crm.ingest("touches")
    assert [found for (found,) in crm.accepted("touches", "occurred_at")] == [
        datetime.fromisoformat(utc) for utc in times.values()
    ]


def test_parquet_types_mean_what_they_say(tmp_path: Path) -> None:
    crm = Deliveries(tmp_path, timezone="America/Mexico_City", decimal=",")  # six hours behind UTC
    table = pa.table(
        {
            "opportunity_id": pa.array([7, 8], pa.int64()),
            "created_at": pa.array([datetime(2026, 1, 5, 10)] * 2, pa.timestamp("ns")),
            "updated_at": pa.array([datetime(2026, 1, 5, 10)] * 2, pa.timestamp("us", tz="Asia/Kolkata")),
            "lead_id": pa.array(["l1", "l2"]).dictionary_encode(),
            "amount": pa.array([1.5, None], pa.float64()),
            "is_closed": pa.array([False, False]),
            "is_won": pa.array([0, 0], pa.int8()),
            "note": pa.array([[1], None], pa.list_(pa.int64())),
        }
    )
    crm.deliver("opportunities", "2026-01-05.parquet", parquet(table))
    crm.ingest("opportunities")
    columns = "opportunity_id, created_at, updated_at, lead_id, amount, is_closed, is_won, note, _line"
    assert crm.accepted("opportunities", columns) == [
        (
            "7",
            datetime(2026, 1, 5, 16),
            datetime(2026, 1, 5, 10),
            "l1",
            Decimal("1.5"),
            False,
            False,
            "[1]",
            1,
        ),
        ("8", datetime(2026, 1, 5, 16), datetime(2026, 1, 5, 10), "l2", None, False, False, None, 2),
    ]


def test_a_parquet_midnight_is_a_date_and_another_hour_is_not(crm: Deliveries) -> None:
    """Frames have no type for a date, only midnights."""
    table = pa.table(
        {
            "campaign_id": ["c1", "c2"],
            "spend_date": pa.array([datetime(2026, 1, 4), datetime(2026, 1, 4, 12)], pa.timestamp("ns")),
            "amount": [1, 2],
        }
    )
    crm.deliver("campaign_spend", "2026-01-05.parquet", parquet(table))
    crm.ingest("campaign_spend")
    assert crm.accepted("campaign_spend", "campaign_id, spend_date") == [("c1", date(2026, 1, 4))]
    assert crm.quarantined("campaign_spend") == [(2, "unreadable_value", "spend_date")]


def test_a_decimal_comma_holds_for_text_not_for_typed_numbers(tmp_path: Path) -> None:
    crm = Deliveries(tmp_path, decimal=",")
    crm.deliver(
        "campaign_spend",
        "2026-01-05.jsonl",
        '{"campaign_id": "c1", "spend_date": "2026-01-04", "amount": 1.5}\n'
        '{"campaign_id": "c2", "spend_date": "2026-01-04", "amount": "1,5"}\n'
        '{"campaign_id": "c3", "spend_date": "2026-01-04", "amount": "1.5"}\n',
    )
    crm.ingest("campaign_spend")
    assert crm.accepted("campaign_spend", "campaign_id, amount") == [
        ("c1", Decimal("1.5")),
        ("c2", Decimal("1.5")),
    ]
    assert crm.quarantined("campaign_spend") == [(3, "unreadable_value", "amount")]


def test_a_currency_is_known_by_the_contract_or_a_rate_in_any_case(tmp_path: Path) -> None:
    crm = Deliveries(tmp_path, currency="USD", rates={"USD": 17})
    rows = ["c1,2026-01-04,1,usd", "c2,2026-01-04,1,mxn", "c3,2026-01-04,1,", "c4,2026-01-04,1,EUR"]
    crm.deliver("campaign_spend", "2026-01-05.csv", lines(SPEND, *rows))
    crm.ingest("campaign_spend")
    assert [row for (row,) in crm.accepted("campaign_spend", "campaign_id")] == ["c1", "c2", "c3"]
    without_rate = Deliveries(tmp_path / "without", currency="USD")
    without_rate.deliver("campaign_spend", "2026-01-05.csv", lines(SPEND, *rows))
    without_rate.ingest("campaign_spend")
    assert without_rate.quarantined("campaign_spend") == [
        (2, "unknown_currency", "currency"),
        (4, "unknown_currency", "currency"),  # no currency: the source's own, for which there is no rate
        (5, "unknown_currency", "currency"),
    ]


def test_unknown_words_are_accepted_and_reported_with_their_number(crm: Deliveries) -> None:
    """Ten rows show a word; one of nine may be what somebody typed about somebody."""
    words = ["email_open", "Émail_Open", *["carrier_pigeon"] * 10, *["as Ana Ruiz asked"] * 9]
    rows = (f"t{place},k1,2026-01-05,{word}" for place, word in enumerate(words))
    crm.deliver("touches", "2026-01-05.csv", lines(TOUCHES, *rows))
    report = crm.ingest("touches")
    assert report.rows_accepted == 21
    (finding,) = report.findings
    assert (finding.kind, finding.count) == ("unknown_words", 19)
    assert finding.message.endswith("have an unknown touch_type, which matches nothing: carrier_pigeon (10).")
