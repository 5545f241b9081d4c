"""What Dagster keeps of its runs: the latest ones only, so that its storage doesn't grow by the day.

What belongs here: taking an old run out of everything that Dagster wrote about it. What doesn't: when that happens, and
what is kept under SLA_HOME of extracts and publications, which grows with the data alone.
"""

from __future__ import annotations

from pathlib import Path

import dagster as dg

# A look is short, after an upgrade too, when thousands are waiting to be removed.
REMOVED_AT_ONCE = 10


def remove_old_runs(instance: dg.DagsterInstance, job: str, kept: int) -> list[str]:
    """Remove all but the latest `kept` runs, with their events, check results and captured output; returns their ids.

    A run that hasn't ended stays, and so does the latest successful run of `job`, however many came after it. What the
    runs made is untouched, and so is the time at which an asset was last made. At most REMOVED_AT_ONCE are removed.
    """
    old = instance.get_run_ids(limit=kept + REMOVED_AT_ONCE)[kept:]
    if not old:
        return []
    succeeded = dg.RunsFilter(job_name=job, statuses=[dg.DagsterRunStatus.SUCCESS])
    latest = instance.get_run_ids(succeeded, limit=1)
    removed = [
        run.run_id
        for run in instance.get_runs(dg.RunsFilter(run_ids=list(old)))
        if run.is_finished and run.run_id not in latest
    ]
    for run_id in removed:
        _remove(instance, run_id)
    return removed


def _remove(instance: dg.DagsterInstance, run_id: str) -> None:
    """The run itself goes last, so that a removal that is cut short is begun again."""
    # The definitions load without them. Dagster has no public name for the storages; both are what dagster.yaml names.
    import sqlalchemy as sa
    from dagster._core.storage.event_log import SqlEventLogStorage, SqliteEventLogStorage

    # What each check came to in each run: Dagster's own deletion of a run leaves these rows.
    check_results = sa.table("asset_check_executions", sa.column("run_id"))
    instance.compute_log_manager.delete_logs(prefix=[run_id])
    storage = instance.event_log_storage
    storage.delete_events(run_id)
    if isinstance(storage, SqlEventLogStorage):
        with storage.index_connection() as connection:
            connection.execute(sa.delete(check_results).where(check_results.c.run_id == run_id))
    instance.delete_run(run_id)
    if isinstance(storage, SqliteEventLogStorage):
        # A file of its own, with a log of it while it is open; emptied, it would keep its size.
        shard = Path(storage.path_for_shard(run_id))
        for path in shard.parent.glob(f"{shard.name}*"):
            path.unlink(missing_ok=True)
