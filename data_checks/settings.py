"""What a deployment decides about its checks: severities, thresholds, and the few facts that the build doesn't hold."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from .checks import Check, Severity, Suite, Threshold, literal

Overrides = Mapping[str, Mapping[str, object]]


class SettingsProblem(NamedTuple):
    """One thing to put right in the settings: its place under `checks`, what was found, what is expected, a hint."""

    path: tuple[str, ...]
    found: str
    expected: str
    hint: str | None = None

    def __str__(self) -> str:
        place = ".".join(("checks", *self.path))
        hint = f" {self.hint[:1].upper()}{self.hint[1:]}" if self.hint else ""
        return f"{place}: found {self.found}, expected {self.expected}.{hint}"


class CheckSettingsErrors(ValueError):
    """All that is wrong in the settings of checks, at once; `str()` is the whole message for the user."""

    def __init__(self, problems: Sequence[SettingsProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "\n".join(["The settings of the data checks can't be used:", *(f"  {p}" for p in problems)])
        )


@dataclass(frozen=True, kw_only=True)
class CheckSettings:
    """The facts a run of checks needs beside the warehouse.

    `now` (naive UTC) is only seen by warnings. `quarantine_limits` gives each source's `max_quarantined_share`.
    `published_deliveries` are Parquet files of deliveries (source, object, extract_date, part, delivery): what any of
    them lists has been published. `overrides` changes severity or threshold of a check by its id.
    """

    now: datetime
    quarantine_limits: Mapping[str, Threshold | float] = field(default_factory=dict)
    published_deliveries: Sequence[Path] = ()
    overrides: Overrides = field(default_factory=dict)
    memory_limit: str | None = None

    def inputs(self) -> dict[str, str]:
        """The queries that stand behind the names which checks may use beside the warehouse's own tables."""
        limits = ", ".join(
            f"({literal(source)}, {Decimal(str(share)):f})"
            for source, share in self.quarantine_limits.items()
        )
        nothing = "select null::varchar as source, null::double as share where false"
        published = (
            "select null::varchar as source, null::varchar as object, null::date as extract_date, "
            "null::varchar as part, null::bigint as delivery where false"
            if not self.published_deliveries
            else "select source, object, extract_date, part, delivery "
            f"from read_parquet([{', '.join(literal(str(path)) for path in self.published_deliveries)}])"
        )
        return {
            "wall_clock": f"select timestamp {literal(self.now.isoformat(sep=' '))} as now_at",
            "quarantine_limits": f"select * from (values {limits}) as t(source, share)"
            if limits
            else nothing,
            "published_deliveries": published,
            "deliveries_in_force": DELIVERIES_IN_FORCE,
        }


DELIVERIES_IN_FORCE = """
select ledger.*
from raw.extract_ledger as ledger
cross join raw.as_of as as_of
where
    (ledger.outcome = 'accepted' or (ledger.outcome = 'erased' and ledger.is_in_force))
    and ledger.source in (select source from raw.sources)
    and (as_of.as_of_date is null or ledger.extract_date <= as_of.as_of_date)
"""


def with_inputs(statement: str, inputs: Mapping[str, str]) -> str:
    """A statement with the queries behind the names it uses."""
    used = [f"{name} as (\n{query}\n)" for name, query in inputs.items() if name in statement]
    return f"with {', '.join(used)}\nselect * from (\n{statement}\n)" if used else statement


def check_overrides(overrides: Overrides, suites: Iterable[Suite]) -> None:
    """Refuse settings of checks that don't exist or can't be so. Raises CheckSettingsErrors with all problems."""
    problems = settings_problems(overrides, suites)
    if problems:
        raise CheckSettingsErrors(problems)


def settings_problems(overrides: object, suites: Iterable[Suite]) -> list[SettingsProblem]:
    """All that is wrong in settings of checks, whatever they are."""
    if not isinstance(overrides, Mapping):
        return [SettingsProblem((), shown(overrides), "a block with one block per check")]
    known = {check.id: check for suite in suites for check in suite.checks}
    return [problem for key, values in overrides.items() for problem in _problems(str(key), values, known)]


def _problems(key: str, values: object, known: Mapping[str, Check]) -> list[SettingsProblem]:
    check = known.get(key)
    if check is None:
        near = difflib.get_close_matches(key, known, n=1)
        hint = f"is `{near[0]}` meant?" if near else "the page published/checks.html lists all checks."
        return [SettingsProblem((key,), f"the key `{key}`", "the name of a check", hint)]
    if not isinstance(values, Mapping) or not values:
        return [SettingsProblem((key,), shown(values), "a block with `severity`, `threshold` or both")]
    problems = []
    for name, value in values.items():
        path = (key, str(name))
        if name == "severity":
            if value not in tuple(Severity):
                problems.append(SettingsProblem(path, shown(value), "error or warning"))
        elif name == "threshold":
            expected = _threshold_expected(check, value)
            if expected is not None:
                problems.append(SettingsProblem(path, shown(value), expected, check.fixed_because))
        else:
            problems.append(SettingsProblem(path, f"the key `{name}`", "severity or threshold"))
    return problems


def _threshold_expected(check: Check, value: object) -> str | None:
    """What a threshold should be instead; None where it can be."""
    if check.fixed_because:
        return "no threshold here"
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float | Decimal)
        or not Decimal(str(value)).is_finite()
    ):
        return f"a number (by default: {check.threshold_text})"
    if check.is_share and not 0 <= value <= 1:
        return "a share of the rows from 0 to 1 (as 0.05)"
    return "a number that is not negative" if value < 0 else None


def apply_overrides(suite: Suite, overrides: Overrides) -> Suite:
    """The suite as a deployment wants it; `overrides` are those that `check_overrides` lets pass."""
    return replace(
        suite, checks=tuple(_overridden(check, overrides.get(check.id, {})) for check in suite.checks)
    )


def _overridden(check: Check, values: Mapping[str, object]) -> Check:
    severity = Severity(str(values.get("severity", check.severity)))
    threshold = values.get("threshold", check.threshold)
    return replace(check, severity=severity, threshold=Decimal(str(threshold)))


def shown(value: object) -> str:
    """A value as the message of a problem says it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, str):
        return f'the text "{value}"'
    return (
        "a list" if isinstance(value, list) else "a block" if isinstance(value, Mapping) else "something else"
    )
