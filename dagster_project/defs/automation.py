"""When things run: everything, when asked, when something new was delivered, and every morning."""

# No `from __future__ import annotations`: Dagster reads the annotation of a step's context as it stands.

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import dagster as dg

from dagster_project.contract import Contracts
from dagster_project.defs.attainment import attainment_months
from dagster_project.defs.contract import readable_contracts
from dagster_project.defs.housekeeping import remove_old_runs
from dagster_project.defs.new_deliveries import Look, Seen, look
from dagster_project.defs.pull import GROUP as PULL_GROUP
from dagster_project.extracts import DamagedStore, SourcesErrors, load_sources
from dagster_project.extracts.ledger import objects_with_ledger
from dagster_project.settings import Settings
from dagster_project.warehouse.locking import has_ended, signs_of_runs

REFRESH = "refresh"
SENSOR = "new_deliveries"
SCHEDULE = "every_morning"
FIRST_MONTH_TAG = "dagster/asset_partition_range_start"
LAST_MONTH_TAG = "dagster/asset_partition_range_end"
SHOWN_FILES = 5

AT_WORK = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
# Of a run that has shown its sign. One that is being cancelled is Dagster's own to end.
WITHOUT_LAST_WORD = [dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTED]
# A killed run says for ever that it is at work; after this long it is no longer believed.
LONGEST_RUN = timedelta(hours=6)


# All assets in one run, in one process: the work is inside DuckDB, and a process a step costs seconds.
refresh_job = dg.define_asset_job(
    REFRESH,
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups(PULL_GROUP),
    executor_def=dg.in_process_executor,
    description="From the extracts and the contract to what is published.",
)


# What is made each day is stale when two days' runs have not made it.
FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=50), warn_window=timedelta(hours=26))


def with_freshness(spec: dg.AssetSpec) -> dg.AssetSpec:
    """An asset as it is; the extracts, the attainment and what is published say when they have become stale."""
    if spec.group_name in ("extracts", "attainment", "published"):
        return dg.apply_freshness_policy(spec, FRESHNESS)
    return spec


def all_months(settings: Settings) -> dict[str, str]:
    """The tags by which one run of the job takes every month of the attainment."""
    months = attainment_months(settings, readable_contracts(settings)).get_partition_keys()
    return {FIRST_MONTH_TAG: months[0], LAST_MONTH_TAG: months[-1]}


def deliveries_sensor(settings: Settings, clock: Callable[[], float] = time.time) -> dg.SensorDefinition:
    """Asks for one run of everything once what was newly delivered is whole; `clock` in seconds since 1970."""

    @dg.sensor(
        name=SENSOR,
        job=refresh_job,
        minimum_interval_seconds=settings.look_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Looks for new and corrected files in the landing folder, and asks for one run of everything for "
        "all of them, once none is being written to any more.",
    )
    def new_deliveries(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        bury_the_dead(context.instance, settings)
        remove_old_runs(context.instance, REFRESH, settings.kept_runs)
        if _is_at_work(context.instance):
            return dg.SkipReason("A run is at work; the landing folder is looked at when it has ended.")
        try:
            found = look(
                settings.home,
                settings.extracts,
                load_sources(settings.sources),
                Seen.from_text(context.cursor),
                clock(),
            )
        except (DamagedStore, SourcesErrors) as error:
            return dg.SkipReason(str(error))
        except OSError as error:
            return dg.SkipReason(f"The landing folder {settings.extracts} can't be looked at: {error}.")
        context.update_cursor(found.seen.to_text())
        reason = _reason_to_wait(found, settings)
        if reason is not None:
            return dg.SkipReason(reason)
        return dg.RunRequest(
            run_key=found.key, tags={**all_months(settings), "new_files": str(len(found.new))}
        )

    return new_deliveries


def _reason_to_wait(found: Look, settings: Settings) -> str | None:
    if not found.is_whole:
        return f"Still being written: {_listed(found.still_written)}. One run is asked for when all is there."
    if found.new:
        return None
    reason = f"Nothing new among {found.files} files in {settings.extracts}."
    if found.unreadable:
        reason += f" Can't be opened: {_listed(found.unreadable)}."
    return reason


def _listed(places: tuple[str, ...]) -> str:
    shown = ", ".join(places[:SHOWN_FILES])
    return shown if len(places) <= SHOWN_FILES else f"{shown} and {len(places) - SHOWN_FILES} more files"


def morning_schedule(settings: Settings, contracts: Contracts | None) -> dg.ScheduleDefinition:
    """A run of everything each morning, or when SLA_SCHEDULE says, in the contract's time zone.

    It is made whatever was delivered, and takes up what the sensor leaves: a changed contract or declaration, and what
    an earlier run failed at.
    """

    @dg.schedule(
        name=SCHEDULE,
        job=refresh_job,
        cron_schedule=settings.schedule,
        execution_timezone=contracts.timezone if contracts else "UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="A run of everything, at six in the morning unless SLA_SCHEDULE says otherwise, in the contract's "
        "time zone: it also takes up a changed contract, a changed sources.yml, and what an earlier run failed at.",
    )
    def every_morning(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if _is_at_work(context.instance):
            return dg.SkipReason("A run of everything is at work already.")
        if not _has_anything(settings):
            return dg.SkipReason(f"Nothing has been delivered into {settings.extracts} yet.")
        return dg.RunRequest(run_key=None, tags=all_months(settings))

    return every_morning


def _has_anything(settings: Settings) -> bool:
    return bool(objects_with_ledger(settings.home)) or any(settings.extracts.glob("*/*/*"))


def bury_the_dead(instance: dg.DagsterInstance, settings: Settings) -> None:
    """Mark runs as failed whose process on this machine has ended without a word: they say so, and are retried.

    Dagster itself only notices while the server that launched them lives, or when their longest time is over.
    """
    for sign in signs_of_runs(settings.living_runs):
        if has_ended(sign):
            run = instance.get_run_by_id(sign.name)
            if run is not None and run.status in WITHOUT_LAST_WORD:
                instance.report_run_failed(
                    run, "The process of this run ended without a word: it was killed."
                )
            sign.unlink(missing_ok=True)


def _is_at_work(instance: dg.DagsterInstance) -> bool:
    """Whether a run of everything is waiting or at work: a second one at the same time would fail."""
    since = datetime.now(UTC) - LONGEST_RUN
    return instance.get_runs_count(dg.RunsFilter(job_name=REFRESH, statuses=AT_WORK, updated_after=since)) > 0
