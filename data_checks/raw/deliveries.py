"""Deliveries, by the ledger: whether files came, could be read, and hold about as much as they used to."""

from __future__ import annotations

from decimal import Decimal

from ..checks import AtLeast, AtMost, RowCount, RowsWhere, Severity, Suite, UnexpectedRows

# Rows per extract in the latest week beside the four weeks before it, of what had at least 100 rows in those: fewer
# say nothing. Per extract, so that it means the same for daily deltas and for dumps.
VOLUMES = """
    with weeks as (
        select
            source,
            object,
            extract_date,
            sum(rows_accepted) as rows_accepted,
            max(extract_date) over (partition by source, object) as last_date
        from deliveries_in_force
        group by source, object, extract_date
    ),
    compared as (
        select
            source || '/' || object as key,
            avg(rows_accepted) filter (where extract_date > last_date - 7) as latest_rows,
            avg(rows_accepted) filter (where extract_date <= last_date - 7) as usual_rows,
            sum(rows_accepted) filter (where extract_date <= last_date - 7) as rows_before
        from weeks
        where extract_date > last_date - 35
        group by source, object
    )
    select key, latest_rows / usual_rows as observed
    from compared
    where rows_before >= 100
"""

# The last local day that is complete.
LAST_DAY = """
    (select cast(timezone(timezone, timezone('UTC', complete_through)) - interval 1 microsecond as date) from raw.as_of)
"""

DELIVERIES = Suite(
    name="raw_deliveries",
    table="raw.extract_ledger",
    title="Deliveries",
    checks=(
        RowCount(
            id="deliveries_are_in_the_ledger",
            severity=Severity.ERROR,
            threshold=1,
            meaning=(
                "The ledger is empty, so nothing says what was delivered. Delete the folders ledger/ and raw/ and run "
                "again: both are made anew from the archive."
            ),
        ),
        RowsWhere(
            id="rows_read_are_accepted_or_quarantined",
            severity=Severity.ERROR,
            fails_when="rows_read <> rows_accepted + rows_quarantined",
            out_of="outcome in ('accepted', 'superseded', 'erased')",
            key=("source", "object", "extract_date", "part", "delivery"),
            meaning=(
                "Rows of these deliveries are neither accepted nor in quarantine: something was lost while reading. "
                "Deliver the files again; if it happens again, it is a defect of the project."
            ),
        ),
        RowsWhere(
            id="files_hold_the_rows_that_the_ledger_accepted",
            severity=Severity.ERROR,
            fails_when="rows_in_file <> rows_accepted",
            out_of="rows_in_file is not null",
            key=("source", "object", "extract_date", "part", "delivery"),
            meaning=(
                "The files of these deliveries in the folder raw/ don't hold the rows that the ledger says were "
                "accepted: some are missing or doubled, and every figure would be wrong. Delete the folder raw/ and "
                "run again: it is made anew from the archive."
            ),
        ),
        AtMost(
            id="quarantine_is_within_what_the_source_allows",
            severity=Severity.ERROR,
            threshold=Decimal("0.01"),
            is_share=True,
            unit="of the rows not yet published",
            has_own_limits=True,
            fixed_because="each source has its own: set its `max_quarantined_share`.",
            query="""
                select
                    ledger.source || '/' || ledger.object as key,
                    sum(ledger.rows_quarantined) / sum(ledger.rows_read) as observed,
                    any_value(quarantine_limits.share) as allowed
                from deliveries_in_force as ledger
                anti join published_deliveries as published
                    on
                        ledger.source = published.source
                        and ledger.object = published.object
                        and ledger.extract_date = published.extract_date
                        and ledger.part is not distinct from published.part
                        and ledger.delivery = published.delivery
                left join quarantine_limits on ledger.source = quarantine_limits.source
                group by ledger.source, ledger.object
                having sum(ledger.rows_read) > 0
            """,
            meaning=(
                "More rows than the source may lose could not be used. Look in the folder quarantine/ for the file, "
                "the line and the reason of each, and have corrected files delivered for the same dates."
            ),
        ),
        UnexpectedRows(
            id="every_delivered_file_could_be_read",
            severity=Severity.WARNING,
            query="""
                select source, object, extract_date, part
                from raw.extract_ledger
                group by source, object, extract_date, part
                having arg_max(outcome, delivery) = 'refused'
            """,
            meaning=(
                "The last file delivered for these dates was refused, so they count as missing. The ledger says why; "
                "have the files corrected and delivered again."
            ),
        ),
        AtMost(
            id="objects_are_not_silent_for_long",
            severity=Severity.WARNING,
            threshold=7,
            unit="days without a row",
            query=f"""
                select
                    source || '/' || object as key,
                    date_diff('day', max(extract_date), {LAST_DAY}) as observed
                from deliveries_in_force
                where rows_accepted > 0 and object in ('contacts', 'touches', 'leads', 'lead_history', 'activities')
                group by source, object
            """,
            meaning=(
                "Nothing has come of an object in which something happens every day: its export may have stopped, or "
                "write nothing but headers. Look at the export."
            ),
        ),
        AtMost(
            id="no_object_holds_the_results_back",
            severity=Severity.WARNING,
            threshold=3,
            unit="days delivered beyond the last complete one",
            query=f"""
                select
                    source || '/' || object as key,
                    date_diff('day', {LAST_DAY}, max(extract_date)) as observed
                from deliveries_in_force
                group by source, object
            """,
            meaning=(
                "Files have come for days that can't be counted yet, because a day of another object is missing or was "
                "refused. The run's last lines name it: have it delivered, with a header only if nothing happened."
            ),
        ),
        AtLeast(
            id="volumes_do_not_collapse",
            severity=Severity.WARNING,
            threshold=Decimal("0.3"),
            is_share=True,
            unit="of the usual rows per extract",
            query=VOLUMES,
            meaning=(
                "The latest week brought far fewer rows than the four weeks before: holidays, or an export that leaves "
                "rows out. Compare with the source's own count."
            ),
        ),
        AtMost(
            id="volumes_do_not_multiply",
            severity=Severity.WARNING,
            threshold=4,
            unit="times the usual",
            query=VOLUMES,
            meaning=(
                "The latest week brought many times the rows of the four weeks before: a campaign, an import, or an "
                "export that repeats itself. Compare with the source's own count."
            ),
        ),
        AtMost(
            id="results_are_complete_through_a_recent_day",
            severity=Severity.WARNING,
            threshold=3,
            unit="days ago",
            query="""
                select
                    'complete_through' as key,
                    greatest(date_diff('day', as_of.complete_through, wall_clock.now_at), 0) as observed
                from raw.as_of as as_of
                cross join wall_clock
                where as_of.as_of_date is null
            """,
            meaning=(
                "The results are complete only through a day long past: extracts are late or missing. No figure is "
                "wrong; they are old. The run's last lines name the object that is waited for."
            ),
        ),
    ),
)
