"""What vendors deliver is held against the ledger file by file: their rows become records of several objects."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq

from data_checks import CheckResult, CheckSettings, run_checks
from data_checks.raw.deliveries import DELIVERIES
from tests.older_ledger import forget_hashes
from tests.pipeline import build
from tests.scenarios.vendors import CRM, MARKETING, ROSA, VendorHistory

CHECK = "files_hold_the_rows_that_the_ledger_accepted"


def checked(history: Path, home: Path) -> CheckResult:
    built = build(history, home)
    warehouse = home / "warehouse.duckdb"
    warehouse.unlink(missing_ok=True)
    built.connection.execute(f"attach '{warehouse}' as kept")
    built.connection.execute("copy from database warehouse to kept")
    built.connection.execute("detach kept")
    built.connection.close()
    settings = CheckSettings(now=built.complete_through + timedelta(days=1))
    (result,) = [each for each in run_checks(warehouse, [DELIVERIES], settings) if each.check_id == CHECK]
    return result


def test_a_vendors_file_that_holds_other_rows_than_were_accepted_blocks(tmp_path: Path) -> None:
    """Of Salesforce's two tasks one is gone from the file: HubSpot's files and all others are as they were. No hash of
    the file is known, by which it would be noticed, and the file made again, before it is read."""
    history = VendorHistory({MARKETING: {"family": "hubspot"}, CRM: {"family": "salesforce"}})
    history.user(ROSA)
    _, lead = history.mql("ana", number="101")
    history.task(lead, "2026-01-05 11:00")
    history.task(lead, "2026-01-05 12:00")
    history.write(tmp_path)
    whole = checked(tmp_path, tmp_path / "home")
    # Contacts, forms, users, leads, their history and tasks: a file each.
    assert (whole.passed, whole.checked) == (True, 6)
    (tasks,) = (tmp_path / "home" / "raw" / "crm" / "tasks").rglob("*.parquet")
    forget_hashes(tmp_path / "home")
    rows = pq.ParquetFile(tasks).read()
    assert rows.num_rows == 2
    pq.write_table(rows.slice(0, 1), tasks)
    cut = checked(tmp_path, tmp_path / "home")
    assert cut.is_blocking
    assert (cut.failing, cut.checked, cut.sample) == (1, 6, ("crm tasks 2026-03-31 1",))
    assert "Delete the folder raw/ and run again" in cut.sentence
