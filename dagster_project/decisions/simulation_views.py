"""A simulation in words: what it comes to, and its tables, for a terminal and for a page.

What belongs here: which rows and words are shown. What doesn't: any figure, the sentences (`strings/`) and the layout
(`views`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dagster_project.decisions.columns import records_of
from dagster_project.decisions.simulation import DRAFT, SIGNED, SideBySide
from dagster_project.decisions.views import View, as_page, as_text
from dagster_project.decisions.wording import Wording

DEPARTMENTS = ("marketing", "sales")
OUTCOMES = ("met", "breached", "pending")


def simulation_text(
    side_by_side: SideBySide, wording: Wording, draft_name: str, *, colour: bool, width: int = 100
) -> str:
    """The simulation for a terminal: what it comes to, then the tables, commitments where they differ."""
    return as_text(
        _title(wording, draft_name),
        sentences(side_by_side, wording),
        views(side_by_side, wording, only_differences=True),
        colour=colour,
        width=width,
    )


def simulation_page(side_by_side: SideBySide, wording: Wording, draft_name: str) -> str:
    """The simulation as one self-contained HTML page, every word of it escaped."""
    return as_page(
        _title(wording, draft_name),
        list(sentences(side_by_side, wording)),
        list(views(side_by_side, wording, only_differences=False)),
        wording.language,
    )


def sentences(side_by_side: SideBySide, wording: Wording) -> Iterator[str]:
    """What the simulation comes to, in whole sentences."""
    if side_by_side.complete_through is not None:
        yield wording.say("simulation.as_of", instant=wording.instant(side_by_side.complete_through))
    if side_by_side.is_same:
        yield wording.say("simulation.same")
        return
    mqls = side_by_side.mqls
    yield wording.say(
        "simulation.mqls",
        signed=wording.number(int(mqls["signed_qualified"].sum())),
        draft=wording.number(int(mqls["draft_qualified"].sum())),
    )
    for department in DEPARTMENTS:
        kept = {side: _kept(side_by_side, department, side) for side in (SIGNED, DRAFT)}
        yield wording.say(
            f"simulation.kept_{department}",
            signed=wording.number(kept[SIGNED][0]),
            signed_all=wording.number(kept[SIGNED][1]),
            draft=wording.number(kept[DRAFT][0]),
            draft_all=wording.number(kept[DRAFT][1]),
        )
    only_draft = int(mqls["only_draft"].sum())
    if only_draft:
        yield wording.say("simulation.never_worked", count=only_draft, only_draft=wording.number(only_draft))
    yield wording.say("simulation.caution")


def _kept(side_by_side: SideBySide, department: str, side: str) -> tuple[int, int]:
    """(kept, decided) promises of a department: those that are met, of those that are met or missed."""
    statuses = side_by_side.statuses
    of_department = statuses.loc[statuses["owner"] == department, f"{side}_status"]
    kept, missed = int((of_department == "met").sum()), int((of_department == "missed").sum())
    return kept, kept + missed


def views(side_by_side: SideBySide, wording: Wording, *, only_differences: bool) -> Iterator[View]:
    """The tables, in the order in which they are shown; commitments all, or those with a difference. With all of
    them, obligations are shown month by month as well."""
    yield _mqls_view(side_by_side, wording)
    yield _obligations_view(side_by_side, wording)
    if not only_differences:
        yield _obligations_by_month_view(side_by_side, wording)
    rows = records_of(side_by_side.statuses)
    if only_differences:
        rows = [row for row in rows if _differs(row)]
    if rows:
        yield _statuses_view(rows, wording)


def _differs(row: dict[str, Any]) -> bool:
    return any(row[f"{SIGNED}_{name}"] != row[f"{DRAFT}_{name}"] for name in ("target", "actual", "status"))


def _mqls_view(side_by_side: SideBySide, wording: Wording) -> View:
    names = ("qualified", "delivered", "sqls", "customers")
    rows = records_of(side_by_side.mqls)
    return View(
        title=wording.say("simulation.mqls_title"),
        headings=(
            wording.say("simulation.period"),
            *(wording.say(f"simulation.{name}") for name in (*names, "only_signed", "only_draft")),
        ),
        rows=tuple(
            (
                wording.month_and_year(row["period"]),
                *(_pair(row, name, wording) for name in names),
                wording.number(row["only_signed"]),
                wording.number(row["only_draft"]),
            )
            for row in rows
        ),
        text_columns=1,
    )


def _obligations_by_month_view(side_by_side: SideBySide, wording: Wording) -> View:
    return View(
        title=wording.say("simulation.obligations_by_month_title"),
        headings=tuple(wording.say(f"simulation.{name}") for name in ("period", "obligation", *OUTCOMES)),
        rows=tuple(
            (
                wording.month_and_year(row["period"]),
                wording.say(f"obligations.{row['obligation']}"),
                *(_pair(row, outcome, wording) for outcome in OUTCOMES),
            )
            for row in records_of(side_by_side.obligations)
        ),
        text_columns=2,
    )


def _obligations_view(side_by_side: SideBySide, wording: Wording) -> View:
    columns = [f"{side}_{outcome}" for side in (SIGNED, DRAFT) for outcome in OUTCOMES]
    totals = side_by_side.obligations.groupby("obligation", sort=False)[columns].sum().reset_index()
    return View(
        title=wording.say("simulation.obligations_title"),
        headings=(
            wording.say("simulation.obligation"),
            *(wording.say(f"simulation.{outcome}") for outcome in OUTCOMES),
        ),
        rows=tuple(
            (
                wording.say(f"obligations.{row['obligation']}"),
                *(_pair(row, outcome, wording) for outcome in OUTCOMES),
            )
            for row in records_of(totals)
        ),
        text_columns=1,
    )


def _statuses_view(rows: Sequence[dict[str, Any]], wording: Wording) -> View:
    def both(row: dict[str, Any], name: str) -> str:
        signed, draft = row[f"{SIGNED}_{name}"], row[f"{DRAFT}_{name}"]
        if name == "status":
            return _changed(wording, _status(signed, wording), _status(draft, wording))
        return _changed(wording, *(_figure(figure, row["metric"], wording) for figure in (signed, draft)))

    return View(
        title=wording.say("simulation.statuses_title"),
        headings=tuple(
            wording.say(f"simulation.{name}")
            for name in ("period", "commitment", "status", "target", "actual")
        ),
        rows=tuple(
            (
                wording.month_and_year(row["period"]),
                row["commitment_id"],
                *(both(row, name) for name in ("status", "target", "actual")),
            )
            for row in rows
        ),
        text_columns=3,
    )


def _pair(row: dict[str, Any], name: str, wording: Wording) -> str:
    return _changed(wording, *(wording.number(row[f"{side}_{name}"] or 0) for side in (SIGNED, DRAFT)))


def _changed(wording: Wording, signed: str, draft: str) -> str:
    """One value where both are the same, else what it was and what it would be."""
    return signed if signed == draft else wording.say("simulation.changed", signed=signed, draft=draft)


def _status(status: str | None, wording: Wording) -> str:
    return wording.say(f"status.{status or 'not_promised'}")


def _figure(figure: Any, metric: str, wording: Wording) -> str:
    if figure is None:
        return wording.say("simulation.no_figure")
    return wording.share(figure, digits=1) if metric.endswith("_rate") else wording.number(figure, digits=2)


def _title(wording: Wording, draft_name: str) -> str:
    return wording.say("simulation.title", draft=draft_name)
