"""Whatever bytes are delivered: the file is refused, or every row of it is accounted for.

FUZZ_EXAMPLES damaged files of each format (20; `make test-faults` takes more).
"""

from __future__ import annotations

import faulthandler
import gzip
import io
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.extracts.deliveries import Deliveries

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "20"))
# What reads a few hundred bytes for so long never ends: the process says where it is, and ends.
HANGS_AFTER_SECONDS = 600

CSV = (
    b"touch_id,contact_id,occurred_at,touch_type,note\n"
    b't1,k1,2026-01-05T10:00:00Z,other,"a ""b"",\nc"\n'
    b"t2,k1,2026-01-05 10:00:00.123456-06:00,email_open,\r\n"
    b"t3, k\xc3\xb1 ,2026-01-05,other,=1+1\n"
)
JSONL = (
    b'{"touch_id": "t1", "contact_id": 7, "occurred_at": "2026-01-05", "touch_type": "other", "note": 1.50}\n'
    b'{"touch_id": "t2", "contact_id": "k\\u00f1", "occurred_at": "2026-01-05T10:00Z", "touch_type": "x"}\n'
    b'{"touch_id": "t3", "contact_id": null, "occurred_at": "", "touch_type": "other", "note": [1, {"a": "}"}]}\n'
)


def parquet() -> bytes:
    table = pa.table(
        {
            "touch_id": ["t1", "t2", "t3"],
            "contact_id": pa.array([1, 2, None], pa.int64()),
            "occurred_at": pa.array([0, 1, 2], pa.timestamp("ms")),
            "touch_type": pa.array(["other", "other", "x"]).dictionary_encode(),
        }
    )
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


SEEDS = {
    "2026-01-05.csv": CSV,
    "2026-01-05.csv.gz": gzip.compress(CSV, mtime=0),
    "2026-01-05.jsonl": JSONL,
    "2026-01-05.parquet": parquet(),
}
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 10_000),
        st.integers(0, 3),
        st.one_of(
            st.binary(max_size=4), st.sampled_from([b'"', b"\n", b"\r", b",", b"\0", b"{", b"\xef\xbb\xbf"])
        ),
    ),
    max_size=5,
)


def changed(content: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """The content with some bytes replaced by others."""
    for place, removed, inserted in changes:
        place %= len(content) + 1
        content = content[:place] + inserted + content[place + removed :]
    return content


@pytest.mark.parametrize("file_name", SEEDS)
@settings(max_examples=EXAMPLES)
@given(changes=CHANGES)
def test_a_damaged_file_is_refused_or_every_row_is_accounted_for(
    file_name: str, changes: list[tuple[int, int, bytes]]
) -> None:
    content = changed(SEEDS[file_name], changes)
    with tempfile.TemporaryDirectory() as folder:
        crm = Deliveries(Path(folder))
        crm.deliver("touches", file_name, content)
        faulthandler.dump_traceback_later(HANGS_AFTER_SECONDS, exit=True)
        (delivery,) = crm.ingest("touches").deliveries
        faulthandler.cancel_dump_traceback_later()
        accepted = crm.accepted("touches", "*")
        quarantined = crm.quarantined("touches", "row_text")
        assert delivery.outcome in ("accepted", "refused")
        assert (delivery.rows_accepted, delivery.rows_quarantined) == (len(accepted), len(quarantined))
        assert delivery.rows_read == len(accepted) + len(quarantined)
        if delivery.outcome == "accepted":
            columns = "_line, touch_id, contact_id, touch_type"
            assert_in_the_file(file_name, content, crm.accepted("touches", columns))
            if not file_name.endswith((".gz", ".parquet")):
                assert all(row_text in content.decode() for (row_text,) in quarantined)


def assert_in_the_file(file_name: str, content: bytes, rows: list[tuple[Any, ...]]) -> None:
    """Every value of every accepted row is what another reader finds in its row, or, of CSV, in the file's text."""
    if ".csv" in file_name:
        text = (gzip.decompress(content) if file_name.endswith(".gz") else content).decode().replace('"', "")
        assert all(value.replace('"', "") in text for _, *values in rows for value in values)
        return
    found = parquet_rows(content) if file_name.endswith(".parquet") else json_rows(content)
    for line, *values in rows:
        assert set(values) <= {str(value).strip() for value in found(line).values()}


def json_rows(content: bytes) -> Callable[[int], dict[str, Any]]:
    lines = content.decode("utf-8-sig").split("\n")
    return lambda line: json.loads(lines[line - 1], parse_int=str, parse_float=str)


def parquet_rows(content: bytes) -> Callable[[int], dict[str, Any]]:
    rows = pq.read_table(io.BytesIO(content)).to_pylist()
    return lambda line: rows[line - 1]
