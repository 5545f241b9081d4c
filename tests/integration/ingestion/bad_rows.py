"""Rows, good and bad, as cases: structure, types, and what can't be."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

import pyarrow as pa

from tests.integration.ingestion.case import DAY, Case, refused
from tests.integration.ingestion.files import (
    FORMATS,
    GOOD_TOUCH,
    OPPORTUNITIES,
    SPEND,
    TOUCHES,
    WHOLE,
    as_jsonl,
    lines,
    parquet,
)

LARGE = "x" * (1024 * 1024 + 1)


def cases() -> Iterator[Case]:
    """Every case that is about single rows."""
    yield from (*_rows(), *_structure(), *_references())


RAGGED = "ragged row"
IMPOSSIBLE = "negative spend"
GOOD_ROWS = {
    "touches": (TOUCHES, GOOD_TOUCH),
    "campaign_spend": (SPEND, "c1,2026-01-04,5,"),
    "opportunities": (OPPORTUNITIES, "o1,2026-01-04,2026-01-05,l1,5,MXN,no,no,"),
}
BAD_ROWS = [
    # line of the table, object, row, reason, column
    (RAGGED, "touches", "t2,k1,,email_open", "missing_value", "occurred_at"),
    (RAGGED, "touches", "t2,  ,2026-01-05T10:00:00Z,email_open", "missing_value", "contact_id"),
    (RAGGED, "touches", "t2,\u00a0\u2003,2026-01-05T10:00:00Z,email_open", "missing_value", "contact_id"),
    (RAGGED, "touches", "t2,k1,2026-02-30T10:00:00Z,email_open", "unreadable_value", "occurred_at"),
    (RAGGED, "touches", "t2,k1,0000-00-00,email_open", "unreadable_value", "occurred_at"),
    (RAGGED, "touches", "t2,k1,05/01/2026 10:00,email_open", "unreadable_value", "occurred_at"),
    (RAGGED, "touches", "t2,k1,01/05/2026,email_open", "unreadable_value", "occurred_at"),
    (RAGGED, "touches", "t2,k1,5 Jan 2026,email_open", "unreadable_value", "occurred_at"),
    (RAGGED, "touches", "t2,k1,20260105,email_open", "unreadable_value", "occurred_at"),
    (RAGGED, "touches", "t2,k1,2026-01-05T24:00:00Z,email_open", "unreadable_value", "occurred_at"),
    (RAGGED, "touches", "t2,k1,1767607200000,email_open", "unreadable_value", "occurred_at"),
    (RAGGED, "campaign_spend", "c2,2026-01-32,5,", "unreadable_value", "spend_date"),
    (RAGGED, "campaign_spend", "c2,2026-01-04T00:00:00,5,", "unreadable_value", "spend_date"),
    (RAGGED, "campaign_spend", "c2,2026-01-04,1 000,", "unreadable_value", "amount"),
    (RAGGED, "campaign_spend", "c2,2026-01-04,1_000,", "unreadable_value", "amount"),
    (RAGGED, "campaign_spend", "c2,2026-01-04,$5,", "unreadable_value", "amount"),
    (RAGGED, "opportunities", "o2,2026-01-04,2026-01-05,l1,5,MXN,maybe,no,", "unreadable_value", "is_closed"),
    (RAGGED, "opportunities", "o2,2026-01-04,2026-01-05,,5,MXN,no,no,", "missing_value", "lead_id"),
    (IMPOSSIBLE, "touches", "t2,k1,1989-12-31T23:59:59Z,email_open", "impossible_value", "occurred_at"),
    (IMPOSSIBLE, "touches", "t2,k1,2101-01-01,email_open", "impossible_value", "occurred_at"),
    (IMPOSSIBLE, "campaign_spend", "c2,1970-01-01,5,", "impossible_value", "spend_date"),
    (IMPOSSIBLE, "campaign_spend", "c2,2026-01-04,-0.01,", "impossible_value", "amount"),
    (IMPOSSIBLE, "campaign_spend", "c2,2026-01-04,NaN,", "impossible_value", "amount"),
    (IMPOSSIBLE, "campaign_spend", "c2,2026-01-04,Inf,", "impossible_value", "amount"),
    (IMPOSSIBLE, "campaign_spend", "c2,2026-01-04,-Infinity,", "impossible_value", "amount"),
    (IMPOSSIBLE, "campaign_spend", "c2,2026-01-04,1e309,", "impossible_value", "amount"),
    (IMPOSSIBLE, "campaign_spend", "c2,2026-01-04,1000000000000,", "impossible_value", "amount"),
    (IMPOSSIBLE, "campaign_spend", "c2,2026-01-04,5,GBP", "unknown_currency", "currency"),
    (IMPOSSIBLE, "opportunities", "o2,2026-01-04,2026-01-05,l1,5,MXN,no,yes,", "impossible_value", "is_won"),
    (IMPOSSIBLE, "opportunities", "o2,2026-01-04,2026-01-05,l1,5,MXN,yes,no,", "impossible_value", "closed_at"),
    (
        IMPOSSIBLE, "opportunities", "o2,2026-01-04,2026-01-05,l1,5,MXN,yes,no,2026-01-03T23:59:59",
        "impossible_value", "closed_at",
    ),
]  # fmt: skip


def _rows() -> Iterator[Case]:
    """All bad rows of an object between two good ones: line 1 of CSV is the header, so the first is on line 3."""
    for line, object_name in itertools.product((RAGGED, IMPOSSIBLE), GOOD_ROWS):
        header, good = GOOD_ROWS[object_name]
        bad = [row for row in BAD_ROWS if row[:2] == (line, object_name)]
        text = lines(header, good, *(row for _, _, row, _, _ in bad), good)
        for ending, (write, behind) in FORMATS.items():
            yield Case(
                line, f"{len(bad)} rows of {object_name}, {ending}", ((f"{DAY}.{ending}", write(text)),),
                object=object_name, accepted=2,
                quarantined=tuple(
                    (place + 3 - behind, reason, column) for place, (*_, reason, column) in enumerate(bad)
                ),
            )  # fmt: skip
    header, good = GOOD_ROWS["opportunities"]
    for ending, (write, _) in FORMATS.items():
        negative = write(lines(header, good.replace(",5,", ",-5,")))
        yield Case(
            IMPOSSIBLE, f"negative opportunity amount, {ending}", ((f"{DAY}.{ending}", negative),),
            object="opportunities", accepted=1, told=("accepted with a negative opportunity amount",),
        )  # fmt: skip
    for decimal, readable in ((".", "1.5"), (",", "1,5")):
        amounts = ("1.5", "1,5", "1,234.5", "1.234,5")
        text = SPEND + "\n" + "".join(f'c1,2026-01-04,"{amount}",\n' for amount in amounts)
        others = tuple(
            (place + 2, "unreadable_value", "amount")
            for place, amount in enumerate(amounts)
            if amount != readable
        )
        yield Case(
            RAGGED, f"thousands and the other decimal sign where `{decimal}` is declared", ((f"{DAY}.csv", text),),
            object="campaign_spend", settings={"decimal": decimal}, accepted=1, quarantined=others,
        )  # fmt: skip
    text = SPEND + '\nc1,2026-01-04,"1,234",\n'
    yield Case(
        RAGGED, "`1,234` is no number with a decimal point", ((f"{DAY}.csv", text),), object="campaign_spend",
        quarantined=((2, "unreadable_value", "amount"),),
    )  # fmt: skip


def _structure() -> Iterator[Case]:
    csv_rows = {
        "too few fields": ("t2,k1,2026-01-05", "ragged_row", None),
        "a surplus empty field": (GOOD_TOUCH + ",", "ragged_row", None),
        "NUL byte": ("t2,k\0,2026-01-05,email_open", "nul_byte", None),
        "field over 1 MiB": ("t2,k1,2026-01-05," + LARGE, "field_too_large", "touch_type"),
        "header repeated mid-file": (TOUCHES, "repeated_header", None),
        "lone carriage return": ("t2,k\r1,2026-01-05,other", "malformed_row", None),
    }
    for name, (row, reason, column) in csv_rows.items():
        for ending in ("csv", "csv.gz"):
            write, _ = FORMATS[ending]
            # A megabyte of one letter shrinks more than is believed of a large file.
            settings = {"limits": {"expansion_ratio": 2000}} if ending == "csv.gz" else {}
            yield Case(
                RAGGED, f"{name}, {ending}",
                ((f"{DAY}.{ending}", write(lines(TOUCHES, GOOD_TOUCH, row, GOOD_TOUCH))),),
                settings=settings, accepted=2, quarantined=((3, reason, column),),
            )  # fmt: skip
    json_rows = {
        "comma before the bracket": ('{"touch_id": "t2",}', "malformed_row", None),
        "no object": ("[1, 2]", "malformed_row", None),
        "NaN": ('{"touch_id": NaN}', "malformed_row", None),
        "doubled key": ('{"touch_id": "t2", "touch_id": "t3"}', "malformed_row", None),
        "half a character": ('{"touch_id": "\\ud800"}', "malformed_row", None),
        "escaped NUL": ('{"touch_id": "t2\\u0000"}', "nul_byte", None),
        "NUL byte": ('{"touch_id": "t\0"}', "nul_byte", None),
        "list in a typed column": ('{"touch_id": ["t2"]}', "unreadable_value", "touch_id"),
        "keys missing": ('{"touch_id": "t2"}', "missing_value", "contact_id"),
        "field over 1 MiB": (json.dumps({"touch_id": LARGE}), "field_too_large", "touch_id"),
    }
    good = as_jsonl(WHOLE).strip()
    for name, (row, reason, column) in json_rows.items():
        yield Case(
            RAGGED, f"{name}, jsonl", ((f"{DAY}.jsonl", lines(good, "", row, good)),),
            accepted=2, quarantined=((3, reason, column),),
        )  # fmt: skip
    far = pa.array(
        [2**60, 1_767_607_200_000], pa.timestamp("ms")
    )  # a second that no calendar has, 5 January 2026
    parquet_columns = {
        "NUL byte": ("contact_id", pa.array(["k\0", "k1"]), "nul_byte"),
        "field over 1 MiB": ("contact_id", pa.array([LARGE, "k1"]), "field_too_large"),
        "list in a typed column": ("contact_id", pa.array([["k"], None]).slice(0, 1), "unreadable_value"),
        "time beyond all calendars": ("occurred_at", far, "unreadable_value"),
        "duration for a time": (
            "occurred_at",
            pa.array([5, None], pa.duration("s")).slice(0, 1),
            "unreadable_value",
        ),
    }
    for name, (column, values, reason) in parquet_columns.items():
        rows = len(values)
        table = pa.table(
            {**dict(zip(TOUCHES.split(","), ([text] * rows for text in GOOD_TOUCH.split(",")), strict=True)),
             column: values}
        )  # fmt: skip
        yield Case(
            RAGGED, f"{name}, parquet", ((f"{DAY}.parquet", parquet(table)),),
            accepted=rows - 1, quarantined=((1, reason, column),),
        )  # fmt: skip
    nested = pa.array([[2**60]], pa.list_(pa.timestamp("ms")))
    unreadable = pa.table({**{name: ["x"] for name in TOUCHES.split(",")}, "note": nested})
    yield refused(RAGGED, "a type that can't be read", "parquet", parquet(unreadable), "Deliver it as text")


def _references() -> Iterator[Case]:
    line = "a reference to a record that has not arrived"
    unknown = lines(TOUCHES, "t1,nobody-yet,2026-01-05,other")
    for ending, (write, _) in FORMATS.items():
        yield Case(line, ending, ((f"{DAY}.{ending}", write(unknown)),), accepted=1)
