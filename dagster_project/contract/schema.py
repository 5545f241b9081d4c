"""The shape of a contract version: one model a block, every key known, every value of its kind.

What belongs here: what can be said about one value alone. What needs two values (a minimum above
its maximum, a doubled id, a metric without its definition) is in `consistency`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from .fields import (
    ActivityType,
    AttributeName,
    Basis,
    Bound,
    BusinessDaysPromise,
    BusinessHoursPromise,
    ClockInterval,
    Count,
    CountOrZero,
    CountryCode,
    CurrencyCode,
    Day,
    DaysOrZero,
    DaysPromise,
    Department,
    FirstOfMonth,
    Identifier,
    Interval,
    Language,
    Metric,
    OptionalText,
    Phrase,
    Points,
    SqlCondition,
    Targets,
    Text,
    Threshold,
    TimeZoneName,
    TouchType,
    VersionNumber,
    WindowDays,
)
from .words import DEPARTMENTS, WEEKDAYS


class Block(BaseModel):
    """A block of keys: an unknown key is refused, nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Signature(Block):
    department: Department
    name: Text
    role: OptionalText = None
    signed_on: Day


class Holidays(Block):
    country: CountryCode = None
    subdivision: OptionalText = None
    add: list[Day] = []
    remove: list[Day] = []


class BusinessHours(Block):
    monday: list[Interval] = []
    tuesday: list[Interval] = []
    wednesday: list[Interval] = []
    thursday: list[Interval] = []
    friday: list[Interval] = []
    saturday: list[Interval] = []
    sunday: list[Interval] = []
    holidays: Holidays = Holidays()

    def on_weekday(self, weekday: int) -> list[ClockInterval]:
        """The opening hours of a weekday, Monday being 0."""
        intervals: list[ClockInterval] = getattr(self, WEEKDAYS[weekday])
        return intervals


class Criterion(Block):
    attribute: AttributeName
    one_of: Annotated[list[Text], Field(min_length=1)] | None = None
    has_phrase: Annotated[list[Phrase], Field(min_length=1)] | None = None
    at_least: Bound | None = None
    at_most: Bound | None = None


class FitRule(Criterion):
    id: Identifier
    points: Points


class TouchFilter(Block):
    touch_type: Annotated[list[TouchType], Field(min_length=1)] | None = None
    content_type: Annotated[list[Text], Field(min_length=1)] | None = None


class EngagementRule(TouchFilter):
    id: Identifier
    points: Points
    max_count: Count | None = None
    window_days: WindowDays | None = None


class Trigger(TouchFilter):
    id: Identifier
    at_least: Count = 1


class Mql(Block):
    basis: Basis
    threshold: Threshold | None = None
    required: list[Criterion] = []
    fit: list[FitRule] = []
    engagement: list[EngagementRule] = []
    requalify_after_days: DaysOrZero = Decimal(0)


class Handoff(Block):
    triggers: list[Trigger] = []
    within_business_hours: BusinessHoursPromise | None = None


class LeadStatuses(Block):
    accepted: list[Text] = []
    rejected: list[Text] = []
    recycled: list[Text] = []
    qualified: list[Text] = []


class CadenceStep(Block):
    activity: Annotated[list[ActivityType], Field(min_length=1)] | None = None
    at_least: Count = 1
    within_business_days: BusinessDaysPromise


class NoContact(Block):
    after_attempts: Count
    recycle_within_business_days: BusinessDaysPromise


class FollowUp(Block):
    first_attempt_within_business_hours: BusinessHoursPromise | None = None
    cadence: list[CadenceStep] = []
    disposition_within_business_hours: BusinessHoursPromise | None = None
    no_contact: NoContact | None = None


class Sql(Block):
    all_of: Annotated[list[SqlCondition], Field(min_length=1)] | None = None
    any_of: Annotated[list[SqlCondition], Field(min_length=1)] | None = None
    within_days: DaysPromise


class ConversionPromise(Block):
    within_days: DaysPromise


class CapacityRange(Block):
    min: CountOrZero
    max: CountOrZero


class CapacityOverride(CapacityRange):
    rep: Identifier


class Capacity(Block):
    per_rep: CapacityRange
    overrides: list[CapacityOverride] = []


class Plan(Block):
    revenue_goal: Targets | None = None
    marketing_budget: Targets | None = None
    lookback_periods: Count | None = None


class Commitment(Block):
    id: Identifier
    owner: Department
    metric: Metric
    at_least: Targets | None = None
    at_most: Targets | None = None

    @property
    def comparison(self) -> str:
        return "at_least" if self.at_least is not None else "at_most"

    @property
    def targets(self) -> dict[str, Decimal]:
        """`default` and months (`YYYY-MM`) → target."""
        return self.at_least or self.at_most or {}


class ContractVersion(Block):
    """One file of the contracts folder, valid in itself."""

    contract: Identifier
    version: VersionNumber
    effective_from: FirstOfMonth
    timezone: TimeZoneName
    currency: CurrencyCode
    language: Language = "en"
    signed_by: list[Signature]
    business_hours: BusinessHours
    mql: Mql
    handoff: Handoff = Handoff()
    lead_statuses: LeadStatuses = LeadStatuses()
    follow_up: FollowUp = FollowUp()
    sql: Sql | None = None
    opportunity: ConversionPromise | None = None
    customer: ConversionPromise | None = None
    capacity: Capacity | None = None
    plan: Plan | None = None
    commitments: list[Commitment] = []

    @property
    def is_signed(self) -> bool:
        """Whether both departments have signed; otherwise the version is a draft."""
        return {signature.department for signature in self.signed_by} == set(DEPARTMENTS)

    @property
    def signed_on(self) -> date | None:
        """The date of the latest signature; None for a draft."""
        return max(signature.signed_on for signature in self.signed_by) if self.is_signed else None
