"""What another threshold would have meant: MQLs, their SQL rate and the reps' load at each candidate value.

What belongs here: the search over one build's scores, and its table in words. What doesn't: replaying anything: a
candidate is compared with what happened to the same people under the signed threshold.

Above the signed threshold everybody concerned was an MQL, so what came of them is known. Below it nobody had reason to
work the additional ones, so there is no SQL rate to be told: a null, and said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import duckdb

from dagster_project.decisions.columns import records_of
from dagster_project.decisions.queries import frame, read_queries
from dagster_project.decisions.views import View, as_page, as_text
from dagster_project.decisions.wording import Wording

if TYPE_CHECKING:
    import pandas as pd

QUERIES = read_queries("threshold")
STEPS = 10
WIDEST = Fraction(1, 2)


class ThresholdError(ValueError):
    """There is no threshold to choose; the message says why."""


@dataclass(frozen=True)
class Candidate:
    """One candidate threshold over the periods that are over under the version.

    `mqls` would have qualified; `never_worked` of them no rep ever had. Of the others `decided` have had their time to
    become an SQL and `sqls` did in it. `load` is MQLs per rep and period, `share_of_capacity` MQLs ÷ the most that the
    reps may take, and `periods_above_capacity` those in which they would have been more; null without agreed capacity.
    """

    threshold: Decimal
    mqls: int
    never_worked: int
    decided: int
    sqls: int
    sql_rate: Fraction | None
    load: Fraction | None
    share_of_capacity: Fraction | None
    periods_above_capacity: int | None


@dataclass(frozen=True)
class ThresholdSearch:
    """The candidates in order, the version they are of and its threshold, and over how many periods."""

    version: int
    signed: Decimal
    periods: int
    language: str
    currency: str
    candidates: tuple[Candidate, ...]


def search_threshold(
    connection: duckdb.DuckDBPyConnection,
    version: int | None = None,
    candidates: Sequence[Decimal] | None = None,
) -> ThresholdSearch:
    """What each candidate would have meant, over a build (schemas raw and intermediate).

    `version` is a signed contract version (default: the one in force at the end); `candidates` default to ten steps
    either side of its threshold, up to half as much again. Raises ThresholdError when the version trusts declared MQLs,
    is not in force, or when no period has ended under it.
    """
    found = records_of(frame(connection, QUERIES["version"], {"version": version}))
    if not found:
        raise ThresholdError(f"Contract version {version} isn't in force. Choose a signed version that is.")
    asked = found[0]
    if asked["basis"] != "scored":
        raise ThresholdError(
            f"Contract version {asked['version']} trusts the MQLs that the marketing system declares (mql.basis is "
            "declared): it has no threshold to choose."
        )
    signed = Decimal(asked["threshold"])
    wanted = sorted({signed, *(default_candidates(signed) if candidates is None else candidates)})
    rows = frame(
        connection,
        QUERIES["candidates"],
        {"version": int(asked["version"]), "candidates": [str(each) for each in wanted]},
    )
    if rows.empty:
        raise ThresholdError(
            f"No month has ended under contract version {asked['version']} yet, so there is nothing to compare."
        )
    return ThresholdSearch(
        version=int(asked["version"]),
        signed=signed,
        periods=rows["period"].nunique(),
        language=asked["language"],
        currency=asked["currency"],
        candidates=tuple(_candidate(rows[rows["threshold"] == each], each, signed) for each in wanted),
    )


def default_candidates(signed: Decimal) -> list[Decimal]:
    """Ten steps either side of the signed threshold, up to half as much again and at least one point apart; never
    negative, and in whole points where the signed one is."""
    step = max(Fraction(signed) * WIDEST / STEPS, Fraction(1))
    if signed == signed.to_integral_value():
        step = Fraction(round(step))
    values = (Fraction(signed) + step * number for number in range(-STEPS, STEPS + 1))
    return [Decimal(round(value * 10**6)).scaleb(-6) for value in values if value >= 0]


def _candidate(rows: pd.DataFrame, threshold: Decimal, signed: Decimal) -> Candidate:
    mqls, decided, sqls = (int(rows[name].sum()) for name in ("mqls", "decided", "sqls"))
    has_capacity = bool(rows["workable"].notna().all())
    reps, workable = (int(rows[name].sum()) if has_capacity else 0 for name in ("reps", "workable"))
    return Candidate(
        threshold=threshold,
        mqls=mqls,
        never_worked=int(rows["never_worked"].sum()),
        decided=decided,
        sqls=sqls,
        sql_rate=Fraction(sqls, decided) if decided and threshold >= signed else None,
        load=Fraction(mqls, reps) if reps else None,
        share_of_capacity=Fraction(mqls, workable) if workable else None,
        periods_above_capacity=int((rows["mqls"] > rows["workable"]).sum()) if has_capacity else None,
    )


def candidates_frame(search: ThresholdSearch) -> pd.DataFrame:
    """The candidates as a table, one row each, with the columns of Candidate; shares and loads are doubles for show."""
    import pandas as pd  # the definitions load without it

    return pd.DataFrame(
        [
            {
                name: float(value) if isinstance(value, Fraction) else value
                for name, value in vars(candidate).items()
            }
            | {"is_signed": candidate.threshold == search.signed}
            for candidate in search.candidates
        ]
    )


def threshold_text(search: ThresholdSearch, wording: Wording, *, colour: bool, width: int = 100) -> str:
    """The search for a terminal."""
    title = wording.say("threshold.title", version=str(search.version))
    return as_text(title, sentences(search, wording), [view(search, wording)], colour=colour, width=width)


def threshold_page(search: ThresholdSearch, wording: Wording) -> str:
    """The search as one self-contained HTML page."""
    title = wording.say("threshold.title", version=str(search.version))
    return as_page(title, list(sentences(search, wording)), [view(search, wording)], wording.language)


def sentences(search: ThresholdSearch, wording: Wording) -> Iterator[str]:
    """What the table means, and what it can't tell."""
    yield wording.say(
        "threshold.over",
        count=search.periods,
        periods=wording.number(search.periods),
        signed=wording.number(search.signed, digits=6),
    )
    yield wording.say("threshold.below", signed=wording.number(search.signed, digits=6))


def view(search: ThresholdSearch, wording: Wording) -> View:
    """The candidates as a table in words."""
    nothing = wording.say("simulation.no_figure")

    def row(candidate: Candidate) -> tuple[str, ...]:
        threshold = wording.number(candidate.threshold, digits=6)
        if candidate.threshold == search.signed:
            threshold = wording.say("threshold.signed_value", threshold=threshold)
        return (
            threshold,
            wording.number(candidate.mqls),
            wording.number(candidate.never_worked),
            nothing if candidate.sql_rate is None else wording.share(candidate.sql_rate, digits=1),
            wording.number(candidate.decided) if candidate.sql_rate is not None else nothing,
            nothing if candidate.load is None else wording.number(candidate.load, digits=1),
            nothing if candidate.share_of_capacity is None else wording.share(candidate.share_of_capacity),
            nothing
            if candidate.periods_above_capacity is None
            else wording.number(candidate.periods_above_capacity),
        )

    names = ("threshold", "mqls", "never_worked", "sql_rate", "decided", "load", "share", "above")
    return View(
        title=wording.say("threshold.table_title"),
        headings=tuple(wording.say(f"threshold.{name}") for name in names),
        rows=tuple(row(candidate) for candidate in search.candidates),
        text_columns=1,
    )
