"""`sla_attainment`, the final asset: what was promised and what was done, month by month."""

# No `from __future__ import annotations`: Dagster reads the annotation of a step's context as it stands.

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import dagster as dg

from dagster_project.attainment.columns import ATTAINMENT_COLUMNS, ATTAINMENT_DESCRIPTION
from dagster_project.contract import Contracts
from dagster_project.defs.resources import BuildHold, RunInputs
from dagster_project.defs.telling import MARKETING, SALES, column_metadata, drawn, plain_failures, say
from dagster_project.review import Wording, overview
from dagster_project.settings import Settings
from dagster_project.warehouse.attainment_table import missing_months, read_aggregates, replace_months
from data_checks import suites_from, void_results

GROUP = "attainment"
KEY = dg.AssetKey("sla_attainment")
READS = ("int_periods", "int_commitment_targets", "int_obligation_counts", "int_event_counts")
MONTH = "%Y-%m"
UI_LANGUAGE = "en"

# Where no signed contract says when periods begin; the run then fails before it comes to them.
FIRST_MONTH_WITHOUT_CONTRACT = date(2020, 1, 1)
# A zone's day may end up to this long after the same day of another zone's begins.
LONGEST_ZONE_DIFFERENCE = timedelta(days=2)
# Extracts that ended this long ago are an archive: no new month is expected.
MONTHS_UNTIL_ARCHIVED = 12


def attainment_months(
    settings: Settings, contracts: Contracts | None, today: date | None = None
) -> dg.MonthlyPartitionsDefinition:
    """The months that can have attainment: from the first signed contract version's to the latest extract's.

    While extracts keep coming, the current month is always among them.
    """
    today = today or datetime.now(UTC).date()
    signed = contracts.signed if contracts else ()
    first = signed[0].effective_from if signed else FIRST_MONTH_WITHOUT_CONTRACT
    latest = max(_extract_dates(settings), default=None)
    months_ahead = 1
    if latest is not None:
        months_ahead = _months_between(today, latest + LONGEST_ZONE_DIFFERENCE) + 1
        if months_ahead > -MONTHS_UNTIL_ARCHIVED:
            months_ahead = max(months_ahead, 1)
    months_ahead = max(months_ahead, _months_between(today, first) + 1)
    return dg.MonthlyPartitionsDefinition(start_date=f"{first:{MONTH}}", fmt=MONTH, end_offset=months_ahead)


def refuse_missing_months(settings: Settings) -> None:
    """Raises Failure when the build lacks months: they would look as if they were stated no more."""
    missing = missing_months(settings.build_warehouse)
    if missing:
        listed = ", ".join(f"{month:{MONTH}}" for month in missing)
        raise dg.Failure(
            description=f"sla_attainment of this build lacks {listed}: nothing is published. "
            "Materialise all its months first.",
            allow_retries=False,
        )


def _months_between(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def _extract_dates(settings: Settings) -> Iterable[date]:
    """The dates in the names of what was delivered and of what was read, whatever else is wrong with it."""
    names = [path.name for path in settings.extracts.glob("*/*/*")]
    names += [path.name.removeprefix("extract_date=") for path in settings.raw.glob("*/*/extract_date=*")]
    for name in names:
        try:
            yield date.fromisoformat(name[:10])
        except ValueError:
            continue


def attainment_asset(months: dg.MonthlyPartitionsDefinition) -> dg.AssetsDefinition:
    """The table of commitments and periods, any number of months in one run."""

    @dg.asset(
        key=KEY,
        deps=[dg.AssetKey(["intermediate", table]) for table in READS],
        partitions_def=months,
        backfill_policy=dg.BackfillPolicy.single_run(),
        group_name=GROUP,
        description=ATTAINMENT_DESCRIPTION,
        owners=[MARKETING, SALES],
        kinds={"python", "pandas", "duckdb"},
        metadata=column_metadata(
            {name: column.duckdb_type for name, column in ATTAINMENT_COLUMNS.items()},
            {name: column.description for name, column in ATTAINMENT_COLUMNS.items()},
        ),
    )
    def sla_attainment(
        context: dg.AssetExecutionContext,
        settings: dg.ResourceParam[Settings],
        inputs: dg.ResourceParam[RunInputs],
        build_hold: dg.ResourceParam[BuildHold],
    ) -> None:
        from dagster_project.attainment import attainment_table, compute_attainment

        asked = {datetime.strptime(key, MONTH).date() for key in context.partition_keys}
        with plain_failures():
            build_hold.take()
            aggregates = read_aggregates(settings.build_warehouse)
        frame = compute_attainment(
            aggregates.periods,
            aggregates.targets,
            aggregates.obligation_counts,
            aggregates.event_counts,
            aggregates.complete_through,
        )
        frame = frame[frame["period"].isin(asked)]
        table = attainment_table(frame)
        with plain_failures():
            void_results(settings.build_warehouse, suites_from("attainment"))
            replace_months(settings.build_warehouse, table, asked)
        wording = Wording(UI_LANGUAGE, inputs.contracts.currency, inputs.contracts.timezone)
        rows = table.to_pylist()
        for month in sorted({row["period"] for row in rows}):
            of_month = [row for row in rows if row["period"] == month]
            context.add_asset_metadata(month_metadata(of_month, wording), partition_key=f"{month:{MONTH}}")
        say(context, f"attainment of {frame['period'].nunique()} periods, {len(frame)} rows")

    return sla_attainment


def month_metadata(rows: Sequence[Mapping[str, Any]], wording: Wording) -> dict[str, Any]:
    """What the UI shows of a month: each commitment with its status, as a drawing and as a table."""
    from dagster_project.attainment import attainment_markdown

    chart = overview([dict(row) for row in rows], wording)
    return {
        "dagster/partition_row_count": len(rows),
        "attainment": dg.MetadataValue.md(
            f"{drawn(chart.svg, chart.description)}\n\n{attainment_markdown(rows)}"
        ),
    }
