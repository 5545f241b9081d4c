"""What a deployment decides about its checks: severities, thresholds, and the few facts that the build doesn't hold."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from .checks import Check, Severity, Suite, Threshold, literal

Overrides = Mapping[str, Mapping[str, object]]


class CheckSettingsErrors(ValueError):
    """All that is wrong in the settings of checks, at once; `str()` is the whole message for the user."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "\n".join(["The settings of the data checks can't be used:", *(f"  {p}" for p in problems)])
        )


@dataclass(frozen=True, kw_only=True)
class CheckSettings:
    """The facts a run of checks needs beside the warehouse.

    `now` (naive UTC) is only seen by warnings. `quarantine_limits` gives each source's `max_quarantined_share`.
    `published_deliveries` is the Parquet file of the last publication's `extract_ledger`: what it lists has been
    published; None when nothing was. `overrides` changes severity or threshold of a check by its id.
    """

    now: datetime
    quarantine_limits: Mapping[str, Threshold | float] = field(default_factory=dict)
    published_deliveries: Path | None = None
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
            if self.published_deliveries is None
            else "select source, object, extract_date, part, delivery "
            f"from read_parquet({literal(str(self.published_deliveries))})"
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
    known = {check.id: check for suite in suites for check in suite.checks}
    problems = [problem for key, values in overrides.items() for problem in _problems(key, values, known)]
    if any(key not in known for key in overrides):
        problems.append(f"The checks are: {', '.join(sorted(known))}.")
    if problems:
        raise CheckSettingsErrors(problems)


def _problems(key: str, values: object, known: Mapping[str, Check]) -> list[str]:
    check = known.get(key)
    if check is None:
        near = difflib.get_close_matches(str(key), known, n=1)
        return [f"checks.{key}: there is no such check." + (f" Is {near[0]} meant?" if near else "")]
    if not isinstance(values, Mapping) or not values:
        return [f"checks.{key}: expected a block with `severity`, `threshold` or both."]
    problems = []
    for name, value in values.items():
        place = f"checks.{key}.{name}"
        if name == "severity":
            if value not in tuple(Severity):
                problems.append(f"{place}: found {_shown(value)}, expected error or warning.")
        elif name == "threshold":
            problem = check.fixed_because or _threshold_problem(check, value)
            if problem:
                problems.append(f"{place}: {problem}")
        else:
            problems.append(f"{place}: there is no such setting; expected severity or threshold.")
    return problems


def _threshold_problem(check: Check, value: object) -> str | None:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float | Decimal)
        or not Decimal(str(value)).is_finite()
    ):
        return f"found {_shown(value)}, expected a number (by default: {check.threshold_text})."
    if check.is_share and not 0 <= value <= 1:
        return f"found {_shown(value)}, expected a share of the rows from 0 to 1 (as 0.05)."
    return f"found {_shown(value)}, expected a number that is not negative." if value < 0 else None


def apply_overrides(suite: Suite, overrides: Overrides) -> Suite:
    """The suite as a deployment wants it; `overrides` are those that `check_overrides` lets pass."""
    return replace(
        suite, checks=tuple(_overridden(check, overrides.get(check.id, {})) for check in suite.checks)
    )


def _overridden(check: Check, values: Mapping[str, object]) -> Check:
    severity = Severity(str(values.get("severity", check.severity)))
    threshold = values.get("threshold", check.threshold)
    return replace(check, severity=severity, threshold=Decimal(str(threshold)))


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        return str(value)
    return f'the text "{value}"' if isinstance(value, str) else f"a {type(value).__name__}"
