"""A digest: the news of one run for one audience, as a title and a text that any channel can carry.

What belongs here: the order and the length of a digest. What doesn't: its words, which are in `strings/`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dagster_project.alerts.facts import Fact
from dagster_project.alerts.wording import Wording

# The gravest first. A status that is told is one of these.
STATUSES = ("missed", "at_risk", "met")
MOST_DUE = 20
LONGEST_REASON = 1000


@dataclass(frozen=True)
class Digest:
    """What is sent: plain text, without personal data."""

    title: str
    text: str


def digest_of(
    news: Sequence[Fact],
    contract: str,
    wording: Wording,
    units: Mapping[str, str],
    names: Mapping[str, str],
) -> Digest | None:
    """The digest of some news, or None when there is none.

    `units` gives each metric's unit (share, money or count), `names` its name and each obligation's in words.
    """
    parts = [
        part
        for part in (
            _failures(news, wording),
            _late(news, wording),
            _statuses(news, wording, units, names),
            _due(news, wording, names),
        )
        if part
    ]
    if not parts:
        return None
    return Digest(
        title=wording.say("digest.title", contract=contract), text="\n\n".join("\n".join(p) for p in parts)
    )


def _of_kind(news: Iterable[Fact], kind: str) -> list[Fact]:
    return [fact for fact in news if fact.kind == kind]


def _failures(news: Sequence[Fact], wording: Wording) -> list[str]:
    lines = [
        wording.say("run.check", sentence=fact.values["sentence"], check=fact.values["check_id"])
        for fact in _of_kind(news, "check")
    ]
    if lines:
        lines.insert(0, wording.say("run.blocked", count=len(lines)))
    lines += [
        wording.say("run.failed", reason=fact.values["reason"][:LONGEST_REASON])
        for fact in _of_kind(news, "run")
    ]
    return lines


def _late(news: Sequence[Fact], wording: Wording) -> list[str]:
    late = _of_kind(news, "late")
    lines = [
        wording.say("late.line", place=fact.values["place"], day=wording.day(fact.values["day"]))
        for fact in late
    ]
    if late and late[0].values["through"] is not None:
        lines.append(wording.say("late.through", through=wording.moment(late[0].values["through"])))
    return lines


def _statuses(
    news: Sequence[Fact], wording: Wording, units: Mapping[str, str], names: Mapping[str, str]
) -> list[str]:
    facts = sorted(
        (fact for fact in _of_kind(news, "status") if fact.state in STATUSES),
        key=lambda fact: (STATUSES.index(fact.state), fact.subject),
    )
    lines = []
    for fact in facts:
        row = fact.values
        unit = units[row["metric"]]
        how = "status" if row["actual"] is not None else "status_without_actual"
        lines.append(
            wording.say(
                f"{how}.{fact.state}",
                name=names[row["metric"]],
                commitment=row["commitment_id"],
                month=wording.month_and_year(row["period"]),
                actual="" if row["actual"] is None else wording.figure(row["actual"], unit),
                target=wording.say(f"target.{row['comparison']}", target=wording.figure(row["target"], unit)),
            )
        )
    return lines


def _due(news: Sequence[Fact], wording: Wording, names: Mapping[str, str]) -> list[str]:
    due = _of_kind(news, "due")
    if not due:
        return []
    lines = [wording.say("due.title", count=len(due), number=wording.figure(len(due), "count"))]
    for fact in due[:MOST_DUE]:
        row = fact.values
        lines.append(
            wording.say(
                f"due.{_who(row)}",
                duty=names[row["obligation"]],
                person=row["person_id"] or "",
                rep=row["rep_id"] or "",
                moment=wording.moment(row["due_at"]),
            )
        )
    if len(due) > MOST_DUE:
        more = len(due) - MOST_DUE
        lines.append(wording.say("due.more", count=more, number=wording.figure(more, "count")))
    return lines


def _who(row: Mapping[str, object]) -> str:
    if row["person_id"] is None:
        return "of_rep"
    return "of_person_and_rep" if row["rep_id"] is not None else "of_person"
