"""Objects that are ingested side by side, each in a process of its own, end in the tables of one process."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from tests.faults.landing import OBJECTS, deliver_first, deliver_second, ingest_all, tables
from tests.unit.extracts.deliveries import Deliveries

SEED = 11


def ingest_one(folder: Path, object_name: str) -> None:
    Deliveries(folder).ingest(object_name)


def test_objects_ingested_by_several_processes_end_in_the_tables_of_one(tmp_path: Path) -> None:
    """Ten days, then corrections, refused and repeated files, and five days more: 3 objects, as many processes."""
    alone = Deliveries(tmp_path / "alone")
    (tmp_path / "together").mkdir()
    (tmp_path / "together" / "extracts").symlink_to(
        alone.extracts
    )  # one landing folder: ingestion only reads it
    together = Deliveries(tmp_path / "together")
    with ProcessPoolExecutor(len(OBJECTS), mp_context=get_context("spawn")) as processes:
        for deliver in (deliver_first, deliver_second):
            deliver(alone, SEED)
            ingest_all(alone, "run-1")
            for ended in [processes.submit(ingest_one, tmp_path / "together", name) for name in OBJECTS]:
                ended.result()
    found = tables(together)
    assert found == tables(alone)
    assert all(len(found[f"{name} in force"]) > 100 for name in OBJECTS)
