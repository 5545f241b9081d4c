"""Three people in a CRM, one of whom is forgotten, and where all is looked for."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from dagster_project.extracts.declarations.persons import CONTACT
from dagster_project.extracts.suppression import EMAIL, Name, suppress
from tests.unit.extracts.deliveries import Deliveries

CONTACTS = "contact_id,created_at,updated_at,email"
ANA = "k-ana-1,2026-01-05,2026-01-05,ana@acme.example"
LUIS = "k-luis-1,2026-01-05,2026-01-05,luis@acme.example"
EVA = "k-eva-1,2026-01-05,2026-01-05,eva@acme.example"
LINES = [CONTACTS, LUIS, ANA, EVA]
FORGOTTEN = (Name(CONTACT, "k-ana-1"), Name(EMAIL, "Ana@Acme.example"))


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


def forget(crm: Deliveries, *objects: str, names: tuple[Name, ...] = FORGOTTEN) -> None:
    suppress(crm.home, names)
    for name in objects or ("contacts",):
        crm.ingest(name, run_id="forgetting")


def archived(crm: Deliveries) -> list[bytes]:
    """The contents of the archive, without the copies of the ledger."""
    return [
        path.read_bytes()
        for path in sorted((crm.home / "archive").rglob("*"))
        if path.is_file() and "deliveries" not in path.parts
    ]


def everything_written(crm: Deliveries) -> Iterator[tuple[Path, str]]:
    """Every file of the home with all the text that is in it, however it is packed."""
    for path in sorted(crm.home.rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes()
        text = content.decode("latin-1")
        if content[:4] == b"PAR1":
            text += json.dumps(pq.read_table(path).to_pylist(), default=str)
        elif content[:2] == b"\x1f\x8b":
            text += gzip.decompress(content).decode("latin-1")
        yield path, text + text.replace("\0", "")


def assert_nobody_is_named(crm: Deliveries, *names: str) -> None:
    for path, text in everything_written(crm):
        for name in names or ("k-ana-1", "ana@acme.example"):
            assert name not in text.lower(), path


def jsonl_text(rows: list[str]) -> str:
    names = rows[0].split(",")
    return "".join(
        json.dumps(dict(zip(names, row.split(","), strict=True)), ensure_ascii=False) + "\n"
        for row in rows[1:]
    )
