"""Telling the departments: at the end of a run, whichever way it was started, who has to know gets a digest.

Every run of the command line calls `tell_departments` itself; for runs that Dagster launches, two sensors do. Who has
been told by one isn't told again by the other.
"""

# No `from __future__ import annotations`: Dagster reads the annotation of a sensor's context as it stands.

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import dagster as dg
import duckdb

from dagster_project.alerts import (
    Audience,
    Fact,
    FailedCheck,
    LateExtract,
    Recipient,
    Wording,
    check_facts,
    digest_of,
    late_facts,
    news_for,
    published_facts,
    recipients_of,
    run_fact,
    send,
    told_in,
)
from dagster_project.alerts.told import ToldError
from dagster_project.civil_time import local_to_utc
from dagster_project.contract import ContractErrors, Contracts, load_contracts
from dagster_project.defs.automation import refresh_job
from dagster_project.defs.telling import reason_of
from dagster_project.extracts import IncompleteExtracts, SourcesErrors, complete_through, load_sources
from dagster_project.review import finding_sentence
from dagster_project.review.metrics import CONVERSIONS, DUTIES, ORDER, unit_of
from dagster_project.review.wording import Wording as ReviewWording
from dagster_project.settings import ALERTS, Settings
from data_checks import CheckResult, read_results

# The extract of a day is late when its next day is over too.
GRACE = timedelta(days=1)
SECONDS_BETWEEN_LOOKS = 30
CHECKS_LANGUAGE = "en"


def tell_departments(settings: Settings, problems: Sequence[str], now: datetime) -> list[str]:
    """Send each audience what is new to it. `problems` are the reasons why the run failed, none when it didn't.

    Returns what could not be told, a sentence each; none of it makes a run fail. An as-of run tells nobody: what it
    states is known. `now` (UTC) decides only whether an extract is late.
    """
    addresses = {
        Audience(audience): recipients_of(text) for audience, text in settings.alert_addresses.items()
    }
    if settings.as_of is not None or not any(addresses.values()):
        return []
    try:
        contracts: Contracts | None = load_contracts(settings.contracts)
    except ContractErrors:
        contracts = None
    words = _review_words(contracts)
    facts, looked_at = _facts(settings, problems, now, words)
    untold = []
    try:
        with told_in(settings.history / "alerts") as told:
            for audience, recipients in addresses.items():
                mine = [fact for fact in facts if audience in fact.audiences]
                for place, recipient in enumerate(recipients, 1):
                    if _tell(recipient, news_for(mine, told.of(recipient.key)), contracts, words):
                        told.remember(recipient.key, mine, looked_at)
                    else:
                        untold.append(
                            f"The digest for {audience} could not be sent to address {place} of {ALERTS[audience]}. "
                            "The next run tries again."
                        )
    except (ToldError, OSError) as error:
        untold.append(f"Nobody was told: {error}")
    return untold


def _review_words(contracts: Contracts | None) -> ReviewWording:
    """How the review says things, so that a message calls them by the same names."""
    if contracts is None:
        return ReviewWording("en", "USD", "UTC")
    return ReviewWording(contracts.language, contracts.currency, contracts.timezone)


def _tell(
    recipient: Recipient, news: Sequence[Fact], contracts: Contracts | None, words: ReviewWording
) -> bool:
    wording = Wording(words.language, words.currency, words.timezone)
    names = {metric: words.say(f"metric.{metric}") for metric in ORDER}
    names |= {obligation: words.say(f"duty.{obligation}") for obligation in (*DUTIES, *CONVERSIONS)}
    digest = digest_of(
        news,
        contracts.contract if contracts else "",
        wording,
        {metric: unit_of(metric) for metric in ORDER},
        names,
    )
    return digest is None or send(recipient, digest)


def _facts(
    settings: Settings, problems: Sequence[str], now: datetime, words: ReviewWording
) -> tuple[list[Fact], frozenset[str]]:
    """What is the case, and the kinds of facts that could be looked at."""
    failed, passed = [], []
    for result in _results(settings):
        if result.is_blocking:
            failed.append(FailedCheck(result.check_id, _sentence(result, words)))
        else:
            passed.append(result.check_id)
    facts = [run_fact([] if failed else problems), *check_facts(failed, passed), *_late(settings, now)]
    warehouse = settings.published / "warehouse.duckdb"
    if problems or not warehouse.exists():
        return facts, frozenset({"run", "check", "late"})
    return [*facts, *published_facts(warehouse)], frozenset({"run", "check", "late", "status", "due"})


def _sentence(result: CheckResult, words: ReviewWording) -> str:
    """A failed check in the reader's language; a check itself says in English what it found."""
    return result.sentence if words.language == CHECKS_LANGUAGE else finding_sentence(words, result.check_id)


def _results(settings: Settings) -> list[CheckResult]:
    """The results of the last build's checks; none of a build that can't be opened, as when a run is at it."""
    if not settings.build_warehouse.exists():
        return []
    try:
        return read_results(settings.build_warehouse)
    except duckdb.Error:
        return []


def _late(settings: Settings, now: datetime) -> list[Fact]:
    try:
        sources = load_sources(settings.sources)
        through = complete_through(settings.home, sources, None)
    except (SourcesErrors, IncompleteExtracts):
        return []  # the run failed for this very reason, and says so
    zones = {source.name: ZoneInfo(source.timezone) for source in sources}
    late = []
    for each in through.objects:
        day = each.next_missing
        if day is not None:
            over = local_to_utc(datetime.combine(day + timedelta(days=1), time()), zones[each.source])
            day = day if now > over.replace(tzinfo=UTC) + GRACE else None
        late.append(LateExtract(each.source, each.object, day))
    return late_facts(late, through.instant.replace(tzinfo=UTC))


def alert_sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """The sensors that tell of the runs that Dagster launched, whether they succeeded or failed."""

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="tell_departments",
        monitored_jobs=[refresh_job],
        minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="After a run: what is new for marketing, for sales and for who runs this, once per fact.",
    )
    def tell_after_success(context: dg.RunStatusSensorContext) -> None:
        _log(context, tell_departments(settings, [], datetime.now(UTC)))

    @dg.run_failure_sensor(
        name="tell_of_failure",
        monitored_jobs=[refresh_job],
        minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="After a run that failed: which check stands in the way, or why it failed, once per fact.",
    )
    def tell_of_failure(context: dg.RunFailureSensorContext) -> None:
        problems = [reason_of(event) for event in context.get_step_failure_events()]
        _log(
            context,
            tell_departments(
                settings,
                problems or [context.failure_event.message or "No step says why."],
                datetime.now(UTC),
            ),
        )

    return [tell_after_success, tell_of_failure]


def _log(context: dg.RunStatusSensorContext, untold: Sequence[str]) -> None:
    for sentence in untold:
        context.log.warning(sentence)
