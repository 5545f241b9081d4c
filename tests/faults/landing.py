"""A small landing folder of three objects in two stages, what ingesting it amounts to, and a process that does it.

What belongs here: what every fault is tried on. `python -m tests.faults.landing <folder>` ingests the folder's objects
as another process would: it says `ready`, waits for a line, ingests and says `done`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.extracts import ingest as ingest_module
from dagster_project.formats import FORMAT_FILE
from tests.unit.extracts.deliveries import Deliveries

OBJECTS = ("touches", "contacts", "activities")
FILES_AT_ONCE = 4  # a batch: so that a dozen files are put in place in several steps
PROVENANCE = ("run_id", "ingested_at")
TOUCHES = "touch_id,contact_id,occurred_at,touch_type,note\n"
CONTACTS = "contact_id,created_at,updated_at,email,company\n"


def deliver_first(crm: Deliveries, seed: int) -> None:
    """Ten days of touches as CSV, contacts as compressed CSV and activities as JSON lines, some rows of them bad."""
    draws = random.Random(seed)
    for day in range(1, 11):
        date = f"2026-01-{day:02}"
        crm.deliver("touches", f"{date}.csv", _touches(draws, date))
        crm.deliver("contacts", f"{date}.csv.gz", gzip.compress(_contacts(draws, date).encode(), mtime=0))
        crm.deliver("activities", f"{date}.jsonl", _activities(draws, date))


def deliver_second(crm: Deliveries, seed: int) -> None:
    """Corrections of three days, one of them refused, bytes that repeat, and five days more."""
    draws = random.Random(seed + 1)
    crm.deliver("touches", "2026-01-02.csv", _touches(draws, "2026-01-02"))
    crm.deliver("touches", "2026-01-03.csv", "touch_id\n")
    same = (crm.extracts / "crm" / "touches" / "2026-01-04.csv").read_bytes()
    crm.deliver("touches", "2026-01-04.again.csv", same)
    crm.deliver("contacts", "2026-01-05.csv.gz", b"no gzip at all")
    crm.deliver("activities", "2026-01-06.jsonl", _activities(draws, "2026-01-06"))
    for day in range(11, 16):
        date = f"2026-01-{day}"
        crm.deliver("touches", f"{date}.b.csv", _touches(draws, date))
        crm.deliver("touches", f"{date}.a.csv", _touches(draws, date))
        crm.deliver("contacts", f"{date}.parquet", _contacts_as_parquet(draws, date))
        crm.deliver("activities", f"{date}.jsonl", _activities(draws, date))


def ingest_all(crm: Deliveries, run_id: str) -> None:
    for object_name in OBJECTS:
        crm.ingest(object_name, run_id)


def tables(crm: Deliveries) -> dict[str, Any]:
    """All that ingestion amounts to, as plain text: rows in force, rows in quarantine, the ledger without provenance.

    Paths are relative to the home, so that the tables of two homes can be compared.
    """
    found: dict[str, Any] = {}
    for object_name in OBJECTS:
        found[f"{object_name} in force"] = [str(row) for row in crm.accepted(object_name)]
        found[f"{object_name} in quarantine"] = [str(row) for row in crm.quarantined(object_name, "*")]
        found[f"{object_name} in the ledger"] = [
            {
                column: str(value).replace(f"{crm.home}/", "")
                for column, value in row.items()
                if column not in PROVENANCE
            }
            for row in crm.ledger(object_name)
        ]
    return found


def problems_of(home: Path) -> list[str]:
    """Every file that isn't whole although it is in place, and every file that nothing accounts for."""
    problems = []
    for path in sorted(home.rglob("*")):
        if not path.is_file() or ".incoming" in path.parts or path.name in (".lock", FORMAT_FILE):
            continue
        if path.suffix == ".parquet":
            try:
                pq.read_table(path, partitioning=None)
            except (pa.ArrowInvalid, OSError) as error:
                problems.append(f"{path} isn't a whole Parquet file: {error}")
        elif path.parent.parent == home / "archive":
            if hashlib.sha256(path.read_bytes()).hexdigest() != path.name:
                problems.append(f"{path} isn't the content that its name says")
        else:
            problems.append(f"{path} isn't expected there")
    return problems


def leftovers_of(home: Path) -> list[Path]:
    """What was begun and isn't whole."""
    return [path for path in home.rglob("*") if path.is_file() and ".incoming" in path.parts]


def _touches(draws: random.Random, date: str) -> str:
    rows = [
        f'{date}-t{number},k{draws.randrange(90)},{date}T10:{draws.randrange(60):02}:00Z,email_open,"a ""b"""\n'
        for number in range(draws.randrange(150, 300))
    ]
    rows += [f"{date}-bad,k1,never,email_open,\n", f"{date}-short\n", rows[0]]
    draws.shuffle(rows)
    return TOUCHES + "".join(rows)


def _contacts(draws: random.Random, date: str) -> str:
    rows = [
        f"k{number},2026-01-01,{date},k{number}@people.example,Company {draws.randrange(20)}\n"
        for number in range(draws.randrange(150, 300))
    ]
    return CONTACTS + "".join(rows) + f"k-bad,,{date},,\n"


def _contacts_as_parquet(draws: random.Random, date: str) -> bytes:
    header, *rows = _contacts(draws, date).strip("\n").split("\n")
    fields = [row.split(",") for row in rows]
    table = pa.table(
        {
            name: pa.array([row[place] or None for row in fields])
            for place, name in enumerate(header.split(","))
        }
    )
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()


def _activities(draws: random.Random, date: str) -> str:
    rows = [
        {
            "activity_id": f"{date}-a{number}",
            "contact_id": f"k{draws.randrange(90)}",
            "user_id": f"u{draws.randrange(5)}",
            "activity_type": draws.choice(["call", "email"]),
            "occurred_at": f"{date}T12:{draws.randrange(60):02}:00Z",
        }
        for number in range(draws.randrange(100, 200))
    ]
    return "".join(json.dumps(row) + "\n" for row in rows) + '{"activity_id": \n'


def main(folder: Path) -> None:
    ingest_module.FILES_AT_ONCE = FILES_AT_ONCE
    crm = Deliveries(folder)
    print("ready", flush=True)
    sys.stdin.readline()
    ingest_all(crm, "run-other")
    print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
