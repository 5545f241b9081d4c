"""One review as one self-contained HTML page.

What belongs here: reading what a page needs, and handing the parts to the template. What doesn't: HTML and style, which
are in `template.html` and `style.css`, and writing files.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dagster_project.review.charts import Chart, Drawing
from dagster_project.review.commitments import departments
from dagster_project.review.marts import Marts, ReviewError, Rows, Warehouse, open_marts
from dagster_project.review.metrics import DEPARTMENTS
from dagster_project.review.overview import overview
from dagster_project.review.parts import Evidence
from dagster_project.review.periods import Review, reviews_of
from dagster_project.review.proposal import proposal_in_short
from dagster_project.review.questions import answers
from dagster_project.review.sections.campaigns import campaigns_section
from dagster_project.review.sections.cohorts import cohorts_section
from dagster_project.review.sections.duties import duties_section
from dagster_project.review.sections.funnel import funnel_section
from dagster_project.review.sections.plan import plan_section
from dagster_project.review.sections.progress import progress_section
from dagster_project.review.sections.quality import quality_section
from dagster_project.review.sections.reps import reps_section
from dagster_project.review.sections.restatements import restatements_section
from dagster_project.review.sections.speed import speed_section
from dagster_project.review.wording import Wording
from dagster_project.sentences import LANGUAGES

FOLDER = Path(__file__).parent
QUERIES = tuple(sorted(path.stem for path in (FOLDER / "queries").glob("*.sql")))

SECTIONS = (
    progress_section,
    funnel_section,
    cohorts_section,
    speed_section,
    reps_section,
    campaigns_section,
    duties_section,
    plan_section,
    restatements_section,
)

# What makes a page another document: a commitment's figures, and each change of a final one. Not `due`, which goes on
# growing as the deadlines of what is decided already pass.
DECIDED = (
    *("period", "commitment_id", "metric", "comparison", "target", "actual"),
    *("met", "breached", "pending", "worst", "best", "status", "final"),
)
RESTATED = ("period", "commitment_id", "old_actual", "new_actual", "old_status", "new_status")

STATUSES = ("met", "missed", "on_track", "at_risk", "no_data")
GLOSSARY = ("mql", "sql", "handoff", "pending", "range", "business_hours", "provisional")


@dataclass(frozen=True)
class Signatory:
    """Who signed a contract version for a department. Names are the page's only: no published table has them."""

    contract_version: int
    department: str
    name: str
    role: str
    signed_on: date


@dataclass(frozen=True)
class Summary:
    """A page in short: its title, how certain it is, a sentence a department, what is proposed, and its main chart."""

    title: str
    state: str
    verdicts: tuple[str, ...]
    proposal: tuple[str, ...]
    chart: Chart


@dataclass(frozen=True)
class State:
    """What decides whether a page has to be written again: its commitments' figures, and whether they are final."""

    figures: str
    is_final: bool


def render_review(
    warehouse: Warehouse,
    review: Review,
    *,
    language: str | None = None,
    signatories: Sequence[Signatory] = (),
    is_demo: bool = False,
) -> str:
    """The page of a review, from the marts of a published file or of a build.

    `language` is the contract's unless given (`en` or `es`). Signatures without a name in `signatories` show the role
    alone. Raises ReviewError when no month of the review has begun, or a table that the page needs is missing.
    """
    with open_marts(warehouse) as marts:
        return page_of(gather(marts, review, language), signatories, is_demo)


def summary(warehouse: Warehouse, review: Review, *, language: str | None = None) -> Summary:
    """What a page says in short, for where it is linked from. Raises as `render_review` does."""
    with open_marts(warehouse) as marts:
        evidence = gather(marts, review, language)
        return Summary(
            title=_title(evidence),
            state=_state_sentence(evidence),
            verdicts=tuple(department.verdict for department in departments(evidence)),
            proposal=tuple(proposal_in_short(evidence).lines),
            chart=overview(evidence.commitments, evidence.wording),
        )


def all_reviews(marts: Marts) -> tuple[Review, ...]:
    """Every review that has begun, in order."""
    return reviews_of(row["period"] for row in marts.periods())


def state_of(marts: Marts, review: Review) -> State:
    """The state of a review as the marts have it now."""
    tables = {query: marts.ask(query, review) for query in ("months", "commitments", "restatements")}
    return _state(review, tables)


def gather(marts: Marts, review: Review, language: str | None = None) -> Evidence:
    """Everything that a page is made from."""
    tables = {query: marts.ask(query, review) for query in QUERIES}
    if not tables["months"]:
        raise ReviewError(
            f"No month of the review {review.name} has begun at the instant that everything is stated as of. "
            "Choose an earlier review."
        )
    terms = tables["months"][-1]
    language = language or terms["language"]
    if language not in LANGUAGES:
        raise ReviewError(
            f"There is no review page in the language {language!r}: choose {' or '.join(LANGUAGES)} in the contract."
        )
    wording = Wording(language, terms["currency"], terms["timezone"])
    return Evidence(review, wording, Drawing(wording), tables, marts.absent)


def page_of(evidence: Evidence, signatories: Sequence[Signatory] = (), is_demo: bool = False) -> str:
    """The page itself."""
    style = (FOLDER / "style.css").read_text(encoding="utf-8")
    state = _state(evidence.review, evidence.tables)
    return _template().render(
        say=evidence.wording.say,
        language=evidence.wording.language,
        style=Markup(style),  # our own file, whose hash the policy names
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        drawn=Markup,  # a chart's SVG, whose texts its renderer has escaped
        state=state,
        is_demo=is_demo,
        statuses=STATUSES,
        header=_header(evidence, signatories),
        departments=departments(evidence),
        proposal=proposal_in_short(evidence),
        questions=[
            (evidence.wording.say(f"department.{department}"), department, answers(evidence, department))
            for department in DEPARTMENTS
        ],
        sections=[section(evidence) for section in SECTIONS],
        quality=quality_section(evidence),
        glossary=_glossary(evidence),
    )


@cache
def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("template.html")


def _state(review: Review, tables: Mapping[str, Rows]) -> State:
    months = tables["months"]
    commitments = [row for row in tables["commitments"] if row["is_reviewed"]]
    restated = [row for row in tables["restatements"] if row["period"] in review.periods]
    is_over = len(months) == len(review.periods) and all(month["is_over"] for month in months)
    figures = [[row[name] for name in DECIDED] for row in commitments]
    figures += [[row[name] for name in RESTATED] for row in restated]
    return State(
        figures=hashlib.sha256(json.dumps(figures, default=str).encode()).hexdigest(),
        is_final=is_over and all(row["final"] for row in commitments),
    )


def _header(evidence: Evidence, signatories: Sequence[Signatory]) -> dict[str, object]:
    wording, review, terms = evidence.wording, evidence.review, evidence.latest_terms
    months = wording.two_months(*review.periods)
    return {
        "title": _title(evidence),
        "contract": wording.say("page.contract", contract=terms["contract"]),
        "intro": wording.say("page.intro", months=months),
        "state": _state_sentence(evidence),
        "months": [_month(evidence, period) for period in review.periods],
        "versions": list(_versions(evidence)),
        "signatures": list(_signatures(evidence, signatories)),
        "complete_through": wording.through(terms["complete_through"]),
        "units": wording.say("page.units", currency=wording.currency_name(), place=wording.place()),
    }


def _title(evidence: Evidence) -> str:
    return evidence.wording.say("page.title", months=evidence.wording.two_months(*evidence.review.periods))


def _state_sentence(evidence: Evidence) -> str:
    wording = evidence.wording
    if evidence.is_final:
        return wording.say("page.final")
    if not evidence.is_over:
        return wording.say("page.provisional_running")
    pending = sum(row["pending"] or 0 for row in evidence.commitments)
    return wording.say("page.provisional_pending", count=pending, pending=wording.number(pending))


def _month(evidence: Evidence, period: date) -> str:
    wording = evidence.wording
    found = [month for month in evidence.months if month["period"] == period]
    state = "to_come" if not found else "over" if found[0]["is_over"] else "running"
    return wording.say(f"page.month_{state}", month=wording.month_and_year(period))


def _versions(evidence: Evidence) -> Iterable[str]:
    wording = evidence.wording
    versions = {month["contract_version"]: month for month in evidence.months}
    for version, terms in versions.items():
        yield wording.say("page.version", version=version, day=wording.day(terms["effective_date"]))


def _signatures(evidence: Evidence, signatories: Sequence[Signatory]) -> Iterable[str]:
    wording = evidence.wording
    versions = sorted({month["contract_version"] for month in evidence.months})
    named = {
        (person.contract_version, person.department, person.role, person.signed_on): person.name
        for person in signatories
    }
    for row in evidence.rows("signatures"):
        key = (row["contract_version"], row["department"], row["role"], row["signed_date"])
        name = "page.signature" if key in named else "page.signature_without_name"
        signature = wording.say(
            name,
            name=named.get(key, ""),
            role=row["role"],
            department=wording.say(f"department.{row['department']}"),
            day=wording.day(row["signed_date"]),
        )
        if len(versions) > 1:
            signature = wording.say(
                "page.signature_of_version", version=row["contract_version"], signature=signature
            )
        yield signature


def _glossary(evidence: Evidence) -> list[tuple[str, str]]:
    """The words a reader needs, with the contract's own terms."""
    wording, terms = evidence.wording, evidence.latest_terms
    threshold = terms["threshold"]
    scored = terms["basis"] == "scored" and threshold is not None
    meanings = {
        "mql": wording.say(
            "glossary.mql_scored" if scored else "glossary.mql_declared",
            threshold=wording.about(float(threshold)) if scored else "",
        )
    }
    return [
        (wording.say(f"term.{name}"), meanings.get(name) or wording.say(f"glossary.{name}"))
        for name in GLOSSARY
    ]
