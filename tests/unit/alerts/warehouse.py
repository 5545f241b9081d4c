"""A published file with as little in it as alerts need."""

from __future__ import annotations

from pathlib import Path

import duckdb

HOUR = 3600


def write_warehouse(path: Path) -> None:
    """Write the published tables that alerts are read from: one promise missed, one at risk, four obligations."""
    with duckdb.connect(path) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("create schema marts")
        connection.execute(
            """
            create table marts.sla_attainment as
            select * from (values
                (date '2026-08-01', 'answer', 'sales', 'first_attempt_on_time_rate', 'at_least', 0.9,
                    0.5, 0.5, 0.5, 'missed'),
                (date '2026-09-01', 'answer', 'sales', 'first_attempt_on_time_rate', 'at_least', 0.9,
                    0.7, 0.7, 0.7, 'missed'),
                (date '2026-10-01', 'answer', 'sales', 'first_attempt_on_time_rate', 'at_least', 0.9,
                    0.8, 0.1, 0.9, 'at_risk'),
                (date '2026-10-01', 'volume', 'marketing', 'mqls_delivered', 'at_least', 100,
                    60, null, null, 'on_track')
            ) as rows (
                period, commitment_id, owner, metric, comparison, target, actual, worst, best, status
            )
            """
        )
        connection.execute(
            f"""
            create table marts.breaches as
            select * from (values
                ('first_attempt', 'C1', 1, 'R1', date '2026-10-01', 'sales', 'pending',
                    {2 * HOUR}, timestamptz '2026-10-05 16:00:00+00'),
                ('first_attempt', 'C2', 1, 'R1', date '2026-10-01', 'sales', 'pending',
                    {2 * HOUR + 1}, timestamptz '2026-10-05 16:00:01+00'),
                ('cadence', 'C3', 1, 'R1', date '2026-10-01', 'sales', 'pending',
                    {9 * HOUR}, timestamptz '2026-10-07 06:00:00+00'),
                ('handoff', 'C4', 1, null, date '2026-10-01', 'marketing', 'breached',
                    null, timestamptz '2026-10-05 16:00:00+00')
            ) as rows (
                obligation, person_id, cycle, rep_id, period, owner, outcome, remaining_business_seconds, due_at
            )
            """
        )
