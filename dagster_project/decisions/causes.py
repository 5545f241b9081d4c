"""Why a final figure is stated otherwise than it was: the causes of a restatement, and the records that caused it.

What belongs here: comparing what the earlier publication rested on with what there is now. What doesn't: which figures
are restated (`changes`).

How a cause is found, for each restated figure:

1. The things that count in it otherwise than they did (obligations, MQLs, people, deals, …): the published tables of
   the earlier publication against those of the build.
2. The records that were known otherwise: the earlier publication is built again, as far as its records, from the
   deliveries, contracts and settings that it rested on, and compared record by record with the build.
3. A changed record that concerns one of those things (its person, its rep, its campaign) is a cause: a merge, a
   deletion, a user, a re-delivery (it came or went with a date and part that was delivered again), a correction (it
   tells otherwise what was known) or a late record (it happened before the earlier publication's end and came after).
4. Settings (a contract file, sources.yml, deliveries that are read otherwise since) are a cause where the commitment's
   own terms differ, or where something counts otherwise and no record says why. The same goes for an erasure, whose
   records are no longer there to be compared.

All causes that apply are listed; `cause` is the first of them in the order of CAUSES: from what somebody decided to
what merely arrived.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from dagster_project.decisions.columns import Column, schema_of, table_of
from dagster_project.decisions.history import Publication
from dagster_project.decisions.queries import read_queries, table

QUERIES = read_queries("restatements")

CAUSES = (
    "erasure",
    "settings",
    "user",
    "merge",
    "deletion",
    "re-delivery",
    "correction",
    "late record",
)
MOST_RECORDS = 100
MOST_RECORDS_SHOWN = 10

# The databases that a connection needs: the published file of the earlier publication (schema marts), that publication
# built again (`is_replayed`), and the build. Where the published file is another publication's (an as-of run), the
# earlier one is built again with all its models, and stands for the published file as well.
PUBLISHED, BEFORE, AFTER = "published", "before", "after"

REPLAYED_MODELS = frozenset({"int_contact_merges", "int_people_contacts", "int_people_leads", "int_meetings"})

RECORD_KEYS = {
    "contacts": "contact_id",
    "touches": "touch_id",
    "leads": "lead_id",
    "lead_history": "history_id",
    "activities": "activity_id",
    "meetings": "meeting_id",
    "opportunities": "opportunity_id",
    "users": "user_id",
    "campaign_spend": "campaign_id || ' ' || spend_date",
}

RESTATEMENTS_DESCRIPTION = (
    "One row per published change of a final figure: what it was, what it is, and why. A restated figure was true to "
    "what was known when it was published."
)
RESTATEMENTS_COLUMNS: dict[str, Column] = {
    "period": Column("DATE", "The month that the figure is of, by its first day."),
    "commitment_id": Column("VARCHAR", "The commitment that the figure is of."),
    "owner": Column("VARCHAR", "The department that owes it: marketing or sales."),
    "metric": Column("VARCHAR", "What is measured."),
    "old_status": Column("VARCHAR", "The status that was published."),
    "new_status": Column("VARCHAR", "The status now; null where the commitment is stated no more."),
    "cause": Column("VARCHAR", "Why: " + ", ".join(CAUSES) + "; the first that applies, in this order."),
    "causes": Column("VARCHAR", "All causes that apply, separated by commas."),
    "records": Column(
        "VARCHAR",
        "The records that caused it, by object and id, as many as ten; none are named of an erasure.",
    ),
    "record_count": Column("BIGINT", "How many records caused it."),
    "old_target": Column("DECIMAL(38,12)", "The target that was published."),
    "new_target": Column("DECIMAL(38,12)", "The target now."),
    "old_actual": Column("DOUBLE", "The actual that was published."),
    "new_actual": Column("DOUBLE", "The actual now."),
    "old_met": Column("BIGINT", "Obligations met, as published; null where the metric is no rate."),
    "new_met": Column("BIGINT", "Obligations met now."),
    "old_breached": Column("BIGINT", "Obligations breached, as published; null where the metric is no rate."),
    "new_breached": Column("BIGINT", "Obligations breached now."),
    "old_published_at": Column("TIMESTAMPTZ", "When the old figure was published."),
    "published_at": Column("TIMESTAMPTZ", "When the change was published."),
    "run_id": Column("VARCHAR", "The run that published it."),
}
RECORDS_DESCRIPTION = (
    "One row per restatement and record that caused it; at most a hundred of each cause of a restatement."
)
RECORDS_COLUMNS: dict[str, Column] = {
    "period": Column("DATE", "The month of the restated figure, by its first day."),
    "commitment_id": Column("VARCHAR", "The commitment of the restated figure."),
    "cause": Column("VARCHAR", "What kind of cause the record is."),
    "object": Column(
        "VARCHAR", "The object that the record is of, as extracts name it; `settings` for a document."
    ),
    "record_id": Column("VARCHAR", "The record's id, or the document's name."),
    "change": Column("VARCHAR", "Whether the record is new, changed or gone since the earlier publication."),
    "published_at": Column("TIMESTAMPTZ", "When the change was published."),
}


@dataclass(frozen=True)
class Evidence:
    """What the earlier publication rested on and what this one rests on, and what each metric counts.

    `measures` gives each metric's obligation, or the events of its numerator and denominator; `marts_then` is the
    database of the earlier publication's tables, PUBLISHED or BEFORE. Without
    `compares_records`, the earlier publication couldn't be built again (its raw files or its published file are gone):
    then causes are told from the deliveries and documents alone.
    """

    deliveries_then: pa.Table
    deliveries_now: pa.Table
    documents_then: Mapping[str, str]
    documents_now: Mapping[str, str]
    measures: Mapping[str, tuple[str, ...]]
    compares_records: bool = True
    marts_then: str = PUBLISHED


@dataclass(frozen=True)
class Explained:
    """The rows that a publication adds to `sla_restatements`, and the records behind them."""

    restatements: pa.Table
    records: pa.Table


def is_replayed(schema: str, model: str) -> bool:
    """Whether the earlier publication, built again, needs a model: staging, people and meetings."""
    return schema == "staging" or model in REPLAYED_MODELS


def explain(
    connection: duckdb.DuckDBPyConnection, restated: pa.Table, evidence: Evidence, publication: Publication
) -> Explained:
    """The causes of restated figures (the rows of `restated_figures`).

    The connection has the databases PUBLISHED, BEFORE and AFTER attached, where `evidence` says that records are
    compared; temporary tables are all that is written. Without restated figures there is nothing to attach.
    """
    if not restated.num_rows:
        return Explained(
            schema_of(RESTATEMENTS_COLUMNS).empty_table(), schema_of(RECORDS_COLUMNS).empty_table()
        )
    found = _found_records(connection, restated, evidence)
    unexplained = {(row["period"], row["commitment_id"]) for row in found.unexplained.to_pylist()}
    replaced = {row["cause"] for row in found.replaced.to_pylist()}
    documents = [*_changed_documents(evidence), *found.versions]

    restatements: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []
    by_figure = _by_figure(found.records)
    for figure in restated.to_pylist():
        key = (figure["period"], figure["commitment_id"])
        is_unexplained = key in unexplained
        rows = by_figure.get(key, [])
        causes = {row["cause"] for row in rows}
        if is_unexplained and "erasure" in replaced:
            causes.add("erasure")
        if _has_other_terms(figure) or (is_unexplained and (documents or "settings" in replaced)):
            causes.add("settings")
            rows = rows + [_document_row(name, len(documents)) for name in documents]
        if not causes:
            causes.add("re-delivery" if "re-delivery" in replaced else "late record")
        listed = [cause for cause in CAUSES if cause in causes]
        named = sorted(
            (row for row in rows if row["cause"] != "erasure"),
            key=lambda row: (CAUSES.index(row["cause"]), row["object"], row["record_id"]),
        )
        restatements.append(
            {
                **{name: figure.get(name) for name in RESTATEMENTS_COLUMNS},
                "cause": listed[0],
                "causes": ", ".join(listed),
                "records": ", ".join(
                    f"{row['object']} {row['record_id']}" for row in named[:MOST_RECORDS_SHOWN]
                ),
                "record_count": sum({row["cause"]: row["of_this_cause"] for row in rows}.values()),
                "published_at": publication.published_at,
                "run_id": publication.run_id,
            }
        )
        records += [
            {**row, "period": key[0], "commitment_id": key[1], "published_at": publication.published_at}
            for row in named
        ]
    return Explained(
        table_of(restatements, RESTATEMENTS_COLUMNS),
        table_of(({name: row[name] for name in RECORDS_COLUMNS} for row in records), RECORDS_COLUMNS),
    )


def _document_row(name: str, documents: int) -> dict[str, Any]:
    return {
        "cause": "settings",
        "object": "settings",
        "record_id": name,
        "change": "changed",
        "of_this_cause": documents,
    }


@dataclass(frozen=True)
class _Found:
    records: pa.Table
    unexplained: pa.Table
    replaced: pa.Table
    versions: list[str]


def _found_records(connection: duckdb.DuckDBPyConnection, restated: pa.Table, evidence: Evidence) -> _Found:
    _make(connection, "restated", restated)
    _make(connection, "deliveries_then", evidence.deliveries_then)
    _make(connection, "deliveries_now", evidence.deliveries_now)
    _make(connection, "deliveries_replaced", QUERIES["deliveries_replaced"])
    replaced = table(connection, "select * from temp.deliveries_replaced")
    if not evidence.compares_records:
        figures = table(connection, "select period, commitment_id from temp.restated")
        return _Found(_no_records(), figures, replaced, [])
    _make(connection, "restated_measures", _restated_measures(restated, evidence.measures))
    _make(
        connection,
        "counted_then",
        QUERIES["counted"].format(marts=f"{evidence.marts_then}.marts", build=BEFORE),
    )
    _make(connection, "counted_now", QUERIES["counted"].format(marts=f"{AFTER}.marts", build=AFTER))
    _make(connection, "changed_things", QUERIES["changed_things"])
    _make(
        connection,
        "changed_records",
        f"select row_number() over () as record_number, * from ({QUERIES['changed_records']})",
    )
    _make(connection, "concerned", QUERIES["concerned"])
    _make(connection, "rows_of_records", _rows_of_records())
    return _Found(
        records=table(connection, QUERIES["found_records"].format(most=MOST_RECORDS)),
        unexplained=table(connection, QUERIES["unexplained"]),
        replaced=replaced,
        versions=[
            f"contract version {version}"
            for (version,) in connection.execute(
                f"""
                select distinct coalesce(known.version, now.version) as version
                from {BEFORE}.raw.contract_versions as known
                full outer join {AFTER}.raw.contract_versions as now on known.version = now.version
                where known.version is null or now.version is null
                order by version
                """
            ).fetchall()
        ],
    )


def _make(connection: duckdb.DuckDBPyConnection, name: str, content: pa.Table | str) -> None:
    if isinstance(content, str):
        connection.execute(f"create or replace temp table {name} as {content}")
        return
    connection.register("incoming", content)
    connection.execute(f"create or replace temp table {name} as from incoming")
    connection.unregister("incoming")


def _restated_measures(restated: pa.Table, measures: Mapping[str, tuple[str, ...]]) -> pa.Table:
    rows = [
        {"period": figure["period"], "commitment_id": figure["commitment_id"], "measure": measure}
        for figure in restated.to_pylist()
        for measure in measures[figure["metric"]]
    ]
    schema = pa.schema([("period", pa.date32()), ("commitment_id", pa.string()), ("measure", pa.string())])
    return pa.Table.from_pylist(rows, schema=schema)


def _rows_of_records() -> str:
    """The delivered rows of the records that are found, then and now. Vendors' objects have rows of their own, which
    say less: what came again is told from what is gone."""
    return " union ".join(
        f"""
        select '{name}' as object, {key} as record_id, _source as source, _extract_date as extract_date, _part as part
        from {database}.raw.standard_{name}
        where {key} in (
            select record_id from temp.changed_records
            where object = '{name}' and record_number in (select record_number from temp.concerned)
        )
        """
        for name, key in RECORD_KEYS.items()
        for database in (BEFORE, AFTER)
    )


def _changed_documents(evidence: Evidence) -> list[str]:
    then, now = evidence.documents_then, evidence.documents_now
    return [name for name in sorted({*then, *now}) if then.get(name) != now.get(name)]


def _has_other_terms(figure: Mapping[str, Any]) -> bool:
    return any(
        figure[f"old_{name}"] != figure[f"new_{name}"]
        for name in ("target", "comparison", "contract_version")
    )


def _by_figure(records: pa.Table) -> dict[tuple[object, object], list[dict[str, Any]]]:
    by_figure: dict[tuple[object, object], list[dict[str, Any]]] = {}
    for row in records.to_pylist():
        by_figure.setdefault((row["period"], row["commitment_id"]), []).append(row)
    return by_figure


def _no_records() -> pa.Table:
    texts = ("commitment_id", "cause", "object", "record_id", "change")
    return pa.schema([("period", pa.date32()), *((name, pa.string()) for name in texts)]).empty_table()
