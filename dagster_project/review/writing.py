"""The reviews' files: which are written, which stay as they are.

What belongs here: names, replacing files whole, and the rule that a final review is a document. What doesn't: what a
page says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dagster_project.review.marts import Warehouse, open_marts
from dagster_project.review.page import Signatory, State, all_reviews, gather, page_of, state_of
from dagster_project.review.periods import Review

LATEST_NAME = "latest.html"
TEMPORARY_PREFIX = ".writing."
REVIEW_NAME = re.compile(r"\d{4}-\d{2}_\d{4}-\d{2}\.html")
STATE = re.compile(r'<meta name="sla-state" content="(final|provisional) ([0-9a-f]{64})">')
STATE_WITHIN = 4096
"""The state stands among a page's first bytes."""


@dataclass(frozen=True)
class WrittenReview:
    """A review's file: whether it is final, and whether it was written now."""

    review: Review
    path: Path
    is_final: bool
    is_written: bool


def write_reviews(
    warehouse: Warehouse,
    folder: Path,
    *,
    language: str | None = None,
    signatories: Sequence[Signatory] = (),
    is_demo: bool = False,
) -> tuple[WrittenReview, ...]:
    """Write every review that has begun, and `latest.html`, which is the last of them.

    A review is rewritten until its figures are final; from then on only when one of them was restated. Files of reviews
    that there are no longer are removed. Each file is replaced whole. Arguments are those of `render_review`; raises
    ReviewError as it does, and OSError when a file can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    with open_marts(warehouse) as marts:
        written = []
        for review in all_reviews(marts):
            path = folder / f"{review.name}.html"
            now = state_of(marts, review)
            is_written = not (now.is_final and _state_on_disk(path) == now)
            if is_written:
                _replace(path, page_of(gather(marts, review, language), signatories, is_demo).encode())
            written.append(WrittenReview(review, path, now.is_final, is_written))
    for path in folder.iterdir():
        if REVIEW_NAME.fullmatch(path.name) and path not in {each.path for each in written}:
            path.unlink()
    if written:
        _replace(folder / LATEST_NAME, written[-1].path.read_bytes())
    return tuple(written)


def _state_on_disk(path: Path) -> State | None:
    """The state that a page says of itself; None where there is no page, or one that doesn't say."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        found = STATE.search(file.read(STATE_WITHIN).decode("utf-8", errors="replace"))
    return State(figures=found[2], is_final=found[1] == "final") if found else None


def _replace(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    unfinished = path.with_name(f"{TEMPORARY_PREFIX}{path.name}")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _sweep(folder: Path) -> None:
    """Leftovers of a writing that was killed."""
    for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
        path.unlink()
