"""What good and bad input gets, format by format: the table of the extracts' specification, row by row."""

from __future__ import annotations

import gzip
import io
import json
import os
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.extracts.deliveries import Deliveries

TOUCHES = "touch_id,contact_id,occurred_at,touch_type"
GOOD_TOUCH = "t1,k1,2026-01-05T10:00:00Z,email_open"
SPEND = "campaign_id,spend_date,amount,currency"
OPPORTUNITIES = "opportunity_id,created_at,updated_at,lead_id,amount,currency,is_closed,is_won,closed_at"


@pytest.fixture
def crm(tmp_path: Path) -> Deliveries:
    return Deliveries(tmp_path)


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def as_jsonl(csv_text: str) -> str:
    """The same rows as JSON lines; an empty field is null."""
    header, *rows = csv_text.strip("\n").split("\n")
    names = header.split(",")
    return lines(
        *(
            json.dumps({name: value or None for name, value in zip(names, row.split(","), strict=True)})
            for row in rows
        )
    )


def as_parquet(csv_text: str) -> bytes:
    """The same rows as Parquet, every column text."""
    header, *rows = csv_text.strip("\n").split("\n")
    fields = [row.split(",") for row in rows]
    columns = {
        name: pa.array([row[place] or None for row in fields], pa.string())
        for place, name in enumerate(header.split(","))
    }
    return parquet(pa.table(columns))


def parquet(table: pa.Table, compression: str = "snappy") -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file, compression=compression)
    return file.getvalue()


FORMATS: dict[str, tuple[str, Callable[[str], str | bytes], int]] = {
    # name: file name, writer, how far its line numbers are behind those of CSV
    "csv": ("2026-01-05.csv", str, 0),
    "csv.gz": ("2026-01-05.csv.gz", lambda text: gzip.compress(text.encode()), 0),
    "jsonl": ("2026-01-05.jsonl", as_jsonl, 1),
    "parquet": ("2026-01-05.parquet", as_parquet, 1),
}


# ---- rows that go to quarantine, whatever the format

BAD_ROWS = [
    ("touches", TOUCHES, "t2,k1,,email_open", "missing_value", "occurred_at"),
    ("touches", TOUCHES, "t2,  ,2026-01-05T10:00:00Z,email_open", "missing_value", "contact_id"),
    ("touches", TOUCHES, "t2,k1,2026-02-30T10:00:00Z,email_open", "unreadable_value", "occurred_at"),
    ("touches", TOUCHES, "t2,k1,0000-00-00,email_open", "unreadable_value", "occurred_at"),
    ("touches", TOUCHES, "t2,k1,05/01/2026 10:00,email_open", "unreadable_value", "occurred_at"),
    ("touches", TOUCHES, "t2,k1,2026-01-05T24:00:00Z,email_open", "unreadable_value", "occurred_at"),
    ("touches", TOUCHES, "t2,k1,1767607200000,email_open", "unreadable_value", "occurred_at"),
    ("touches", TOUCHES, "t2,k1,1989-12-31T23:59:59Z,email_open", "impossible_value", "occurred_at"),
    ("touches", TOUCHES, "t2,k1,2101-01-01,email_open", "impossible_value", "occurred_at"),
    ("campaign_spend", SPEND, "c2,2026-01-32,5,", "unreadable_value", "spend_date"),
    ("campaign_spend", SPEND, "c2,2026-01-04T00:00:00,5,", "unreadable_value", "spend_date"),
    ("campaign_spend", SPEND, "c2,1970-01-01,5,", "impossible_value", "spend_date"),
    ("campaign_spend", SPEND, "c2,2026-01-04,-0.01,", "impossible_value", "amount"),
    ("campaign_spend", SPEND, "c2,2026-01-04,NaN,", "impossible_value", "amount"),
    ("campaign_spend", SPEND, "c2,2026-01-04,-Infinity,", "impossible_value", "amount"),
    ("campaign_spend", SPEND, "c2,2026-01-04,1e309,", "impossible_value", "amount"),
    ("campaign_spend", SPEND, "c2,2026-01-04,1000000000000,", "impossible_value", "amount"),
    ("campaign_spend", SPEND, "c2,2026-01-04,1 000,", "unreadable_value", "amount"),
    ("campaign_spend", SPEND, "c2,2026-01-04,1_000,", "unreadable_value", "amount"),
    ("campaign_spend", SPEND, "c2,2026-01-04,$5,", "unreadable_value", "amount"),
    ("campaign_spend", SPEND, "c2,2026-01-04,5,GBP", "unknown_currency", "currency"),
    (
        "opportunities",
        OPPORTUNITIES,
        "o2,2026-01-04,2026-01-05,l1,5,MXN,no,yes,",
        "impossible_value",
        "is_won",
    ),
    (
        "opportunities",
        OPPORTUNITIES,
        "o2,2026-01-04,2026-01-05,l1,5,MXN,yes,no,",
        "impossible_value",
        "closed_at",
    ),
    (
        "opportunities",
        OPPORTUNITIES,
        "o2,2026-01-04,2026-01-05,l1,5,MXN,yes,no,2026-01-03T23:59:59",
        "impossible_value",
        "closed_at",
    ),
    (
        "opportunities",
        OPPORTUNITIES,
        "o2,2026-01-04,2026-01-05,l1,5,MXN,maybe,no,",
        "unreadable_value",
        "is_closed",
    ),
    ("opportunities", OPPORTUNITIES, "o2,2026-01-04,2026-01-05,,5,MXN,no,no,", "missing_value", "lead_id"),
]
GOOD_ROWS = {
    "touches": GOOD_TOUCH,
    "campaign_spend": "c1,2026-01-04,5,",
    "opportunities": "o1,2026-01-04,2026-01-05,l1,5,MXN,no,no,",
}


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_row_that_cannot_be_used_goes_to_quarantine_with_its_place_and_reason(
    crm: Deliveries, format_name: str
) -> None:
    """Every kind of bad row between two good ones: line 1 is the header, so bad row n (from 0) is on line n + 3."""
    file_name, write, lines_behind = FORMATS[format_name]
    for object_name, good in GOOD_ROWS.items():
        bad = [row for row in BAD_ROWS if row[0] == object_name]
        header = bad[0][1]
        crm.deliver(object_name, file_name, write(lines(header, good, *(row[2] for row in bad), good)))
        report = crm.ingest(object_name)
        assert crm.quarantined(object_name) == [
            (place + 3 - lines_behind, reason, column) for place, (*_, reason, column) in enumerate(bad)
        ]
        assert (report.rows_read, report.rows_accepted, report.rows_quarantined) == (
            len(bad) + 2,
            2,
            len(bad),
        )
        assert report.refused == ()


def test_a_quarantined_row_keeps_its_text_file_and_hash(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.csv", lines(TOUCHES, GOOD_TOUCH, 't2,"k\n1",never,"=cmd|x"'))
    crm.ingest("touches")
    columns = "source, object, extract_date, file_name, line, row_text, sha256"
    sha256 = crm.ledger("touches")[0]["sha256"]
    assert crm.quarantined("touches", columns) == [
        ("crm", "touches", date(2026, 1, 5), "2026-01-05.csv", 3, 't2,"k\n1",never,"=cmd|x"', sha256)
    ]


STRUCTURE = [
    ("ragged_row", "t2,k1,2026-01-05"),
    ("ragged_row", GOOD_TOUCH + ","),
    ("nul_byte", "t2,k\0,2026-01-05,email_open"),
    ("malformed_row", 't2,"k"1,2026-01-05,email_open'),
    ("repeated_header", TOUCHES),
    ("field_too_large", "t2,k1,2026-01-05," + "x" * (1024 * 1024 + 1)),
]


@pytest.mark.parametrize(("reason", "row"), STRUCTURE, ids=[reason for reason, _ in STRUCTURE])
def test_a_csv_row_of_broken_structure_goes_to_quarantine_alone(
    crm: Deliveries, reason: str, row: str
) -> None:
    crm.deliver("touches", "2026-01-05.csv", lines(TOUCHES, GOOD_TOUCH, row, GOOD_TOUCH))
    crm.ingest("touches")
    assert crm.quarantined("touches", "line, reason, row_text") == [(3, reason, row)]
    assert crm.accepted("touches", "touch_id, _line") == [("t1", 2), ("t1", 4)]


JSON_ROWS = [
    ("malformed_row", '{"touch_id": "t2",}'),
    ("malformed_row", "[1, 2]"),
    ("malformed_row", '{"touch_id": "t2", "touch_id": "t3"}'),
    ("nul_byte", '{"touch_id": "t2\\u0000"}'),
    ("unreadable_value", '{"touch_id": ["t2"]}'),
    ("missing_value", '{"touch_id": "t2"}'),
    ("field_too_large", '{"touch_id": "' + "x" * (1024 * 1024 + 1) + '"}'),
]


@pytest.mark.parametrize(("reason", "row"), JSON_ROWS)
def test_a_json_line_that_cannot_be_used_goes_to_quarantine_alone(
    crm: Deliveries, reason: str, row: str
) -> None:
    good = as_jsonl(lines(TOUCHES, GOOD_TOUCH)).strip()
    crm.deliver("touches", "2026-01-05.jsonl", lines(good, "", row, good))
    crm.ingest("touches")
    assert crm.quarantined("touches", "line, reason, row_text") == [(3, reason, row)]
    assert crm.accepted("touches", "touch_id, _line") == [("t1", 1), ("t1", 4)]


def test_a_parquet_value_with_a_nul_byte_goes_to_quarantine(crm: Deliveries) -> None:
    table = pa.table(
        {
            "touch_id": ["t1", "t\x002"],
            "contact_id": ["k1", "k1"],
            "occurred_at": ["2026-01-05", "2026-01-05"],
            "touch_type": ["other", "other"],
        }
    )
    crm.deliver("touches", "2026-01-05.parquet", parquet(table))
    crm.ingest("touches")
    assert crm.quarantined("touches") == [(2, "nul_byte", "touch_id")]


# ---- whole files that are refused

HEADER_ONLY = TOUCHES + "\n"
WHOLE = lines(TOUCHES, GOOD_TOUCH)
BIG = gzip.compress(WHOLE.encode() + b"t1,k1,2026-01-05,other\n" * 50_000)

DAY = "2026-01-05"
OPEN_QUOTE = lines(TOUCHES, GOOD_TOUCH, 't2,"k1,2026-01-05,other', GOOD_TOUCH)
LATIN_1 = WHOLE.encode() + "t2,ñ,2026-01-05,other\n".encode("latin-1")
DAMAGED = BIG[:200] + b"\0\0\0\0" + BIG[204:]
BOMB = gzip.compress(HEADER_ONLY.encode() + b"\n" * 20_000_000)
ONE_COLUMN = parquet(pa.table({"touch_id": ["1"]}))
TWO_OF_ONE = parquet(pa.table({"a": ["1"], "A_": ["2"]}))
NO_COLUMNS = "missing required columns: "
TWICE = "one after the loose matching: "

REFUSED_FILES: list[tuple[str, str, bytes | str, str]] = [
    ("empty", "csv", "", "the file is empty"),
    ("empty gzip", "csv.gz", gzip.compress(b""), "the file is empty"),
    ("empty JSON", "jsonl", "", "the file is empty"),
    ("blank lines only", "csv", "\n\n", "the file is empty"),
    (
        "column missing",
        "csv",
        "touch_id,contact_id\n",
        NO_COLUMNS + "occurred_at, touch_type. Found: touch_id, ",
    ),
    (
        "key missing",
        "jsonl",
        '{"touch_id": 1}\n',
        NO_COLUMNS + "contact_id, occurred_at, touch_type. Found: t",
    ),
    ("Parquet column missing", "parquet", ONE_COLUMN, NO_COLUMNS + "contact_id, "),
    ("other delimiter", "csv", WHOLE.replace(",", ";"), NO_COLUMNS),
    ("doubled header", "csv", WHOLE.replace("touch_type", "Touch_ID"), TWICE + "touch_id, Touch_ID"),
    ("doubled Parquet column", "parquet", TWO_OF_ONE, TWICE + "a, A_"),
    ("open quote", "csv", OPEN_QUOTE, "ends inside a quoted field that opens on line 3"),
    ("Latin-1", "csv", LATIN_1, "line 3: the byte 0xF1 isn't UTF-8"),
    (
        "UTF-16",
        "csv",
        WHOLE.encode("utf-16"),
        "line 1: the byte 0xFF isn't UTF-8. The file begins with the mark",
    ),
    ("UTF-16 without a mark", "csv", WHOLE.encode("utf-16-le"), NO_COLUMNS),
    ("gzip under a plain name", "csv", gzip.compress(WHOLE.encode()), "line 1: the byte 0x8B isn't UTF-8"),
    ("plain under a gzip name", "csv.gz", WHOLE, "damaged gzip"),
    ("truncated gzip", "csv.gz", BIG[: len(BIG) // 2], "damaged gzip: it ends too early"),
    ("damaged gzip", "csv.gz", DAMAGED, "damaged gzip"),
    ("garbage after gzip", "csv.gz", gzip.compress(WHOLE.encode()) + b"more", "damaged gzip"),
    ("gzip bomb", "csv.gz", BOMB, "expands to more than 200 times its size"),
    ("broken Parquet footer", "parquet", as_parquet(WHOLE)[:-6], "damaged Parquet"),
    ("no Parquet", "parquet", WHOLE, "damaged Parquet"),
    ("empty Parquet", "parquet", b"", "damaged Parquet"),
]


@pytest.mark.parametrize(
    ("file_name", "content", "message"),
    [(f"{DAY}.{file_format}", content, message) for _, file_format, content, message in REFUSED_FILES],
    ids=[case[0] for case in REFUSED_FILES],
)
def test_a_file_that_cannot_be_used_is_refused_whole_and_named(
    crm: Deliveries, file_name: str, content: bytes | str, message: str
) -> None:
    crm.deliver("touches", "2026-01-04.csv", WHOLE)
    crm.deliver("touches", file_name, content)
    report = crm.ingest("touches")
    assert [delivery.file_name for delivery in report.refused] == [file_name]
    assert message in str(report.refused[0].reason)
    assert crm.accepted("touches", "_file") == [("crm/touches/2026-01-04.csv",)]
    assert crm.quarantined("touches") == []
    refused = crm.ledger("touches")[1]
    assert (refused["outcome"], refused["rows_read"], refused["raw_path"]) == ("refused", 0, None)
    errors = [finding for finding in report.findings if finding.severity == "error"]
    assert len(errors) == 1
    assert f"crm/touches/{file_name} was refused: " in errors[0].message
    assert (crm.home / "archive" / refused["sha256"][:2] / refused["sha256"]).is_file()


def test_a_refused_file_leaves_nothing_even_if_its_end_is_what_is_wrong(crm: Deliveries) -> None:
    """More rows than are typed at once, and then an open quote."""
    text = lines(TOUCHES, *(f"t{number},k1,2026-01-05,other" for number in range(250_000))) + 't,"'
    crm.deliver("touches", "2026-01-05.csv", text)
    report = crm.ingest("touches")
    assert "opens on line 250002" in str(report.refused[0].reason)  # the header and 250,000 rows before it
    assert crm.written_files() == {}
    assert [path for path in crm.home.rglob("*.tmp") if path.is_file()] == []


def test_limits_of_compressed_files_are_the_sources_own(tmp_path: Path) -> None:
    text = lines(TOUCHES, *(f"t{number},k1,2026-01-05,other" for number in range(1000)))
    too_many = Deliveries(tmp_path / "bytes", limits={"expanded_bytes": len(text) - 1})
    too_many.deliver("touches", "2026-01-05.csv.gz", gzip.compress(text.encode()))
    assert "limits.expanded_bytes" in str(too_many.ingest("touches").refused[0].reason)
    exactly = Deliveries(tmp_path / "exactly", limits={"expanded_bytes": len(text)})
    exactly.deliver("touches", "2026-01-05.csv.gz", gzip.compress(text.encode()))
    assert exactly.ingest("touches").rows_accepted == 1000


def test_a_sparse_file_of_two_gigabytes_is_refused_quickly_and_stays_sparse(crm: Deliveries) -> None:
    folder = crm.extracts / "crm" / "touches"
    folder.mkdir(parents=True)
    with (folder / "2026-01-05.csv").open("wb") as file:
        file.truncate(2 * 1024**3)
    report = crm.ingest("touches")
    assert "line 1: the header is longer than 1,048,576 bytes" in str(report.refused[0].reason)
    sha256 = crm.ledger("touches")[0]["sha256"]
    archived = (crm.home / "archive" / sha256[:2] / sha256).stat()
    assert archived.st_size == 2 * 1024**3
    assert archived.st_blocks * 512 < 1024**2


def test_one_large_text_in_every_row_of_a_small_parquet_file_is_read_in_parts(crm: Deliveries) -> None:
    """200 rows that share a text of 900 kB: 180 MB of text in a file of a few kB, read 64 MiB at a time."""
    rows = 200
    table = pa.table(
        {
            "touch_id": [f"t{number}" for number in range(rows)],
            "contact_id": ["k1"] * rows,
            "occurred_at": ["2026-01-05"] * rows,
            "touch_type": ["other"] * rows,
            "note": pa.array(["x" * 900_000]).take(pa.array([0] * rows)),
        }
    )
    content = parquet(table)
    assert len(content) < 1_000_000
    crm.deliver("touches", "2026-01-05.parquet", content)
    crm.ingest("touches")
    assert crm.accepted("touches", "length(note), _line") == [(900_000, line) for line in range(1, rows + 1)]


def test_a_parquet_column_that_expands_beyond_the_limits_is_refused(crm: Deliveries) -> None:
    table = pa.table({name: ["x"] for name in TOUCHES.split(",")} | {"note": ["x" * 100_000_000]})
    crm.deliver("touches", "2026-01-05.parquet", parquet(table, compression="zstd"))
    reason = str(crm.ingest("touches").refused[0].reason)
    assert "the column note expands to more than 200 times its size" in reason


# ---- what is accepted


def test_a_header_without_rows_is_accepted_as_a_quiet_day(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.csv", HEADER_ONLY)
    crm.deliver("touches", "2026-01-06.csv", TOUCHES)
    crm.deliver("touches", "2026-01-07.parquet", as_parquet(HEADER_ONLY))
    report = crm.ingest("touches")
    assert [(each.outcome, each.rows_read) for each in report.deliveries] == [("accepted", 0)] * 3
    raw = pq.read_schema(crm.ledger("touches")[0]["raw_path"])
    assert raw.names == [
        *("touch_id", "contact_id", "occurred_at", "touch_type", "content_type", "campaign_id"),
        *("_source", "_extract_date", "_part", "_file", "_line", "_row_hash"),
    ]


def test_quotes_newlines_emoji_and_right_to_left_text_arrive_as_they_came(crm: Deliveries) -> None:
    header = "contact_id,created_at,updated_at,job_title,company\r\n"
    rows = (
        'k1,2026-01-05,2026-01-05," say ""hi"" 🎉 ","שלום\r\nworld"\r\n'
        "k2,2026-01-05,2026-01-05,5' 10\" tall,=1+1"
    )
    crm.deliver("contacts", "2026-01-05.csv", b"\xef\xbb\xbf" + (header + rows).encode())
    crm.ingest("contacts")
    assert crm.accepted("contacts", "contact_id, job_title, company, _line") == [
        ("k1", 'say "hi" 🎉', "שלום\r\nworld", 2),
        ("k2", "5' 10\" tall", "=1+1", 4),  # the first row's newline is a line too
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "cp1252"])
def test_a_declared_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    crm = Deliveries(tmp_path, encoding=encoding)
    text = lines(TOUCHES, "t1,Ñandú,2026-01-05,other")
    crm.deliver("touches", "2026-01-05.csv", text.encode(encoding))
    crm.ingest("touches")
    assert crm.accepted("touches", "contact_id") == [("Ñandú",)]


@pytest.mark.parametrize(
    ("encoding", "content", "message"),
    [
        ("cp1252", WHOLE.encode() + b"t2,\x81,2026-01-05,other\n", "line 3: the byte 0x81 isn't cp1252"),
        ("utf-16", WHOLE.encode("utf-16") + b"\0\xd8x\0", "line 3: the byte 0x00 isn't utf-16"),
        ("utf-16", WHOLE.encode("utf-16") + b"t", "line 3: the byte 0x74 isn't utf-16"),
        ("latin-1", b"\xef\xbb\xbf" + WHOLE.encode(), "line 1: the file begins with the mark of utf-8"),
    ],
)
def test_bytes_that_the_declared_encoding_does_not_allow_are_refused(
    tmp_path: Path, encoding: str, content: bytes, message: str
) -> None:
    crm = Deliveries(tmp_path, encoding=encoding)
    crm.deliver("touches", "2026-01-05.csv", content)
    assert message in str(crm.ingest("touches").refused[0].reason)


def test_a_declared_delimiter_is_read(tmp_path: Path) -> None:
    crm = Deliveries(tmp_path, delimiter=";")
    crm.deliver("touches", "2026-01-05.csv", WHOLE.replace(",", ";"))
    assert crm.ingest("touches").rows_accepted == 1


def test_a_decimal_comma_is_read_where_it_is_declared_and_only_there(tmp_path: Path) -> None:
    """`1,5` is one and a half with a decimal comma; `1.5` and `1,234` are what the declaration makes of them."""
    row = 'c1,2026-01-04,"{}",\n'
    amounts = ["1,5", "1.5", "1,234", "1.234,5"]
    text = SPEND + "\n" + "".join(row.format(amount) for amount in amounts)
    comma = Deliveries(tmp_path / "comma", decimal=",")
    comma.deliver("campaign_spend", "2026-01-05.csv", text)
    comma.ingest("campaign_spend")
    assert comma.accepted("campaign_spend", "amount, _line") == [(Decimal("1.5"), 2), (Decimal("1.234"), 4)]
    assert comma.quarantined("campaign_spend") == [
        (3, "unreadable_value", "amount"),
        (5, "unreadable_value", "amount"),
    ]
    point = Deliveries(tmp_path / "point")
    point.deliver("campaign_spend", "2026-01-05.csv", text)
    point.ingest("campaign_spend")
    assert point.accepted("campaign_spend", "amount, _line") == [(Decimal("1.5"), 3)]
    assert [line for line, _, _ in point.quarantined("campaign_spend")] == [2, 4, 5]


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


def test_a_negative_opportunity_amount_is_accepted_and_reported(crm: Deliveries) -> None:
    row = "o1,2026-01-04,2026-01-05,l1,-5,MXN,no,no,"
    crm.deliver("opportunities", "2026-01-05.csv", lines(OPPORTUNITIES, row))
    report = crm.ingest("opportunities")
    assert crm.accepted("opportunities", "amount") == [(Decimal(-5),)]
    assert [(finding.kind, finding.count) for finding in report.findings] == [("odd_rows", 1)]


def test_unknown_words_are_accepted_and_reported_with_their_number(crm: Deliveries) -> None:
    words = ["email_open", "Émail_Open", "carrier_pigeon", "carrier_pigeon", "fax"]
    rows = (f"t{place},k1,2026-01-05,{word}" for place, word in enumerate(words))
    crm.deliver("touches", "2026-01-05.csv", lines(TOUCHES, *rows))
    report = crm.ingest("touches")
    assert report.rows_accepted == 5
    assert [(finding.kind, finding.count) for finding in report.findings] == [("unknown_words", 3)]
    assert "carrier_pigeon (2), fax (1)" in report.findings[0].message


def test_every_spelling_of_a_column_is_one_column_and_further_ones_are_kept(crm: Deliveries) -> None:
    header = "Contact_ID,CreatedAt,property_updatedat,JOBTITLE,MQL_Date__c"
    crm.deliver("contacts", "2026-01-05.csv", lines(header, "k1,2026-01-04,2026-01-05,CTO,soon"))
    crm.ingest("contacts")
    columns = "contact_id, created_at, updated_at, job_title, mqldatec"
    assert crm.accepted("contacts", columns) == [
        ("k1", datetime(2026, 1, 4), datetime(2026, 1, 5), "CTO", "soon")
    ]


def test_new_and_renamed_columns_are_accepted_and_reported(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.csv", lines(TOUCHES + ",content_type", GOOD_TOUCH + ",blog"))
    assert crm.ingest("touches").findings == ()
    crm.deliver("touches", "2026-01-06.csv", lines(TOUCHES + ",content_kind", GOOD_TOUCH + ",blog"))
    report = crm.ingest("touches")
    assert [finding.kind for finding in report.findings] == ["schema_drift"]
    assert "new columns: content_kind; vanished columns: contenttype" in report.findings[0].message
    assert crm.accepted("touches", "content_type, contentkind") == [("blog", None), (None, "blog")]


def test_columns_that_a_json_file_leaves_out_are_no_drift(crm: Deliveries) -> None:
    row = dict(zip(TOUCHES.split(","), GOOD_TOUCH.split(","), strict=True))
    crm.deliver("touches", "2026-01-05.jsonl", json.dumps(row) + "\n")
    crm.deliver("touches", "2026-01-06.csv", lines(TOUCHES + ",campaign_id", GOOD_TOUCH + ",c1"))
    crm.deliver("touches", "2026-01-07.jsonl", json.dumps(row) + "\n")
    assert crm.ingest("touches").findings == ()


# ---- what isn't read, and is reported


def test_links_pipes_folders_and_unknown_names_are_reported_and_not_read(
    crm: Deliveries, tmp_path: Path
) -> None:
    good = crm.deliver("touches", "2026-01-05.csv", WHOLE)
    folder = good.parent
    (tmp_path / "elsewhere.csv").write_text(WHOLE)
    (folder / "2026-01-06.csv").symlink_to(tmp_path / "elsewhere.csv")
    os.mkfifo(folder / "2026-01-07.csv")
    (folder / "2026-01-08.csv").mkdir()
    unknown = [
        "notes.txt",
        "2026-13-01.csv",
        "2026-01-05..csv",
        "2026-01-05.a.b.csv",
        "2026-1-5.csv",
        "x2026-01-05.csv",
    ]
    unknown += [
        "2026-01-05.parquet.gz",
        "2026-01-05.CSV",
        "2026-01-05.csv.bak",
        "2026-02-30.csv",
        "..csv.csv"[2:],
    ]
    for name in unknown:
        (folder / name).write_text(WHOLE)
    for name in (".hidden.csv", "_2026-01-05.csv", "2026-01-09.csv.tmp", "2026-01-09.csv.part"):
        (folder / name).write_text(WHOLE)
    report = crm.ingest("touches")
    assert [delivery.file_name for delivery in report.deliveries] == ["2026-01-05.csv"]
    reported = {finding.message.split(" was not read: ")[0] for finding in report.findings}
    not_read = ["2026-01-06.csv", "2026-01-07.csv", "2026-01-08.csv", *unknown]
    assert reported == {f"crm/touches/{name}" for name in not_read}
    assert {finding.kind for finding in report.findings} == {"unexpected_entry"}


def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_run(
    crm: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = crm.deliver("touches", "2026-01-05.csv", WHOLE)
    from dagster_project.extracts import archive

    copy = archive._copy

    def copy_while_written(descriptor: int, size: int, temporary: Path) -> str:
        copied = copy(descriptor, size, temporary)
        with path.open("a") as file:
            file.write(GOOD_TOUCH.replace("t1", "t2") + "\n")
        return copied

    monkeypatch.setattr(archive, "_copy", copy_while_written)
    report = crm.ingest("touches")
    assert report.deliveries == ()
    assert [finding.kind for finding in report.findings] == ["still_written"]
    monkeypatch.setattr(archive, "_copy", copy)
    assert crm.ingest("touches").rows_accepted == 2
