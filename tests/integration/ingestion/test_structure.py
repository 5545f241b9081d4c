"""How the rows of a file are found, whatever its size and form, and which files are refused."""

from __future__ import annotations

import gzip
import json
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.integration.ingestion.files import (
    GOOD_TOUCH,
    HEADER_ONLY,
    TOUCHES,
    WHOLE,
    as_jsonl,
    as_parquet,
    lines,
    parquet,
)
from tests.unit.extracts.deliveries import Deliveries


@pytest.fixture
def crm(tmp_path: Path) -> Deliveries:
    return Deliveries(tmp_path)


def test_a_quarantined_row_keeps_its_text_file_and_hash(crm: Deliveries) -> None:
    crm.deliver("touches", "2026-01-05.csv", lines(TOUCHES, GOOD_TOUCH, 't2,"k\n1",never,"=cmd|x"'))
    crm.ingest("touches")
    columns = "source, object, extract_date, file_name, line, row_text, sha256"
    sha256 = crm.ledger("touches")[0]["sha256"]
    assert crm.quarantined("touches", columns) == [
        ("crm", "touches", date(2026, 1, 5), "2026-01-05.csv", 3, 't2,"k\n1",never,"=cmd|x"', sha256)
    ]


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


def test_every_spelling_of_a_column_is_one_column_and_further_ones_are_kept(crm: Deliveries) -> None:
    header = "Contact_ID,CreatedAt,property_updatedat,JOBTITLE,MQL_Date__c"
    crm.deliver("contacts", "2026-01-05.csv", lines(header, "k1,2026-01-04,2026-01-05,CTO,soon"))
    crm.ingest("contacts")
    columns = "contact_id, created_at, updated_at, job_title, mqldatec"
    assert crm.accepted("contacts", columns) == [
        ("k1", datetime(2026, 1, 4), datetime(2026, 1, 5), "CTO", "soon")
    ]


def test_columns_that_a_json_file_leaves_out_are_no_drift(crm: Deliveries) -> None:
    row = dict(zip(TOUCHES.split(","), GOOD_TOUCH.split(","), strict=True))
    crm.deliver("touches", "2026-01-05.jsonl", json.dumps(row) + "\n")
    crm.deliver("touches", "2026-01-06.csv", lines(TOUCHES + ",campaign_id", GOOD_TOUCH + ",c1"))
    crm.deliver("touches", "2026-01-07.jsonl", json.dumps(row) + "\n")
    assert crm.ingest("touches").findings == ()


def test_a_json_line_of_megabytes_goes_to_quarantine_alone(crm: Deliveries) -> None:
    """Three million numbers in a list that no column asks for: 12 MB. Each would have to be looked at."""
    good = as_jsonl(lines(TOUCHES, GOOD_TOUCH)).strip()
    flood = good.removesuffix("}") + ', "note": [' + "0.5," * 3_000_000 + "1]}"
    crm.deliver("touches", "2026-01-05.jsonl", lines(good, flood, good))
    crm.ingest("touches")
    assert crm.quarantined("touches") == [(2, "field_too_large", None)]
    assert crm.accepted("touches", "_line") == [(1,), (3,)]
    kept = crm.quarantined("touches", "row_text")[0][0]
    assert flood.startswith(kept)
    assert len(kept) == 1024 * 1024


def test_many_numbers_in_a_json_line_that_is_not_too_large_fit_into_memory(crm: Deliveries) -> None:
    """Two lines of almost 4 MiB each, which are read together."""
    good = as_jsonl(lines(TOUCHES, GOOD_TOUCH)).strip()
    large = good.removesuffix("}") + ', "note": [' + "0.5," * 1_000_000 + "1]}"
    crm.deliver("touches", "2026-01-05.jsonl", lines(large, large))
    crm.ingest("touches")
    assert crm.quarantined("touches") == [(1, "field_too_large", "note"), (2, "field_too_large", "note")]
