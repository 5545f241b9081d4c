"""What was owed because of each MQL, and of each rep in each period (domain.md §8)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from .civil import DAY, local_date, midnight, month_after
from .contract import Contracts, Version, folded
from .funnel import Mql, earliest
from .people import People
from .read import Row

BY_DAYS = ("cadence", "no_contact", "rep_load")  # done and due in business days: due_at <= W has passed


@dataclass
class Obligation:
    """One row of `fct_obligations`; person and cycle are null for `rep_load`, the rep for `handoff`."""

    obligation: str
    person_id: str | None
    cycle: int | None
    rep_id: str | None
    period: date
    owner: str
    version: Version
    started_at: datetime
    due_at: datetime
    done_at: datetime | None
    outcome: str

    def has_passed(self, complete_through: datetime) -> bool:
        """§9 `due`: whether the deadline has passed."""
        if self.obligation in BY_DAYS:
            return self.due_at <= complete_through
        return self.due_at < complete_through


@dataclass(frozen=True)
class Period:
    """A calendar month in the contract's time zone, with the version in force at its start."""

    first_day: date
    starts_at: datetime
    ends_at: datetime
    version: Version

    @property
    def days(self) -> list[date]:
        """Its local dates."""
        return [self.first_day + n * DAY for n in range((month_after(self.first_day) - self.first_day).days)]


def periods_of(contracts: Contracts, complete_through: datetime) -> list[Period]:
    """§9: the periods from the first signed version's that start before W."""
    found = []
    day = contracts.versions[0].effective_from
    while midnight(day, contracts.zone) < complete_through:
        starts_at = midnight(day, contracts.zone)
        version = contracts.in_force(starts_at)
        assert version is not None
        found.append(Period(day, starts_at, midnight(month_after(day), contracts.zone), version))
        day = month_after(day)
    return found


def _outcome(*, on_time: bool, passed: bool) -> str:
    if on_time:
        return "met"
    return "breached" if passed else "pending"


class _Maker:
    """Makes the obligations of one MQL."""

    def __init__(self, mql: Mql, contracts: Contracts, complete_through: datetime) -> None:
        self.mql, self.contracts, self.complete_through = mql, contracts, complete_through
        self.found: list[Obligation] = []

    def add(
        self,
        name: str,
        start: datetime,
        due: datetime,
        done: datetime | None,
        outcome: str,
        version: Version,
    ) -> None:
        is_handoff = name == "handoff"
        self.found.append(
            Obligation(
                obligation=name,
                person_id=self.mql.person.person_id,
                cycle=self.mql.cycle,
                rep_id=None if is_handoff else self.mql.rep_id,
                period=local_date(start, self.contracts.zone).replace(day=1),
                owner="marketing" if is_handoff else "sales",
                version=version,
                started_at=start,
                due_at=due,
                done_at=done,
                outcome=outcome,
            )
        )

    def by_instant(
        self, name: str, start: datetime, due: datetime, done: datetime | None, version: Version
    ) -> None:
        """§2.4, §2.5: business hours and plain days: on time ⇔ done_at <= due_at, passed ⇔ due_at < W."""
        on_time = done is not None and done <= due
        outcome = _outcome(on_time=on_time, passed=due < self.complete_through)
        self.add(name, start, due, done, outcome, version)

    def handoff(self) -> None:
        mql = self.mql
        start = earliest(mql.ready_at, mql.handed_off_at)
        version = self.contracts.in_force(start) if start else None
        if start is None or version is None or version.handoff_hours is None:
            return
        due = version.calendar.due_after_hours(start, version.handoff_hours)
        self.by_instant("handoff", start, due, mql.handed_off_at, version)

    def after_handoff(self) -> None:
        mql, version, start = self.mql, self.mql.handoff_version, self.mql.handed_off_at
        if start is None or version is None:
            return
        if version.first_attempt_hours is not None:
            due = version.calendar.due_after_hours(start, version.first_attempt_hours)
            self.by_instant(
                "first_attempt", start, due, earliest(mql.first_attempt_at, mql.stopped_at), version
            )
        if version.cadence:
            self.cadence(start, version)
        if version.disposition_hours is not None:
            due = version.calendar.due_after_hours(start, version.disposition_hours)
            done = earliest(mql.disposition_at, mql.recycled_at)
            self.by_instant("disposition", start, due, done, version)
        self.no_contact(version)
        for name, days, done in (
            ("sql", version.sql.get("within_days") if version.sql else None, mql.sql_at),
            ("opportunity", version.opportunity_days, mql.opportunity_at),
            ("customer", version.customer_days, mql.won_at),
        ):
            if days is not None:
                self.by_instant(name, start, start + timedelta(hours=24 * days), done, version)

    def cadence(self, start: datetime, version: Version) -> None:
        steps = []
        for step in version.cadence:
            matching = [
                row["occurred_at"]
                for row in self.mql.attempts
                if step.activity is None or folded(row["activity_type"]) in step.activity
            ]
            nth = matching[step.at_least - 1] if len(matching) >= step.at_least else None
            due = version.calendar.due_after_days(start, step.within_business_days)
            steps.append((earliest(nth, self.mql.stopped_at), due))
        dones = [done for done, _ in steps if done is not None]
        missed = [(done is None or done >= due) and due <= self.complete_through for done, due in steps]
        on_time = all(done is not None and done < due for done, due in steps)
        self.add(
            "cadence",
            start,
            max(due for _, due in steps),
            max(dones) if len(dones) == len(steps) else None,
            _outcome(on_time=on_time, passed=any(missed)),
            version,
        )

    def no_contact(self, version: Version) -> None:
        mql = self.mql
        if version.no_contact is None:
            return
        wanted = version.no_contact["after_attempts"]
        if mql.recycled_at is not None:
            made = sum(row["occurred_at"] <= mql.recycled_at for row in mql.attempts)
            stopped = mql.stopped_at is not None and mql.stopped_at <= mql.recycled_at
            if made < wanted and not stopped:
                # Given back too early: one obligation, and no other.
                at_start = self.contracts.in_force(mql.recycled_at)
                if at_start is not None and at_start.no_contact is not None:
                    moment = mql.recycled_at
                    self.add("no_contact", moment, moment, moment, "breached", at_start)
                return
        if len(mql.attempts) < wanted:
            return
        start = mql.attempts[wanted - 1]["occurred_at"]
        if mql.stopped_at is not None and mql.stopped_at <= start:
            return
        at_start = self.contracts.in_force(start)
        if at_start is None or at_start.no_contact is None:
            return
        due = at_start.calendar.due_after_days(start, at_start.no_contact["recycle_within_business_days"])
        done = earliest(mql.recycled_at, mql.stopped_at)
        outcome = _outcome(on_time=done is not None and done < due, passed=due <= self.complete_through)
        self.add("no_contact", start, due, done, outcome, at_start)


def obligations_of(mql: Mql, contracts: Contracts, complete_through: datetime) -> list[Obligation]:
    """Every obligation of one MQL."""
    maker = _Maker(mql, contracts, complete_through)
    maker.handoff()
    maker.after_handoff()
    return maker.found


def is_active_on(user: Row, day: date, contracts: Contracts) -> bool:
    """§8 rep_load: from `started_on` to `ended_on`, both included; `ended_on` overrides `is_active`."""
    if user["started_on"] is not None and day < user["started_on"]:
        return False
    if user["ended_on"] is not None:
        return bool(day <= user["ended_on"])
    if user["is_active"] is False:
        # Until the local date of the record's updated_at, or never where that is null.
        return user["updated_at"] is not None and day <= local_date(user["updated_at"], contracts.zone)
    return True


def capacity_of(user: Row, period: Period, contracts: Contracts) -> tuple[int, int]:
    """§8 rep_load: min and max, by the share of the period's business days; not active at all: 0 and 0."""
    low, high = period.version.limits(user["user_id"])
    active = [day for day in period.days if is_active_on(user, day, contracts)]
    if len(active) == len(period.days):
        return low, high
    business = [day for day in period.days if period.version.calendar.is_business_day(day)]
    if not active or not business:
        return 0, 0
    share = Fraction(sum(day in active for day in business), len(business))
    return math.floor(low * share), math.ceil(high * share)


def rep_loads(
    mqls: list[Mql], people: People, periods: list[Period], contracts: Contracts, complete_through: datetime
) -> list[Obligation]:
    """§8 rep_load: one per rep who was active on a business day of the period, or received an MQL in it."""
    found = []
    for period in periods:
        if period.version.capacity is None:
            continue
        for user_id, user in people.users.items():
            if not people.is_rep(user_id):
                continue
            received = sum(
                mql.rep_id == user_id
                and mql.handed_off_at is not None
                and period.starts_at <= mql.handed_off_at < period.ends_at
                for mql in mqls
            )
            was_active = any(
                is_active_on(user, day, contracts)
                for day in period.days
                if period.version.calendar.is_business_day(day)
            )
            if not was_active and not received:
                continue
            low, high = capacity_of(user, period, contracts)
            is_over = period.ends_at <= complete_through
            if received > high:
                outcome = "breached"
            elif not is_over:
                outcome = "pending"
            else:
                outcome = "met" if low <= received else "breached"
            found.append(
                Obligation(
                    obligation="rep_load",
                    person_id=None,
                    cycle=None,
                    rep_id=user_id,
                    period=period.first_day,
                    owner="sales",
                    version=period.version,
                    started_at=period.starts_at,
                    due_at=period.ends_at,
                    done_at=period.ends_at if is_over else None,
                    outcome=outcome,
                )
            )
    return found
