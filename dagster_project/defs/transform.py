"""The build: a new warehouse file over the extracts in force, then dbt's models and their tests."""

# No `from __future__ import annotations`: Dagster reads the annotation of a step's context as it stands.

import os
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliResource,
    dbt_assets,
)

from dagster_project.contract import calendar_tables, contract_tables
from dagster_project.defs.building import definitions_document, note_what_it_rests_on, open_build
from dagster_project.defs.column_lineage import with_column_lineage
from dagster_project.defs.contract import GROUP as CONTRACT_GROUP
from dagster_project.defs.contract import contract_key, keep_tables
from dagster_project.defs.extracts import SOURCES_KEY, SourceObject
from dagster_project.defs.raw_tables import (
    CALENDAR_TABLES,
    CONTRACT_TABLES,
    DESCRIPTIONS,
    OTHER_COLUMNS,
    STANDARD_TABLES,
    column_types,
)
from dagster_project.defs.resources import DBT_BUILD, BuildHold, RunInputs
from dagster_project.defs.spark import made_by_spark, prepare_spark, spark_target
from dagster_project.defs.telling import DATA, MARKETING, SALES, column_metadata, plain_failures, say
from dagster_project.extracts import (
    CompleteThrough,
    Delivery,
    Finding,
    complete_through,
    days_in_words,
    files_in_force,
    read_ledger,
    restore_raw,
)
from dagster_project.extracts.in_force import ObjectCompleteness
from dagster_project.owner_only import make_private
from dagster_project.settings import SPARK, Settings
from dagster_project.warehouse.compiling import compiled_manifest
from dagster_project.warehouse.failures import expect_not_killed, failed_nodes
from dagster_project.warehouse.former import begin_with, copy_former, forget_former, set_aside
from dagster_project.warehouse.inputs import connect_build
from dagster_project.warehouse.locking import end_left_behind, wait_for_writers
from dagster_project.warehouse.manifest import tables_read
from dagster_project.warehouse.statements import load_compiled_project
from data_checks import suites_from, void_results

GROUP = "raw"
CHECKED_FILE_NAME = "checked"
TARGET_FOLDER_NAME = "dbt"
SECONDS_BETWEEN_NEWS = 5.0
# How long what a killed run has left behind may take to notice that it is alone.
LONGEST_WAIT_SECONDS = 60.0


def table_key(table: str) -> dg.AssetKey:
    """The asset of a table of the schema `raw`: the contract's tables and its calendar stand with the contract."""
    is_contract = table in CONTRACT_TABLES or table in CALENDAR_TABLES
    return contract_key(table) if is_contract else dg.AssetKey([GROUP, table])


# ---------------------------------------------------------------- raw


def raw_asset(objects: Sequence[SourceObject], manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """The start of a build: everything that the models read, in a new warehouse file.

    dbt's models of the schema `raw` are made here, before anything is checked: they put what all families deliver into
    the standard form.
    """

    @dg.multi_asset(
        name="raw",
        description="Starts a new warehouse file: the extracts in force, the contract, its calendar and the instant "
        "that everything is stated as of.",
        specs=[
            *(_calendar_spec(table) for table in CALENDAR_TABLES),
            *(_raw_spec(table, objects, manifest) for table in (*OTHER_COLUMNS, *STANDARD_TABLES)),
        ],
    )
    def raw(
        context: dg.AssetExecutionContext,
        settings: dg.ResourceParam[Settings],
        inputs: dg.ResourceParam[RunInputs],
        build_hold: dg.ResourceParam[BuildHold],
    ) -> Iterator[dg.MaterializeResult[None]]:
        with plain_failures():
            through = complete_through(settings.home, inputs.sources, settings.as_of)
            _tell_completeness(context, through)
            calendar = calendar_tables(inputs.contracts, through.instant, settings.history / "holidays")
            for finding in calendar.pop("holiday_findings").to_pylist():
                say(context, f"holidays: {finding}", is_warning=True)
            keep_tables(settings, calendar)
            build_hold.take()
            for finding in _mend_raw(settings, inputs, context.run.run_id):
                say(context, finding.message, is_warning=True)
            counts = _open_build(settings, inputs, through.instant, calendar)
        for table in (*OTHER_COLUMNS, *CALENDAR_TABLES, *STANDARD_TABLES):
            metadata: dict[str, Any] = {"dagster/row_count": counts[table]}
            if table == "as_of":
                metadata |= _completeness_metadata(through)
            yield dg.MaterializeResult(asset_key=table_key(table), metadata=metadata)

    return raw


def _tell_completeness(context: dg.AssetExecutionContext, through: CompleteThrough) -> None:
    text = f"complete through {through.instant:%Y-%m-%d %H:%M:%S} UTC"
    if len(through.held_back_by) < len(through.objects):
        text += (
            f", held back by {', '.join(_place(each) + _waits_for(each) for each in through.held_back_by)}"
        )
    say(context, text)
    for each in through.objects:
        if each.missing_days:
            say(
                context,
                f"{_place(each)} has no usable extract of {days_in_words(each.missing_days)}",
                is_warning=True,
            )


def _completeness_metadata(through: CompleteThrough) -> dict[str, Any]:
    return {
        "complete_through": dg.MetadataValue.timestamp(through.instant.replace(tzinfo=UTC)),
        "required_objects": dg.MetadataValue.table(
            [
                dg.TableRecord(
                    {
                        "object": _place(each),
                        "complete_through": f"{each.complete_through:%Y-%m-%d %H:%M:%S} UTC",
                        "waits_for": each.next_missing.isoformat() if each.next_missing else "the next dump",
                        "missing_days": days_in_words(each.missing_days),
                    }
                )
                for each in through.objects
            ]
        ),
    }


def _waits_for(completeness: ObjectCompleteness) -> str:
    return f" (waits for {completeness.next_missing})" if completeness.next_missing else ""


def _place(completeness: ObjectCompleteness) -> str:
    return f"{completeness.source}/{completeness.object}"


def _calendar_spec(table: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        table_key(table),
        # The calendar reaches as far as the longest promise from the instant that everything is stated as of.
        deps=[contract_key("contract_versions"), table_key("as_of")],
        group_name=CONTRACT_GROUP,
        description=DESCRIPTIONS[table],
        owners=[MARKETING, SALES],
        kinds={"python", "duckdb", "parquet"},
        metadata=column_metadata(column_types(table)),
    )


def _raw_spec(table: str, objects: Sequence[SourceObject], manifest: Mapping[str, Any]) -> dg.AssetSpec:
    if table in STANDARD_TABLES:
        made_of = tables_read(manifest, table)
        read = [
            each.key
            for each in objects
            if f"{each.family}_{each.declaration.name}" in made_of.get("extracts", ())
        ]
        read += [table_key(name) for name in sorted(made_of.get(GROUP, ()))]
    elif table in ("as_of", "extract_ledger", "deliveries"):
        read = [each.key for each in objects]
    elif table == "documents":
        read = [contract_key("contract_versions")]
    else:
        read = []
    if table == "standard_contacts":
        # The contract names the attributes that are looked at.
        read.append(contract_key("contract_criteria"))
    return dg.AssetSpec(
        table_key(table),
        deps=[SOURCES_KEY, *read],
        group_name=GROUP,
        description=DESCRIPTIONS[table],
        owners=[DATA],
        kinds={"python", "duckdb"},
        metadata=column_metadata(column_types(table)),
    )


def _mend_raw(settings: Settings, inputs: RunInputs, run_id: str) -> Iterator[Finding]:
    """Make raw files again that are not what was written, of objects that this run has not read itself."""
    in_force: dict[tuple[str, str], set[Delivery]] = {}
    for row in files_in_force(settings.home, inputs.sources, settings.as_of).to_pylist():
        place = (row["source"], row["object"])
        if place not in inputs.held_against_ledger:
            in_force.setdefault(place, set()).add((row["extract_date"], row["part"], row["delivery"]))
    now = datetime.now(UTC).replace(tzinfo=None)
    for (source, name), deliveries in in_force.items():
        currency = inputs.contracts.currency
        yield from restore_raw(settings.home, inputs.sources[source], name, currency, deliveries, run_id, now)


def _open_build(
    settings: Settings, inputs: RunInputs, instant: datetime, calendar: Mapping[str, pa.Table]
) -> dict[str, int]:
    """Replace the build by a new file with the schema `raw`, and with what a former build has of people where there is
    one to begin with. Returns the rows of each table of the schema."""
    make_private(settings.build)
    _end_left_behind(settings)
    wait_for_writers(settings.build_warehouse, LONGEST_WAIT_SECONDS)
    (settings.build / CHECKED_FILE_NAME).unlink(missing_ok=True)
    if settings.engine == SPARK:
        forget_former(settings.build_warehouse)  # Spark makes everything anew each time
    else:
        shutil.rmtree(settings.exchange, ignore_errors=True)  # what a run on Spark has left
    former = set_aside(settings.build_warehouse, definitions_document(settings).decode())
    if former is not None:
        copy_former(former, settings.build_warehouse)
    ledger = _until(read_ledger(settings.home), settings.as_of)
    files = files_in_force(settings.home, inputs.sources, settings.as_of)
    with connect_build(settings.build_warehouse) as connection:
        if former is not None:
            models = load_compiled_project(compiled_manifest(settings.dbt)).models_by_person
            begin_with(connection, models)
        readings = open_build(
            connection,
            settings,
            inputs.sources,
            inputs.contracts.timezone,
            instant,
            settings.as_of,
            files,
            {**contract_tables(inputs.contracts), **calendar},
            ledger,
        )
        note_what_it_rests_on(connection, settings, inputs.contracts, files, ledger)
        names = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'raw'"
        ).fetchall()
        counts = {}
        for (name,) in names:
            (counts[name],) = connection.execute(f'select count(*) from raw."{name}"').fetchall()[0]
        if settings.engine == SPARK:
            prepare_spark(connection, settings, readings)
        connection.execute("checkpoint warehouse")
    return counts


def _end_left_behind(settings: Settings) -> None:
    """End what a killed run has left at work on either engine, and see it gone: Spark would write on."""
    give_up_at = time.monotonic() + LONGEST_WAIT_SECONDS
    for target in (settings.build / TARGET_FOLDER_NAME, spark_target(settings)):
        while end_left_behind(target) and time.monotonic() < give_up_at:
            time.sleep(0.1)


def _until(ledger: pa.Table, as_of: date | None) -> pa.Table:
    return ledger if as_of is None else ledger.filter(pc.field("extract_date") <= as_of)


# ---------------------------------------------------------------- dbt


class Translator(DagsterDbtTranslator):
    """dbt's models as this project shows them: grouped as their folders, owned, and read from the raw assets."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source" or dbt_resource_props["schema"] == GROUP:
            return table_key(dbt_resource_props["name"])
        return super().get_asset_key(dbt_resource_props)

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        folders: list[str] = dbt_resource_props["fqn"][1:-1]
        return folders[0] if folders else None

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        description: str = dbt_resource_props["description"]
        return description

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str]:
        return [MARKETING, SALES] if self.get_group_name(dbt_resource_props) == "marts" else [DATA]


def models_asset(manifest: Mapping[str, Any], kept_lineage: Path) -> dg.AssetsDefinition:
    """dbt's models, with their tests as checks; where their columns come from is kept in a folder for this manifest."""
    translator = Translator(DagsterDbtTranslatorSettings(enable_source_metadata=False))
    key_of = translator.get_asset_key

    # The models of the schema `raw` are made with it, before anything is checked.
    @dbt_assets(
        manifest=manifest, exclude="config.schema:raw", dagster_dbt_translator=translator, name="transform"
    )
    def transform(
        context: dg.AssetExecutionContext,
        settings: dg.ResourceParam[Settings],
        build_hold: dg.ResourceParam[BuildHold],
        dbt: DbtCliResource,
    ) -> Iterator[Any]:
        checked = settings.build / CHECKED_FILE_NAME
        with plain_failures():
            build_hold.take()
            if not settings.build_warehouse.exists():
                raise dg.Failure(
                    description=f"There is no build in {settings.build}: run everything, from the extracts on.",
                    allow_retries=False,
                )
        # A part of the models can't make up for a failure elsewhere in the same build.
        was_checked = checked.exists() or not context.is_subset
        checked.unlink(missing_ok=True)
        void_results(settings.build_warehouse, suites_from("marts"))
        if settings.engine == SPARK:
            with plain_failures():
                events = made_by_spark(context, settings, manifest, translator)
                events = with_column_lineage(context, events, kept_lineage, manifest, key_of)
                yield from _with_news(context, events)
            checked.touch()
            return
        os.environ["DBT_WAREHOUSE"] = str(settings.build_warehouse)  # where dbt's profile looks for it
        invocation = dbt.cli(
            [*DBT_BUILD],
            context=context,
            target_path=settings.build / TARGET_FOLDER_NAME,
            raise_on_error=False,
        )
        try:
            events = with_column_lineage(context, invocation.stream(), kept_lineage, manifest, key_of)
            yield from _with_news(context, events)
        finally:
            if invocation.process.poll() is None:  # the run was stopped
                invocation.process.terminate()
                invocation.process.wait()
        if not invocation.is_successful():
            with plain_failures():
                expect_not_killed(invocation.process.returncode)
            failures = failed_nodes(settings.build / TARGET_FOLDER_NAME, settings.build_warehouse)
            raise dg.Failure(description=failures or str(invocation.get_error()), allow_retries=False)
        if was_checked:
            checked.touch()

    return transform


def _with_news(context: dg.AssetExecutionContext, events: Iterator[Any]) -> Iterator[Any]:
    """The events as they come; now and then a line says how far they are."""
    total = Counter(tables=len(context.selected_asset_keys), checks=len(context.selected_asset_check_keys))
    done: Counter[str] = Counter()
    told_at = time.monotonic()
    for event in events:
        done["checks" if isinstance(event, dg.AssetCheckResult) else "tables"] += 1
        yield event
        if time.monotonic() - told_at > SECONDS_BETWEEN_NEWS:
            told_at = time.monotonic()
            say(
                context,
                f"{done['tables']} of {total['tables']} tables built, {done['checks']} of {total['checks']} checked",
            )
    say(context, f"{done['tables']} tables built, {done['checks']} checks made")
