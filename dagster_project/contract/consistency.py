"""What must hold between the values of a contract version, and between the versions of a folder.

These checks read the values as they are in the file, not the validated models, so that they run
(and report) even where other parts of the file are wrong. A value of the wrong kind is skipped
here: `schema` has already refused it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dagster_project.strict_yaml import NOTHING, KeyPath, Problem, YamlFile, describe, key_path_text, shown

from .fields import ClockInterval, holiday_countries, parse_clock_interval
from .words import (
    DEFINITION_OF_METRIC,
    DEPARTMENTS,
    SHARES,
    STATUS_GROUPS,
    STATUSES_OF_SQL_CONDITION,
    WEEKDAYS,
    matching_form,
    salesforce_id_form,
)

# A share can't exceed 1. A target slightly above is a promise that can only be missed (or, as an
# at_most, only be kept): signed or not, that is for the departments to notice, so it is a warning.
# From here on it is surely a percentage, or a slip.
IMPOSSIBLE_SHARE = Decimal("1.5")


@dataclass(frozen=True)
class Finding:
    """A problem that refuses the contract, or a warning that doesn't."""

    problem: Problem
    is_warning: bool = False


def block_at(values: object, *path: str | int) -> dict[str, object]:
    """The block at a path, empty where there is none."""
    found = value_at(values, *path)
    return found if isinstance(found, dict) else {}


def value_at(values: object, *path: str | int) -> object:
    """The value at a path, None where there is none."""
    for part in path:
        if isinstance(part, str) and isinstance(values, dict):
            values = values.get(part)
        elif isinstance(part, int) and isinstance(values, list) and part < len(values):
            values = values[part]
        else:
            return None
    return values


def entries_at(values: object, *path: str) -> Iterator[tuple[KeyPath, dict[str, object]]]:
    """(path, block) of each entry of a list of blocks."""
    found = value_at(values, *path)
    for index, entry in enumerate(found if isinstance(found, list) else []):
        if isinstance(entry, dict):
            yield (*path, index), entry


def texts_at(values: object, *path: str | int) -> list[str]:
    found = value_at(values, *path)
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []


def number(value: object) -> Decimal | None:
    """An exact number, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    exact = Decimal(value)
    return exact if exact.is_finite() else None


def check_file(file: YamlFile) -> Iterator[Finding]:
    """Everything that must hold within one version's file."""
    for check in CHECKS_OF_A_FILE:
        yield from check(file)


# ---------------------------------------------------------------- within a file


def _nothing_written(file: YamlFile) -> Iterator[Finding]:
    """A key without a value reads as nothing: refused, since it may be half a thought."""
    allowed = {
        ("business_hours", "holidays", "country"),
        ("business_hours", "holidays", "subdivision"),
    }

    def nothings(value: object, path: KeyPath) -> Iterator[KeyPath]:
        if value is None:
            yield path
        elif isinstance(value, dict):
            for key, inner in value.items():
                yield from nothings(inner, (*path, key))
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                yield from nothings(inner, (*path, index))

    for path in nothings(file.values, ()):
        if path not in allowed and path[-1] != "role":
            hint = "leave the key out, or write [] where a list is meant"
            yield Finding(file.problem(path, NOTHING, "a value", hint))


def _doubled(
    file: YamlFile, named: Iterable[tuple[KeyPath, object]], what: str, form: Callable[[str], str] = str.strip
) -> Iterator[Finding]:
    first: dict[str, KeyPath] = {}
    for path, value in named:
        if not isinstance(value, str) or not value.strip():
            continue
        if form(value) in first:
            earlier = key_path_text(first[form(value)])
            found = f"{describe(value)}, which {earlier} has too"
            yield Finding(file.problem(path, found, f"each {what} once", "give it another name"))
        else:
            first[form(value)] = path


def _doubled_ids(file: YamlFile) -> Iterator[Finding]:
    for what, lists in (
        ("rule id of fit and engagement", (("mql", "fit"), ("mql", "engagement"))),
        ("trigger id", (("handoff", "triggers"),)),
        ("commitment id", (("commitments",),)),
    ):
        named = [
            ((*path, "id"), entry.get("id"))
            for each in lists
            for path, entry in entries_at(file.values, *each)
        ]
        yield from _doubled(file, named, what)
    reps = [
        ((*path, "rep"), entry.get("rep")) for path, entry in entries_at(file.values, "capacity", "overrides")
    ]
    yield from _doubled(file, reps, "rep", lambda rep: salesforce_id_form(rep.strip()))


def _business_hours(file: YamlFile) -> Iterator[Finding]:
    hours = block_at(file.values, "business_hours")
    any_text = False
    for weekday in WEEKDAYS:
        read: list[tuple[int, str, ClockInterval]] = []
        for index, text in enumerate(texts_at(hours, weekday)):
            any_text = True
            interval = parse_clock_interval(text)
            if interval and interval.opens_minute < interval.closes_minute:
                read.append((index, text, interval))
        for place, (index, text, interval) in enumerate(read):
            for _, earlier_text, earlier in read[:place]:
                if (
                    interval.opens_minute < earlier.closes_minute
                    and earlier.opens_minute < interval.closes_minute
                ):
                    place_in_file = ("business_hours", weekday, index)
                    found = f'"{text}", which overlaps "{earlier_text}"'
                    yield Finding(file.problem(place_in_file, found, "hours that don't overlap"))
                    break
    written = any(value_at(hours, weekday) not in (None, []) for weekday in WEEKDAYS)
    if isinstance(file.values.get("business_hours"), dict) and not any_text and not written:
        expected = "opening hours on at least one day of the week"
        yield Finding(
            file.problem(("business_hours",), "no opening hours", expected, 'monday: ["09:00-17:00"]')
        )

    holidays = block_at(hours, "holidays")
    country, subdivision = holidays.get("country"), holidays.get("subdivision")
    path = ("business_hours", "holidays", "subdivision")
    if isinstance(subdivision, str):
        if country is None:
            yield Finding(file.problem(path, describe(subdivision), "a country beside a subdivision"))
        elif isinstance(country, str) and country in holiday_countries():
            known = holiday_countries()[country]
            if subdivision.strip() not in known:
                expected = f"a subdivision of {country}: {', '.join(known) or 'it has none'}"
                yield Finding(file.problem(path, describe(subdivision), expected))


def _mql(file: YamlFile) -> Iterator[Finding]:
    mql = block_at(file.values, "mql")
    basis = mql.get("basis")
    if isinstance(basis, str) and matching_form(basis) == "scored" and "threshold" not in mql:
        hint = "add it, or write basis: declared"
        yield Finding(
            file.problem(("mql", "threshold"), NOTHING, "a threshold, since the basis is scored", hint)
        )
    for part in ("required", "fit"):
        for path, rule in entries_at(file.values, "mql", part):
            if not {"one_of", "has_phrase", "at_least", "at_most"} & rule.keys():
                expected = "at least one of one_of, has_phrase, at_least, at_most"
                yield Finding(file.problem(path, "a rule that says nothing of its attribute", expected))
            yield from _minimum_above_maximum(file, path, rule, "at_least", "at_most")


def _minimum_above_maximum(
    file: YamlFile, path: KeyPath, block: dict[str, object], minimum: str, maximum: str
) -> Iterator[Finding]:
    low, high = number(block.get(minimum)), number(block.get(maximum))
    if low is not None and high is not None and low > high:
        yield Finding(
            file.problem(
                (*path, minimum),
                f"{minimum} {shown(str(low))} above {maximum} {shown(str(high))}",
                f"at most {shown(str(high))}",
            )
        )


def _statuses(file: YamlFile) -> Iterator[Finding]:
    groups = block_at(file.values, "lead_statuses")
    placed: dict[str, list[str]] = {}
    for group in STATUS_GROUPS:
        for index, status in enumerate(texts_at(groups, group)):
            others = [other for other in placed.get(matching_form(status), []) if other != group]
            # A qualified lead is an accepted one too; any other two groups contradict each other.
            contradicted = [other for other in others if {other, group} != {"accepted", "qualified"}]
            if contradicted:
                found = f"{describe(status)}, which is in {' and '.join(contradicted)} too"
                expected = "a status in one group (or in accepted and qualified)"
                yield Finding(file.problem(("lead_statuses", group, index), found, expected))
            placed.setdefault(matching_form(status), []).append(group)

    if value_at(file.values, "follow_up", "no_contact") is not None and not groups.get("recycled"):
        expected = "at least one recycled status, since follow_up.no_contact promises to recycle"
        yield Finding(file.problem(("lead_statuses", "recycled"), NOTHING, expected))


def _sql(file: YamlFile) -> Iterator[Finding]:
    sql = block_at(file.values, "sql")
    if not sql:
        return
    named = [key for key in ("all_of", "any_of") if key in sql]
    if len(named) != 1:
        found = "both all_of and any_of" if named else "neither all_of nor any_of"
        yield Finding(file.problem(("sql",), found, "one of all_of, any_of"))
    groups = block_at(file.values, "lead_statuses")
    for key in named:
        for index, condition in enumerate(texts_at(sql, key)):
            group = STATUSES_OF_SQL_CONDITION.get(matching_form(condition))
            if group and not groups.get(group):
                expected = f"at least one status in lead_statuses.{group}, which the condition reads"
                yield Finding(file.problem(("sql", key, index), f"the condition {condition}", expected))


def _capacity(file: YamlFile) -> Iterator[Finding]:
    per_rep = block_at(file.values, "capacity", "per_rep")
    yield from _minimum_above_maximum(file, ("capacity", "per_rep"), per_rep, "min", "max")
    for path, override in entries_at(file.values, "capacity", "overrides"):
        yield from _minimum_above_maximum(file, path, override, "min", "max")


def _is_defined(values: dict[str, object], definition: tuple[str, ...]) -> bool:
    return value_at(values, *definition) not in (None, [])


def _commitments(file: YamlFile) -> Iterator[Finding]:
    for path, commitment in entries_at(file.values, "commitments"):
        written = commitment.get("metric")
        metric = matching_form(written) if isinstance(written, str) else ""
        definition = DEFINITION_OF_METRIC.get(metric)
        if definition and not _is_defined(file.values, definition):
            expected = f"the block {'.'.join(definition)}, which defines what is owed"
            hint = f"add {'.'.join(definition)}, or take the commitment out"
            yield Finding(file.problem((*path, "metric"), f"{metric} without its definition", expected, hint))

        named = [key for key in ("at_least", "at_most") if key in commitment]
        if len(named) != 1:
            found = "both at_least and at_most" if named else "neither at_least nor at_most"
            yield Finding(file.problem(path, found, "one of at_least, at_most"))
        for key in named:
            yield from _targets(file, (*path, key), commitment[key], metric in SHARES)
    for item in ("revenue_goal", "marketing_budget"):
        goal = value_at(file.values, "plan", item)
        if goal is not None:
            yield from _targets(file, ("plan", item), goal, is_share=False)


def _targets(file: YamlFile, path: KeyPath, targets: object, is_share: bool) -> Iterator[Finding]:
    if targets == {}:
        yield Finding(file.problem(path, "no target", "a number, or `default` and months"))
    each = targets.items() if isinstance(targets, dict) else [(None, targets)]
    for key, target in each:
        share = number(target)
        if not is_share or share is None or share <= 1:
            continue
        place = (*path, key) if key is not None else path
        problem = file.problem(
            place, describe(target), "a share from 0 to 1", "write 0.95 for 95 %; no share exceeds 1"
        )
        yield Finding(problem, is_warning=share < IMPOSSIBLE_SHARE)


CHECKS_OF_A_FILE: tuple[Callable[[YamlFile], Iterator[Finding]], ...] = (
    _nothing_written,
    _doubled_ids,
    _business_hours,
    _mql,
    _statuses,
    _sql,
    _capacity,
    _commitments,
)


# ---------------------------------------------------------------- between files


def _is_signed(file: YamlFile) -> bool:
    departments = {
        matching_form(department)
        for _, signature in entries_at(file.values, "signed_by")
        if isinstance(department := signature.get("department"), str)
    }
    return departments >= set(DEPARTMENTS)


def check_folder(files: list[YamlFile]) -> Iterator[Finding]:
    """One contract, one time zone, one currency; each version once; each month begins one signed version."""
    for key, what in (
        ("contract", "one contract"),
        ("timezone", "one time zone"),
        ("currency", "one currency"),
    ):
        named = [(file, text.strip()) for file in files if isinstance(text := file.values.get(key), str)]
        for file, text in named[1:]:
            first_file, first_text = named[0]
            if text != first_text:
                expected = f'"{shown(first_text)}", as in {first_file.name}: {what} in a folder'
                yield Finding(file.problem((key,), describe(text), expected))

    first_with: dict[tuple[str, object], YamlFile] = {}
    for file in files:
        version, effective_from = file.values.get("version"), file.values.get("effective_from")
        if isinstance(effective_from, str):
            try:
                effective_from = date.fromisoformat(effective_from.strip())
            except ValueError:
                effective_from = None
        if number(version) is not None:
            earlier = first_with.setdefault(("version", version), file)
            if earlier is not file:
                yield Finding(
                    file.problem(
                        ("version",),
                        f"version {shown(str(version))}, as in {earlier.name}",
                        "each version once",
                    )
                )
        # Drafts may begin with a signed version's month, or each other's: none is in force.
        if isinstance(effective_from, date) and _is_signed(file):
            earlier = first_with.setdefault(("effective_from", effective_from), file)
            if earlier is not file:
                found = f"{describe(effective_from)}, as in {earlier.name}"
                expected = "one signed version for a month to begin with"
                yield Finding(file.problem(("effective_from",), found, expected))
