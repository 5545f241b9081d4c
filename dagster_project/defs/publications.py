"""What a build would publish beside what was published before: its history, its restatements, and keeping them.

What belongs here: the order in which the decisions' functions are called over a build, the published file and
`history/`. What doesn't: any figure or cause (`decisions`), and Dagster (`defs/decisions.py`, `defs/publish.py`).

A build says all of it itself, in tables of its schema `marts`: which publication it is, and every row of the history
with its own. Publishing then only has to keep what the build says. An as-of run compares with what a run made then
compared with, says so in the same tables, and keeps nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import rmtree

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.attainment import METRICS, attainment_table, compute_attainment
from dagster_project.contract import calendar_tables, contract_tables, load_contracts
from dagster_project.decisions.causes import (
    AFTER,
    BEFORE,
    PUBLISHED,
    Evidence,
    Explained,
    explain,
    is_replayed,
)
from dagster_project.decisions.changes import (
    PLAN_HISTORY_COLUMNS,
    attainment_changes,
    history_schema,
    plan_changes,
    restated_figures,
)
from dagster_project.decisions.columns import schema_of
from dagster_project.decisions.deliveries import digest_of
from dagster_project.decisions.history import (
    Additions,
    HistoryError,
    Publication,
    commit,
    digests,
    kept_deliveries,
    kept_rows,
    next_publication,
    prepare,
    publication_id,
    publications,
    publications_table,
    recover,
    rests_on_the_same,
)
from dagster_project.decisions.plan import PLAN_QUERIES, compute_plan, plan_table
from dagster_project.decisions.queries import answers, table
from dagster_project.defs.building import DEFINITIONS, note_what_it_rests_on, open_build
from dagster_project.defs.replays import HOLIDAYS_FOLDER, built_again, is_readable
from dagster_project.extracts import complete_through, files_in_force, load_sources, read_ledger
from dagster_project.settings import Settings
from dagster_project.warehouse.attainment_table import read_aggregates, replace_months
from dagster_project.warehouse.compiling import compiled_manifest
from dagster_project.warehouse.inputs import connect_build
from dagster_project.warehouse.locking import build_lock
from dagster_project.warehouse.publish import WAREHOUSE_FILE_NAME
from dagster_project.warehouse.quoting import literal
from dagster_project.warehouse.statements import load_compiled_project, run_models
from dagster_project.warehouse.tables import reading, replace_tables

PLAN = "mql_plan"
HISTORY, PLANS, RESTATEMENTS, RECORDS, PUBLICATIONS = (
    "sla_attainment_history",
    "mql_plan_history",
    "sla_restatements",
    "sla_restatement_records",
    "publications",
)
LAST_PUBLICATION = "select publication, run_id from marts.publications order by publication desc limit 1"


@dataclass(frozen=True)
class Said:
    """What a build says of itself: the publication that it is, what that adds to the history, and all tables."""

    publication: Publication
    added: Additions
    tables: Mapping[str, pa.Table]


def what_it_would_publish(settings: Settings, run_id: str, now: datetime) -> Said:
    """The tables `sla_attainment_history`, `mql_plan_history`, `sla_restatements`, `sla_restatement_records` and
    `publications` of the finished build, whose attainment has all of its months, and which has its plan.

    `run_id` and `now` are what the publication will say of itself. The same data over again is the publication that
    there is already. Raises HistoryError when `history/` can't be read.
    """
    build = _read_build(settings.build_warehouse)
    if settings.as_of is None:
        recover(settings.history, published_id(settings))
    made = publications(settings.history, until=None if settings.as_of is None else build.complete_through)
    publication = next_publication(
        made, run_id, now, build.complete_through, build.documents, build.deliveries
    )
    rows = kept_rows(settings.history, "attainment", made, history_schema(build.attainment.schema))
    changes = attainment_changes(rows, build.attainment, publication)
    plans = kept_rows(settings.history, "plan", made, schema_of(PLAN_HISTORY_COLUMNS))
    proposed = plan_changes(plans, build.plan, publication)
    restated = restated_figures(rows, changes, publication)
    explained = _explained(settings, made, publication, restated, build)
    is_the_same = (
        bool(made)
        and not changes.num_rows
        and not proposed.num_rows
        and rests_on_the_same(settings.history, made[-1], publication)
    )
    return Said(
        publication=made[-1] if is_the_same else publication,
        added=Additions(changes, proposed, explained.restatements, explained.records),
        tables={
            HISTORY: pa.concat_tables([rows, changes]),
            PLANS: pa.concat_tables([plans, proposed]),
            **{
                name: pa.concat_tables([kept_rows(settings.history, kept, made, new.schema), new])
                for name, kept, new in (
                    (RESTATEMENTS, "restatements", explained.restatements),
                    (RECORDS, "restatement_records", explained.records),
                )
            },
            PUBLICATIONS: publications_table(made if is_the_same else [*made, publication]),
        },
    )


def plan_of(warehouse: Path) -> pa.Table:
    """The table `mql_plan` of a build whose attainment has all of its months."""
    with reading(warehouse) as connection:
        return plan_table(compute_plan(answers(connection, PLAN_QUERIES)))


@contextmanager
def kept_publication(settings: Settings) -> Iterator[None]:
    """Around the moment at which the published file is replaced by the build's: before it, all that is kept of the
    publication is written under a temporary name; after it, it becomes part of the history.

    A run that is killed anywhere in between is put right by the next. An as-of run keeps nothing. Raises HistoryError
    when the build's tables are no longer what it would publish, since something was published or made anew in between.
    """
    if settings.as_of is not None:
        yield
        return
    recover(settings.history, published_id(settings))
    build = _read_build(settings.build_warehouse)
    said = _read_said(settings.build_warehouse, build)
    made = publications(settings.history)
    is_kept = bool(made) and said.publication == made[-1]
    is_next = said.publication.number == (made[-1].number if made else 0) + 1
    is_outdated = (
        attainment_changes(said.tables[HISTORY], build.attainment, said.publication).num_rows
        or plan_changes(said.tables[PLANS], build.plan, said.publication).num_rows
    )
    if is_outdated or not (is_kept or is_next):
        raise HistoryError(
            f"What {settings.build_warehouse} says of its history no longer holds: the attainment or the plan was made "
            "anew, or something else was published, since. Materialise the decisions again, then publish."
        )
    if is_next:
        prepare(settings.history, said.publication, build.documents, build.deliveries, said.added)
    yield
    commit(settings.history, said.publication.publication_id)


def published_id(settings: Settings) -> str | None:
    """Which publication the published file is; None without one that says so."""
    path = settings.published / WAREHOUSE_FILE_NAME
    if not path.exists():
        return None
    try:
        with duckdb.connect(path, read_only=True) as connection:
            rows = connection.execute(LAST_PUBLICATION).fetchall()
    except duckdb.Error:  # a file that can't be read, or of a version without publications, says nothing
        return None
    return publication_id(*rows[0]) if rows else None


def published_publication(settings: Settings) -> Publication:
    """The publication that the published file is. Raises HistoryError without one, or if it can't be built again."""
    published = published_id(settings)
    for publication in publications(settings.history):
        if publication.publication_id == published:
            if not is_readable(settings, publication):
                raise HistoryError(
                    f"What was published last rests on extracts that are neither in {settings.raw} nor in the "
                    "archive. Restore the archive from a backup, or run everything again (make run), then try."
                )
            return publication
    raise HistoryError("Nothing is published yet: run everything first (make run), then try.")


def begin_history(settings: Settings, day: date, run_id: str, now: datetime) -> Publication:
    """Make what a run as of the end of a day would have published the first publication of an empty history.

    The figures come from the same models, run without dbt's start-up over what was delivered by that day; nothing is
    published. It is how the demo company has a past: a company's own history begins with its own first run. Raises
    IncompleteExtracts when nothing had been delivered by that day, HistoryError when the history isn't empty.
    """
    if publications(settings.history):
        raise HistoryError(f"{settings.history} has publications already: a past can't be put before them.")
    then = replace(settings, as_of=day)
    contracts, sources = load_contracts(settings.contracts), load_sources(settings.sources)
    instant = complete_through(settings.home, sources, day).instant
    files, ledger = files_in_force(settings.home, sources, day), read_ledger(settings.home)
    calendar = calendar_tables(contracts, instant, settings.history / HOLIDAYS_FOLDER)
    with build_lock(then.build, f"run {run_id}"):
        then.build_warehouse.unlink(missing_ok=True)
        with connect_build(then.build_warehouse) as connection:
            open_build(
                connection,
                then,
                sources,
                contracts.timezone,
                instant,
                day,
                files,
                {**contract_tables(contracts), **calendar},
                ledger,
            )
            note_what_it_rests_on(connection, then, contracts, files, ledger)
            run_models(connection, load_compiled_project(compiled_manifest(settings.dbt)).models)
        rows = attainment_table(compute_attainment(**vars(read_aggregates(then.build_warehouse))))
        replace_months(then.build_warehouse, rows, set(rows["period"].to_pylist()))
        replace_tables(then.build_warehouse, {PLAN: plan_of(then.build_warehouse)})
        said, build = what_it_would_publish(then, run_id, now), _read_build(then.build_warehouse)
        prepare(settings.history, said.publication, build.documents, build.deliveries, said.added)
        commit(settings.history, said.publication.publication_id)
    rmtree(then.results)
    return said.publication


# ---------------------------------------------------------------- what a build says


@dataclass(frozen=True)
class _Build:
    """What is read of a build: its figures, and what they rest on. `complete_through` has its zone."""

    complete_through: datetime
    attainment: pa.Table
    plan: pa.Table
    deliveries: pa.Table
    documents: Mapping[str, bytes]


def _read_build(path: Path) -> _Build:
    with reading(path) as connection:
        ((complete_through,),) = connection.execute("select complete_through from raw.as_of").fetchall()
        documents = connection.execute("select name, content from raw.documents").fetchall()
        return _Build(
            complete_through=complete_through.replace(tzinfo=UTC),
            attainment=table(connection, "select * from marts.sla_attainment order by period, commitment_id"),
            plan=table(connection, f"select * from marts.{PLAN} order by period"),
            deliveries=table(connection, "select * from raw.deliveries order by all"),
            documents=dict(documents),
        )


def _read_said(path: Path, build: _Build) -> Said:
    """What `what_it_would_publish` wrote into a build."""
    with reading(path) as connection:
        tables = {
            name: table(connection, f"select * from marts.{name} order by rowid")
            for name in (HISTORY, PLANS, RESTATEMENTS, RECORDS, PUBLICATIONS)
        }
        ((number, run_id, published_at, complete_through),) = connection.execute(
            """
            select publication, run_id, published_at, complete_through from marts.publications
            order by publication desc
            limit 1
            """
        ).fetchall()
    publication = Publication(
        number,
        run_id,
        published_at.astimezone(UTC),
        complete_through.astimezone(UTC),
        digests(build.documents),
        digest_of(build.deliveries),
    )

    def added(name: str) -> pa.Table:
        return tables[name].filter(
            pc.field("published_at") == pa.scalar(publication.published_at, pa.timestamp("us", tz="UTC"))
        )

    return Said(publication, Additions(*map(added, (HISTORY, PLANS, RESTATEMENTS, RECORDS))), tables)


# ---------------------------------------------------------------- why it is stated otherwise


def _explained(
    settings: Settings,
    made: Sequence[Publication],
    publication: Publication,
    restated: pa.Table,
    build: _Build,
) -> Explained:
    """The causes of restated figures: the build beside the publication before it, which is built again for that."""
    earlier = made[-1] if restated.num_rows else None
    deliveries_then = kept_deliveries(settings.history, earlier) if earlier else build.deliveries
    is_published = (
        earlier is not None
        and settings.as_of is None
        and published_id(settings) == earlier.publication_id
        # other models may make other tables
        and earlier.documents.get(DEFINITIONS) == publication.documents[DEFINITIONS]
    )
    evidence = Evidence(
        deliveries_then=deliveries_then,
        deliveries_now=build.deliveries,
        documents_then=earlier.documents if earlier else {},
        documents_now=publication.documents,
        measures={
            name: tuple(each for each in (metric.obligation, metric.numerator, metric.denominator) if each)
            for name, metric in METRICS.items()
        },
        compares_records=earlier is not None and is_readable(settings, earlier),
        marts_then=PUBLISHED if is_published else BEFORE,
    )
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        if earlier is None or not evidence.compares_records:
            return explain(connection, restated, evidence, publication)
        with built_again(
            settings,
            earlier,
            settings.build,
            is_needed=lambda model: not is_published or is_replayed(model.schema, model.name),
        ) as path_before:
            databases = {BEFORE: path_before, AFTER: settings.build_warehouse}
            if is_published:
                databases[PUBLISHED] = settings.published / WAREHOUSE_FILE_NAME
            for name, path in databases.items():
                connection.execute(f"attach {literal(str(path))} as {name} (read_only)")
            explained = explain(connection, restated, evidence, publication)
            for name in databases:
                connection.execute(f"detach {name}")
            return explained
