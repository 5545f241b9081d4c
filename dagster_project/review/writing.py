"""The reviews' files: which are written, which stay as they are.

What belongs here: names, replacing files whole, and the rule that a final review is a document. What doesn't: what a
page says.

A page that is final is what both departments have seen and decided on. A later run knows more (who bought since, what
the next number is) and would word it otherwise, so its bytes are kept, each state of the figures once:

    kept/<review>/<hash of its state>.html     never changed, never removed

and a folder of pages that was lost is the same again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dagster_project.review.marts import ReviewError, Warehouse, open_marts
from dagster_project.review.page import Signatory, State, all_reviews, gather, page_of, state_of
from dagster_project.review.periods import Review

LATEST_NAME = "latest.html"
TEMPORARY_PREFIX = ".writing."
REVIEW_NAME = re.compile(r"\d{4}-\d{2}_\d{4}-\d{2}\.html")
STATE = re.compile(r'<meta name="sla-state" content="(final|provisional) ([0-9a-f]{64})">')
STATE_WITHIN = 4096
"""The state stands among a page's first bytes."""
END_OF_PAGE = b"</html>"


@dataclass(frozen=True)
class WrittenReview:
    """A review's file: whether it is final, and whether its page was made now or kept as it was."""

    review: Review
    path: Path
    is_final: bool
    is_made_now: bool


def write_reviews(
    warehouse: Warehouse,
    folder: Path,
    *,
    kept: Path | None = None,
    language: str | None = None,
    signatories: Sequence[Signatory] = (),
    is_demo: bool = False,
) -> tuple[WrittenReview, ...]:
    """Write every review that has begun, and `latest.html`, which is the last of them.

    A review is made anew until its figures are final; from then on only when one of them was restated. `kept` is where
    final pages are kept for good, and taken from when `folder` has lost them. Files of reviews that there are no longer
    are removed from `folder`. Each file is replaced whole. Other arguments are those of `render_review`; raises
    ReviewError as it does and when a kept page is damaged, and OSError when a file can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    with open_marts(warehouse) as marts:
        written = []
        for review in all_reviews(marts):
            path = folder / f"{review.name}.html"
            state = state_of(marts, review)
            document = _document(path, kept, review, state)
            page = document or page_of(gather(marts, review, language), signatories, is_demo).encode()
            if kept is not None and state.is_final:
                _keep(_place(kept, review, state), page)
            _replace(path, page)
            written.append(WrittenReview(review, path, state.is_final, is_made_now=document is None))
    for path in folder.iterdir():
        if REVIEW_NAME.fullmatch(path.name) and path not in {each.path for each in written}:
            path.unlink()
    if written:
        _replace(folder / LATEST_NAME, written[-1].path.read_bytes())
    return tuple(written)


def _document(path: Path, kept: Path | None, review: Review, state: State) -> bytes | None:
    """The page of a final state as it was first made; None when it has to be made now."""
    if not state.is_final:
        return None
    if kept is not None:
        place = _place(kept, review, state)
        if place.is_file():
            page = place.read_bytes()
            if _state_in(page) != state:
                raise ReviewError(
                    f"{place} is damaged: it is not the final page that its name says. Restore it from a backup of "
                    "history/; if there is none, delete it, and the page is made anew from what is known today."
                )
            return page
    page = path.read_bytes() if path.is_file() else b""
    return page if _state_in(page) == state else None


def _place(kept: Path, review: Review, state: State) -> Path:
    return kept / review.name / f"{state.figures}.html"


def _keep(place: Path, page: bytes) -> None:
    if place.is_file():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    _sweep(place.parent)
    _replace(place, page)


def _state_in(page: bytes) -> State | None:
    """The state that a page says of itself; None where there is no whole page, or one that doesn't say."""
    found = STATE.search(page[:STATE_WITHIN].decode("utf-8", errors="replace"))
    if found is None or not page.rstrip().endswith(END_OF_PAGE):
        return None
    return State(figures=found[2], is_final=found[1] == "final")


def _replace(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    unfinished = path.with_name(f"{TEMPORARY_PREFIX}{path.name}")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Leftovers of a writing that was killed."""
    for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
        path.unlink()
