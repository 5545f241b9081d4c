"""Whole runs into a home on a disk of its own, with ever more room left on it.

Runs in a mount namespace: `unshare --mount python -m tests.faults.whole.small_disk <history> <home>`. What was found is
printed as JSON, since the disk is gone when the process ends.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.faults.runs import content, run, said_by_the_next, settings_of

MEGABYTE = 1024 * 1024
FIRST_ROOM_BYTES = MEGABYTE // 4
ROOM_GROWS = 3


def main(history: Path, home: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        disk, printed = Path(folder) / "home", Path(folder) / "printed.txt"
        disk.mkdir()
        _mount("-t", "tmpfs", "-o", "size=1g", "none", str(disk))
        try:
            return _attempts(history, home, disk, printed)
        finally:
            subprocess.run(["umount", str(disk)], check=False, capture_output=True)


def _attempts(history: Path, home: Path, disk: Path, printed: Path) -> dict[str, Any]:
    attempts: list[dict[str, Any]] = []
    room = FIRST_ROOM_BYTES
    while True:
        # Each attempt begins with the home as it was: what a stopped one has left is room that the next would lack.
        for entry in disk.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        _mount("-o", "remount,size=1g", str(disk))
        shutil.copytree(home, disk, dirs_exist_ok=True)
        shutil.rmtree(disk / "build")
        _mount("-o", f"remount,size={shutil.disk_usage(disk).used + room}", str(disk))
        ended = run(settings_of(history, disk), printed)
        status = ended.ended()
        if status == 0:
            return {"attempts": attempts, "content": content(disk)}
        found = {"status": status, "output": ended.output, "content": content(disk)}
        _mount("-o", "remount,size=1g", str(disk))
        attempts.append({**found, "said": said_by_the_next(settings_of(history, disk))})
        room *= ROOM_GROWS


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
