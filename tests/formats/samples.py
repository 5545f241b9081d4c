"""The kept homes, and how the next one is made: `python -m tests.formats.samples`, once a format's number went up.

Each is what two runs of an example history left behind: what was delivered until one day, then until another. Pages and
copies that a run makes anew each time are left out.
"""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from pathlib import Path

from dagster_project.formats import FORMATS
from tests.integration.command_line import command, history_settings

FOLDER = Path(__file__).parent
EXAMPLE = FOLDER.parent / "examples" / "history-13"
EMAIL_KEY = "the same for every home of a test"
DAYS = ("2026-12-28", "2026-12-29")
MADE_ANEW = ("marts", "review", "checks.html")


def samples() -> list[Path]:
    """The kept homes, the oldest first."""
    return sorted(FOLDER.glob("*.tar.gz"))


def unpack(sample: Path, home: Path) -> None:
    """Make a kept home again."""
    with tarfile.open(sample) as tar:
        tar.extractall(home, filter="data")


def deliver(landing: Path, after: str, until: str) -> None:
    """Deliver the files of the example with a date after one and until another, each whole at once."""
    for path in sorted((EXAMPLE / "extracts").rglob("*.*")):
        if after < path.name[:10] <= until:
            target = landing / path.relative_to(EXAMPLE / "extracts")
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished = target.with_name(f".{target.name}")
            shutil.copyfile(path, unfinished)
            unfinished.rename(target)


def make(sample: Path) -> None:
    """Make a sample by running this version."""
    with tempfile.TemporaryDirectory() as temporary:
        home, landing = Path(temporary) / "home", Path(temporary) / "extracts"
        landing.mkdir()
        settings = history_settings(EXAMPLE, home, SLA_EXTRACTS=str(landing), SLA_EMAIL_KEY=EMAIL_KEY)
        for day in DAYS:
            deliver(landing, "", day)
            ran = command("run", settings)
            assert ran.status == 0, ran.last_lines
        with tarfile.open(sample, "w:gz") as tar:
            for name in FORMATS:
                tar.add(home / name, name, filter=_kept)


def _kept(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    path = Path(member.name)
    if len(path.parts) > 1 and path.parts[0] == "published" and path.parts[1] in MADE_ANEW:
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    make(FOLDER / f"{len(samples()) + 1}.tar.gz")
