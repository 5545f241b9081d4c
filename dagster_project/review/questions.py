"""The eight questions of a review, each answered by sentences with figures.

What belongs here: which figures answer which question. What doesn't: the charts and tables that show more of them; each
answer names the section that has these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from dagster_project.review.marts import Row, Rows
from dagster_project.review.metrics import unit_of
from dagster_project.review.parts import NOTHING, Evidence, Link
from dagster_project.review.proposal import plan_headline, plan_sentences

MOST_CAMPAIGNS = 3
MUCH_LESS = 0.6
"""A campaign that brings less than this part of the usual share of SQLs is worth a word."""


@dataclass(frozen=True)
class Answer:
    """One question: `name` as in QUESTIONS, its headline figure, its sentences and where to see more."""

    name: str
    question: str
    headline: str
    headline_unit: str
    sentences: Sequence[str]
    more: Link


# Each question with the section that shows its figures.
QUESTIONS = {
    "marketing": {
        "mqls": "progress",
        "customers": "cohorts",
        "campaigns": "campaigns",
        "next_number": "plan",
    },
    "sales": {"opportunities": "funnel", "sqls": "funnel", "meetings": "funnel", "closed": "funnel"},
}

Sayings = tuple[str, str, Sequence[str]]
"""A headline figure, what it counts, and the sentences."""


def answers(evidence: Evidence, department: str) -> list[Answer]:
    """The answers to a department's questions, in the order of the definitions."""
    return [_answer(evidence, name, section) for name, section in QUESTIONS[department].items()]


def questions_of(evidence: Evidence, section: str) -> list[Link]:
    """The questions that a section helps to answer."""
    return [
        Link(target=f"question-{name}", text=evidence.wording.say(f"question.{name}"))
        for names in QUESTIONS.values()
        for name, shown_in in names.items()
        if shown_in == section
    ]


def _answer(evidence: Evidence, name: str, section: str) -> Answer:
    headline, unit, sentences = ANSWERS[name](evidence)
    return Answer(
        name=name,
        question=evidence.wording.say(f"question.{name}"),
        headline=headline,
        headline_unit=unit,
        sentences=sentences,
        more=Link(target=section, text=evidence.wording.say(f"section.{section}")),
    )


def _stage(evidence: Evidence, stage: str) -> Row:
    return next(row for row in evidence.rows("funnel") if row["stage"] == stage)


def _by_month(evidence: Evidence, stage: Row, metric: str) -> str:
    """`123 in September (goal: at least 95) and 137 in October (…)`."""
    wording = evidence.wording
    months = []
    for period, name in zip(evidence.review.periods, ("first_events", "second_events"), strict=True):
        if period in evidence.begun:
            months.append(_in_month(evidence, wording.number(stage[name] or 0), metric, period))
    return wording.listed(months)


def _in_month(evidence: Evidence, shown: str, metric: str, period: date) -> str:
    wording, goal = evidence.wording, evidence.goal(metric, period)
    if goal is None:
        return wording.say("answer.in_month", number=shown, month=wording.month(period))
    return wording.say(
        "answer.in_month_with_goal",
        number=shown,
        month=wording.month(period),
        goal=wording.say(
            f"promise.{goal['comparison']}", target=wording.target(goal["target"], unit_of(metric))
        ),
    )


def _before(evidence: Evidence, stage: Row) -> Iterator[str]:
    if stage["events_before"] is not None:
        yield evidence.wording.say(
            "answer.before",
            count=stage["events_before"],
            number=evidence.wording.number(stage["events_before"]),
        )


def _projected(evidence: Evidence, metric: str) -> Iterator[str]:
    """Where a month that still runs is heading."""
    wording = evidence.wording
    for period in evidence.begun:
        goal = evidence.goal(metric, period)
        if goal is not None and not goal["final"] and goal["projection"] is not None:
            yield wording.say(
                "answer.projection",
                month=wording.month(period),
                projection=wording.in_unit(round(goal["projection"]), unit_of(metric)),
            )


def _cohort(evidence: Evidence, stage: str, days: str) -> str:
    """The conversion of the latest month of hand-off all of whose MQLs have had their time."""
    wording = evidence.wording
    mature = [
        row for row in evidence.rows("cohorts") if row["stage"] == stage and row["is_mature"] and row["mqls"]
    ]
    if not mature:
        return wording.say(f"answer.no_cohort_{stage}")
    cohort = mature[-1]
    terms = evidence.latest_terms[days]
    return wording.say(
        f"answer.cohort_{stage}" if terms is not None else f"answer.cohort_{stage}_without_days",
        count=cohort["converted"],
        month=wording.month_and_year(cohort["period"]),
        days="" if terms is None else wording.number(float(terms)),
        converted=wording.number(cohort["converted"]),
        mqls=wording.number(cohort["mqls"]),
        rate=wording.share(cohort["rate"]),
    )


def _mqls(evidence: Evidence) -> Sayings:
    wording, metric = evidence.wording, evidence.mql_metric
    stage = _stage(evidence, metric)
    return (
        wording.number(stage["events"]),
        wording.say(f"unit.{metric}", count=stage["events"]),
        (
            wording.say(
                f"answer.{metric}",
                count=stage["events"],
                number=wording.number(stage["events"]),
                months=_by_month(evidence, stage, metric),
            ),
            *_projected(evidence, metric),
            *_before(evidence, stage),
        ),
    )


def _customers(evidence: Evidence) -> Sayings:
    wording, stage = evidence.wording, _stage(evidence, "customers_won")
    revenue = sum(month["revenue_won"] for month in evidence.rows("money"))
    return (
        wording.number(stage["events"]),
        wording.say("unit.customers", count=stage["events"]),
        (
            wording.say(
                "answer.customers",
                count=stage["events"],
                number=wording.number(stage["events"]),
                months=_by_month(evidence, stage, "customers_won"),
                revenue=wording.money(revenue),
            ),
            *_before(evidence, stage),
            _cohort(evidence, "customer", "customer_within_days"),
        ),
    )


def _campaigns(evidence: Evidence) -> Sayings:
    named = [row for row in evidence.rows("campaigns") if row["campaign_name"] is not None and row["mqls"]]
    headline = named[0]["campaign_name"] if named else NOTHING
    return headline, "", tuple(campaign_sentences(evidence))


def campaign_sentences(evidence: Evidence) -> Iterator[str]:
    """The campaigns with the most MQLs, and the one whose MQLs stand out for not becoming SQLs."""
    wording = evidence.wording
    named = [row for row in evidence.rows("campaigns") if row["campaign_name"] is not None and row["mqls"]]
    if not named:
        yield wording.say("answer.no_campaigns")
        return
    best = wording.listed(
        wording.say(
            "answer.one_campaign",
            count=row["mqls"],
            campaign=row["campaign_name"],
            mqls=wording.about(row["mqls"]),
            cost=wording.money(row["cost_per_mql"]),
        )
        for row in named[:MOST_CAMPAIGNS]
    )
    yield wording.say("answer.campaigns", count=min(len(named), MOST_CAMPAIGNS), list=best)
    yield from _weakest(evidence, named)


def _weakest(evidence: Evidence, named: Rows) -> Iterator[str]:
    """Of the campaigns with enough MQLs to judge, the one whose MQLs become SQLs least, where it stands out."""
    wording = evidence.wording
    everything = evidence.rows("campaigns")
    usual = sum(row["sqls"] for row in everything) / sum(row["mqls"] for row in everything)
    enough = [row for row in named if not row["is_small_sample"]]
    weakest = min(enough, key=lambda row: float(row["sql_share"]), default=None)
    if weakest is not None and weakest["sql_share"] < MUCH_LESS * usual:
        yield wording.say(
            "answer.weakest_campaign",
            campaign=weakest["campaign_name"],
            mqls=wording.about(weakest["mqls"]),
            cost=wording.money(weakest["cost_per_mql"]),
            share=wording.share(weakest["sql_share"], 0),
            usual=wording.share(usual, 0),
        )


def _next_number(evidence: Evidence) -> Sayings:
    headline, unit = plan_headline(evidence)
    return headline, unit, tuple(plan_sentences(evidence))


def _counted(stage_name: str, question: str, metric: str) -> Callable[[Evidence], Sayings]:
    def say(evidence: Evidence) -> Sayings:
        wording, stage = evidence.wording, _stage(evidence, stage_name)
        return (
            wording.number(stage["events"]),
            wording.say(f"unit.{question}", count=stage["events"]),
            (
                wording.say(
                    f"answer.{question}",
                    count=stage["events"],
                    number=wording.number(stage["events"]),
                    months=_by_month(evidence, stage, metric),
                ),
                *_projected(evidence, metric),
                *_before(evidence, stage),
                *_converted(evidence, question),
            ),
        )

    return say


def _converted(evidence: Evidence, question: str) -> Iterator[str]:
    if question == "opportunities":
        yield _cohort(evidence, "opportunity", "opportunity_within_days")
    if question == "sqls":
        yield _cohort(evidence, "sql", "sql_within_days")


def _closed(evidence: Evidence) -> Sayings:
    wording = evidence.wording
    rows = [row for row in evidence.rows("closings") if row["period"] in evidence.begun]
    closed, won = sum(row["closed"] for row in rows), sum(row["won"] for row in rows)
    if not closed:
        return NOTHING, "", (wording.say("answer.nothing_closed"),)
    months = wording.listed(
        _in_month(evidence, wording.share(row["won"] / row["closed"]), "win_rate", row["period"])
        for row in rows
    )
    sentences = [
        wording.say(
            "answer.closed",
            count=won,
            closed=wording.number(closed),
            won=wording.number(won),
            share=wording.share(won / closed),
            months=months,
        )
    ]
    before = [row for row in evidence.rows("closings") if row["period"] not in evidence.begun]
    if closed_before := sum(row["closed"] for row in before):
        share_before = sum(row["won"] for row in before) / closed_before
        sentences.append(wording.say("answer.closed_before", share=wording.share(share_before)))
    return wording.share(won / closed), wording.say("unit.closed"), tuple(sentences)


ANSWERS: dict[str, Callable[[Evidence], Sayings]] = {
    "mqls": _mqls,
    "customers": _customers,
    "campaigns": _campaigns,
    "next_number": _next_number,
    "opportunities": _counted("opportunities", "opportunities", "opportunities"),
    "sqls": _counted("sqls", "sqls", "sqls"),
    "meetings": _counted("meetings_confirmed", "meetings", "meetings_confirmed"),
    "closed": _closed,
}
