"""One pull of one source: what has changed since the last one, as ordinary extracts in the landing folder.

What belongs here: the dlt pipeline, its state and its destination. What doesn't: the vendors' requests.

A row travels as one text, so that nothing between the API and the extract infers, renames or drops
anything. dlt keeps what it has asked for in a load package, and its state with it: a pull that is
killed while it asks leaves nothing and begins again; one that is killed while it delivers is finished
by the next.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

# Before dlt is imported: nothing reports home.
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import dlt
from dlt.common.schema import TTableSchema
from dlt.common.storages.load_package import ParsedLoadJobFileName
from dlt.extract import DltResource, DltSource
from dlt.pipeline.exceptions import PipelineStepFailed

from dagster_project.owner_only import make_private

from .api import PullError
from .days import Window, next_window
from .landing import EXTRACT_DATE, LINE, deliver
from .parts import Feed, Part

OBJECT = "object"
Carried = dict[str, str]
Clock = Callable[[], datetime]
"""Tells the present instant, with its offset."""


@dataclass(frozen=True)
class Target:
    """Where one source's extracts go: `landing/<source>/…`; `state` is the folder that dlt works in."""

    source: str
    zone: ZoneInfo
    landing: Path
    state: Path


def pull(target: Target, feeds: Iterable[Feed], clock: Clock) -> dict[str, int]:
    """Deliver what has changed since the last pull; the number of rows by object.

    `clock` says which day is the last that is over. Raises PullError: then nothing was delivered.
    """
    pipeline = dlt_pipeline(target)
    rows: Counter[str] = Counter()
    try:
        if pipeline.has_pending_data:
            # What a killed pull had asked for already; dlt takes nothing new before that is delivered.
            pipeline.run()
        pipeline.run(dlt_source(target, feeds, clock, rows))
    except PipelineStepFailed as error:
        raise cause_of(error) from error
    return dict(rows)


def dlt_source(
    target: Target, feeds: Iterable[Feed], clock: Clock, rows: Counter[str] | None = None
) -> DltSource:
    """A dlt source with one resource a feed; the rows of each object are added up in `rows`."""
    counted: Counter[str] = Counter() if rows is None else rows

    @dlt.source(name=target.source, max_table_nesting=0)
    def everything() -> list[DltResource]:
        return [_resource(feed, target.zone, clock, counted) for feed in feeds]

    return everything()


def dlt_pipeline(target: Target) -> dlt.Pipeline:
    """The dlt pipeline that delivers into the target's landing folder."""
    destination = dlt.destinations.destination(
        partial(_deliver, target.landing / target.source),
        destination_name="landing",
        batch_size=0,
        loader_file_format="parquet",
        naming_convention="direct",
        max_table_nesting=0,
        skip_dlt_columns_and_tables=True,
    )
    make_private(target.state)
    pipeline = dlt.pipeline(
        pipeline_name=f"pull_{target.source}", pipelines_dir=str(target.state), destination=destination
    )
    # The state is here and nowhere else. Dagster's integration drops it before a run that could restore it.
    pipeline.config.restore_from_destination = False
    return pipeline


def cause_of(error: BaseException) -> PullError:
    """The refusal that stopped a pipeline, or what is known of its failure."""
    cause: BaseException = error
    while not isinstance(cause, PullError):
        if cause.__cause__ is None:
            return PullError(f"The pull failed: {type(cause).__name__}: {cause}")
        cause = cause.__cause__
    return cause


def _resource(feed: Feed, zone: ZoneInfo, clock: Clock, rows: Counter[str]) -> DltResource:
    @dlt.resource(
        name=feed.name,
        table_name=lambda row: row[OBJECT],
        columns={column: {"data_type": "text"} for column in (OBJECT, EXTRACT_DATE, LINE)},
        max_table_nesting=0,
    )
    def pulled() -> Iterator[list[Carried]]:
        state = dlt.current.resource_state()
        window = next_window(state, clock(), zone)
        newest = window.modified_through
        told: set[str] = set()
        for part in feed.ask(window.since):
            if part.object_name not in told:
                told.add(part.object_name)
                yield [_carried(part, day.isoformat(), list(part.columns)) for day in window.days()]
            if part.rows:
                rows[part.object_name] += len(part.rows)
                yield _carried_rows(part, window)
            for modified_at in part.modified_at or ():
                newest = modified_at if newest is None else max(newest, modified_at)
        state["delivered_through"] = window.last_day.isoformat()
        state["modified_through"] = newest.isoformat() if newest else None

    return pulled()


def _carried_rows(part: Part, window: Window) -> list[Carried]:
    if part.modified_at is None:
        return [_carried(part, window.last_day.isoformat(), row) for row in part.rows]
    return [
        _carried(part, window.extract_date(modified_at).isoformat(), row)
        for row, modified_at in zip(part.rows, part.modified_at, strict=True)
    ]


def _carried(part: Part, extract_date: str, content: object) -> Carried:
    line = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return {OBJECT: part.object_name, EXTRACT_DATE: extract_date, LINE: line}


def _deliver(folder: Path, file_path: str, table: TTableSchema) -> None:
    """Called by dlt for each file of a load package: `…/<package>/started_jobs/<table>.<file id>.…`."""
    path = Path(file_path)
    # In the order of time first, so that of two pulls of one day the later counts.
    part = f"{path.parts[-3].replace('.', '-')}-{ParsedLoadJobFileName.parse(path.name).file_id}"
    deliver(path, part, folder / str(table["name"]))
