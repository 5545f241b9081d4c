"""Ingestion of one source object: from the landing folder to raw Parquet, quarantine and ledger.

What belongs here: the order of things. Every file is archived before it is read; files are read in batches, so that a
thousand small ones cost little more than a large one; a batch's Parquet is whole and in place before the ledger speaks
of it. A kill at any moment leaves only files that nobody knows of, and the next run does what is left to do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb

from . import archive, erasure, ledger
from .batches import Batch
from .declarations import ObjectDeclaration
from .duplicates import count_duplicates
from .files import INCOMING, DamagedStore, move_into_place, only_one, sweep
from .findings import DeliveryResult, Finding, IngestReport, Severity
from .landing import ExtractName, LandedFile, parse_name, printable, scan_object
from .ledger import ACCEPTED, REFUSED, LedgerRow, last_deliveries
from .left_alone import note_left_alone
from .notes import damaged_findings, drift_findings, refused_findings, row_findings
from .output import Output
from .planning import Settled, Slot, Task, fingerprint, make_plan, task_again, task_to_restore
from .raw_files import is_sound, is_there
from .reading import read_chunks
from .rows import Chunk
from .sources import Source
from .sql import sql_text
from .suppression import load_suppression, suppress
from .text_stream import RefusedFile, text_blocks

Delivery = tuple[date, str | None, int]
"""A delivery of a source object: its date, its part and its number."""

FILES_AT_ONCE = 200  # each may hold two open files
BYTES_AT_ONCE = 256 * 1024 * 1024
MEMORY_LIMIT = "250MB"
TOO_LARGE_ROWS = (
    f"its rows take more memory to read than ingestion may use ({MEMORY_LIMIT}). Deliver smaller rows."
)


def ingest_object(
    home: Path,
    extracts_folder: Path,
    source: Source,
    object_name: str,
    contract_currency: str,
    run_id: str,
    now: datetime,
) -> IngestReport:
    """Read the deliveries of one source object that the ledger doesn't know, and those to be read again.

    `now` (naive UTC) and `run_id` are provenance only. A file that can't be used is refused, never raised; OSError is
    raised when SLA_HOME can't be written to.
    """
    ingestion = _Ingestion(home, source, source.objects[object_name], contract_currency, run_id, now)
    with only_one(ledger.object_folder(home, source.name, object_name)):
        return ingestion.run(extracts_folder)


def restore_raw(
    home: Path,
    source: Source,
    object_name: str,
    contract_currency: str,
    deliveries: Collection[Delivery],
    run_id: str,
    now: datetime,
) -> list[Finding]:
    """Make the Parquet of deliveries again where it is gone or damaged, of those too that were replaced since: from the
    archive, as `source` declares them. Returns what was found damaged.

    Raises DamagedStore when the archive lacks one.
    """
    ingestion = _Ingestion(home, source, source.objects[object_name], contract_currency, run_id, now)
    with only_one(ledger.object_folder(home, source.name, object_name)):
        ingestion.restore(deliveries)
    return ingestion.findings


def erase_object(
    home: Path,
    source: Source,
    object_name: str,
    contract_currency: str,
    run_id: str,
    now: datetime,
) -> int:
    """Cut those who are on the suppression list out of all that is archived of one source object, and read what is
    left of it again; nothing new is looked for. Returns how many deliveries were rewritten.

    Does nothing where it was done already; killed at any moment, the next call (or ingestion) does the rest.
    """
    declaration = source.objects[object_name]
    ingestion = _Ingestion(home, source, declaration, contract_currency, run_id, now)
    with only_one(ledger.object_folder(home, source.name, object_name)):
        return ingestion.erase()


class _Ingestion:
    def __init__(
        self,
        home: Path,
        source: Source,
        declaration: ObjectDeclaration,
        contract_currency: str,
        run_id: str,
        now: datetime,
    ) -> None:
        self.home = home
        self.source = source
        self.declaration = declaration
        self.contract_currency = contract_currency
        self.run_id = run_id
        self.now = now
        self.fingerprint = fingerprint(source, declaration, contract_currency)
        self.findings: list[Finding] = []
        self.written: list[LedgerRow] = []
        self.suppression = load_suppression(home)
        self._eraser: erasure.Eraser | None = None

    def _prepare(self) -> None:
        name = self.declaration.name
        ledger.prepare(self.home, self.source.name, name)
        archive.prepare(self.home, self._owner)
        for zone in ("raw", "quarantine", "ledger", "archive/deliveries"):
            sweep(self.home / zone / self.source.name / name)
        ledger.restore(self.home, self.source.name, name)
        self._erase()

    def erase(self) -> int:
        self._prepare()
        return len(self.written)

    def restore(self, deliveries: Collection[Delivery]) -> None:
        rows = ledger.read_object(self.home, self.source.name, self.declaration.name)
        unsound = [
            row
            for row in rows
            if (row.extract_date, row.part, row.delivery) in deliveries
            and row.raw_path
            and not is_sound(self.home, row)
        ]
        if unsound:
            self._prepare()
            tasks = [task_to_restore(row) for row in unsound]
            self._note_damaged(tasks)
            self._read_all(tasks, rows)

    def _note_damaged(self, tasks: Sequence[Task]) -> None:
        """Tell of files that are made again though they are there."""
        paths = [
            task.replaces.raw_path
            for task in tasks
            if task.is_rebuild
            and task.replaces
            and task.replaces.raw_path
            and is_there(self.home, task.replaces)
        ]
        self.findings += damaged_findings(self.source.name, self.declaration.name, paths)

    def run(self, extracts_folder: Path) -> IngestReport:
        name = self.declaration.name
        self._prepare()
        rows = ledger.read_object(self.home, self.source.name, name)
        files, unexpected = scan_object(extracts_folder, self.source.name, name)
        self.findings += unexpected
        known = last_deliveries(rows)
        left: set[Slot] = set()
        plan = make_plan(
            files,
            rows,
            self.fingerprint,
            lambda file: self._keep(file, known, left),
            lambda row: is_sound(self.home, row),
        )
        # Noted before the ledger speaks of the other parts of these dates.
        note_left_alone(self.home, self.source.name, name, {extract_date for extract_date, _ in left})
        settled = [self._settled_row(settled) for settled in plan.settled]
        ledger.append(self.home, settled)
        self.written += settled
        self._note_damaged(plan.tasks)
        if plan.tasks:
            try:
                self._read_all(plan.tasks, rows)
            except duckdb.IOException as error:
                raise OSError(str(error).splitlines()[0]) from error
        self._erase()  # what was cut from new files may have told further names of the same people
        self.findings += refused_findings(self.written)
        self.findings += drift_findings(self.declaration, rows, self.written)
        return IngestReport(
            source=self.source.name,
            object=name,
            deliveries=tuple(_result(row) for row in self.written),
            reread=sum(task.replaces is not None for task in plan.tasks),
            findings=tuple(self.findings),
        )

    def _keep(self, file: LandedFile, known: Collection[Slot], left: set[Slot]) -> archive.Archived | None:
        """Archive a file; one that can't be had yet is None. Where nothing of its date and part is known, which counts
        on, it goes to what is left alone."""
        try:
            return archive.keep(
                self.home, file, self._owner, lambda path: self._cut(path, file.name, self._owner)
            )
        except (archive.StillWritten, archive.CannotBeRead) as error:
            is_written = isinstance(error, archive.StillWritten)
            slot = (file.name.extract_date, file.name.part)
            if slot not in known:
                left.add(slot)
            until = "" if slot in known else " Until it is read, its date counts as missing."
            self.findings.append(
                Finding(
                    kind="still_written" if is_written else "unreadable_file",
                    source=self.source.name,
                    object=self.declaration.name,
                    count=1,
                    severity=Severity.NOTE if is_written else Severity.ERROR,
                    message=f"{printable(file.file_name)} is left for the next run: {error}.{until}",
                )
            )
            return None

    @property
    def _owner(self) -> str:
        return f"{self.source.name}.{self.declaration.name}"

    def _cut(self, path: Path, name: ExtractName, owner: str) -> archive.Cut | None:
        """What is left of a file without those who were forgotten, whose further names go on the list."""
        if not self.suppression:
            return None
        if self._eraser is None:
            self._eraser = erasure.Eraser(self.home, self.source, self.declaration, self.suppression)
        cut = self._eraser.cut(path, name, owner)
        if self._eraser.found:
            suppress(self.home, self._eraser.found)
            self._take_list()
        return cut

    def _take_list(self) -> None:
        """Take the suppression list as it is now."""
        self.suppression = load_suppression(self.home)
        if self._eraser is not None:
            self._eraser.close()
            self._eraser = None

    def _erase(self) -> None:
        """Look through what is archived for those who were forgotten since, until nothing of them is left."""
        name = self.declaration.name
        self._take_list()
        while (digest := self.suppression.digest) is not None:
            if erasure.erased_through(self.home, self.source.name, name) == digest:
                return
            self._erase_archived()
            erasure.drop_unreferenced(self.home, self.source.name, name)
            erasure.drop_erased_originals(self.home)
            erasure.mark_erased(self.home, self.source.name, name, digest)
            self._take_list()

    def _erase_archived(self) -> None:
        rows = ledger.read_object(self.home, self.source.name, self.declaration.name)
        deliveries: dict[str, list[LedgerRow]] = {}
        for row in rows:
            deliveries.setdefault(row.archived_as, []).append(row)
        rounds: dict[int, list[Task]] = {}
        settled: list[LedgerRow] = []
        for sha256, of_content in deliveries.items():
            name = parse_name(of_content[0].file_name)
            path = archive.archive_path(self.home, sha256)
            assert name is not None  # only files whose names were understood are in the ledger
            cut = self._cut(path, name, self._owner) if path.exists() else None
            if cut is None:
                continue
            archive.place(self.home, cut)
            for row in of_content:
                rows_erased = row.rows_erased + cut.rows
                archived = archive.Archived(row.sha256, row.size_bytes, cut.sha256, rows_erased)
                if row.outcome == ACCEPTED:
                    # Deliveries of one date and part are read in turn: one never counts as the other's duplicate.
                    rounds.setdefault(row.delivery, []).append(task_again(row, archived))
                else:
                    settled.append(
                        replace(
                            row,
                            reading=row.reading + 1,
                            kept_sha256=archived.kept_sha256,
                            rows_erased=archived.rows_erased,
                            ingested_at=self.now,
                            run_id=self.run_id,
                        )
                    )
        ledger.append(self.home, settled)
        self.written += settled
        for tasks in rounds.values():
            self._read_all(tasks, rows)

    def _read_all(self, tasks: list[Task], rows: list[LedgerRow]) -> None:
        replaced = {task.slot for task in tasks}
        in_force: dict[Slot, Path] = {
            slot: self.home / row.raw_path
            for slot, row in last_deliveries([*rows, *self.written]).items()
            if row.outcome == ACCEPTED and row.raw_path and slot not in replaced
        }
        with self._connect() as connection:
            batch = Batch(connection, self.source, self.declaration, self.contract_currency)
            outputs: list[Output] = []
            size = 0
            for task in tasks:
                outputs.append(self._read(task, connection, batch))
                size += task.archived.size_bytes
                if len(outputs) >= FILES_AT_ONCE or size >= BYTES_AT_ONCE:
                    self._commit(outputs, connection, batch, in_force)
                    outputs, size = [], 0
            self._commit(outputs, connection, batch, in_force)

    def _connect(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect()
        spilled = ledger.object_folder(self.home, self.source.name, self.declaration.name) / INCOMING
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        connection.execute(f"set temp_directory = {sql_text(str(spilled))}")
        return connection

    def _read(self, task: Task, connection: duckdb.DuckDBPyConnection, batch: Batch) -> Output:
        output = Output(self.home, self.source.name, self.declaration, task)
        place = f"{self.source.name}/{self.declaration.name}/{task.file_name}"
        if not task.is_landed:
            archive.check(self.home, task.archived, place)
        try:
            for chunk in self._chunks(task, connection, output):
                batch.add(output, chunk)
        except (RefusedFile, duckdb.OutOfMemoryException) as refusal:
            batch.forget(output)
            is_too_large = isinstance(refusal, duckdb.OutOfMemoryException)
            reason = TOO_LARGE_ROWS if is_too_large else str(refusal)
            if task.is_rebuild:
                raise DamagedStore(
                    f"{place} was read once, but its Parquet is gone or damaged, and it can't be read again: {reason}"
                ) from refusal
            output.refuse(reason)
        return output

    def _chunks(self, task: Task, connection: duckdb.DuckDBPyConnection, output: Output) -> Iterator[Chunk]:
        path = archive.archive_path(self.home, task.archived.archived_as)
        if task.archived.rows_erased and task.name.kind == "jsonl" and self._is_emptied(path, task):
            # Nothing but the erased rows was in it: a day without records, which JSON lines can't say otherwise.
            output.header = (task.replaces.header if task.replaces else None) or ()
            return
        reader, chunks = read_chunks(connection, path, task.name, self.source, self.declaration)
        yield from chunks
        output.header = reader.header

    def _is_emptied(self, path: Path, task: Task) -> bool:
        blocks = text_blocks(path, task.name.is_compressed, self.source)
        return all(not block.strip() for block in blocks)

    def _commit(
        self,
        outputs: list[Output],
        connection: duckdb.DuckDBPyConnection,
        batch: Batch,
        in_force: dict[Slot, Path],
    ) -> None:
        """Put the batch's Parquet in place, then tell the ledger."""
        if not outputs:
            return
        batch.flush()
        moves = [move for output in outputs for move in output.finish()]
        accepted = [output for output in outputs if output.refusal is None]
        written = [(output.written_path, output.rows_accepted) for output in accepted]
        duplicates = count_duplicates(connection, written, list(in_force.values()))
        self.findings += row_findings(
            connection, self.source.name, self.declaration, [o for o in accepted if not o.task.is_rebuild]
        )
        ledger_rows = []
        by_output = dict(zip((id(output) for output in accepted), duplicates, strict=True))
        for output in outputs:
            if not output.task.is_rebuild:
                ledger_rows.append(self._row(output, by_output.get(id(output), 0)))
        # The ledger knows what is made again before it is there: killed in between, it is gone or damaged still.
        ledger.append(self.home, [row for output in accepted if (row := _row_of_rebuild(output))])
        move_into_place(moves)
        ledger.append(self.home, ledger_rows)
        self.written += ledger_rows
        in_force.update({output.task.slot: self.home / output.raw_path for output in accepted})

    def _row(self, output: Output, duplicates: int) -> LedgerRow:
        is_accepted = output.refusal is None
        return self._ledger_row(
            output.task,
            outcome=ACCEPTED if is_accepted else REFUSED,
            reason=output.refusal,
            refusal=None if is_accepted else "content",
            rows_accepted=output.rows_accepted,
            rows_quarantined=output.rows_quarantined,
            rows_duplicate=duplicates,
            header=output.header or None,
            raw_path=output.raw_path if is_accepted else None,
            quarantine_path=output.quarantine_path if output.rows_quarantined else None,
            raw_sha256=output.raw_sha256,
        )

    def _settled_row(self, settled: Settled) -> LedgerRow:
        return self._ledger_row(
            settled.task, outcome=settled.outcome, reason=settled.reason, refusal=settled.refusal
        )

    def _ledger_row(
        self,
        task: Task,
        *,
        outcome: str,
        reason: str | None,
        refusal: str | None,
        rows_accepted: int = 0,
        rows_quarantined: int = 0,
        rows_duplicate: int = 0,
        header: tuple[str, ...] | None = None,
        raw_path: str | None = None,
        quarantine_path: str | None = None,
        raw_sha256: str | None = None,
    ) -> LedgerRow:
        return LedgerRow(
            source=self.source.name,
            object=self.declaration.name,
            extract_date=task.name.extract_date,
            part=task.name.part,
            delivery=task.delivery,
            reading=task.reading,
            sha256=task.archived.sha256,
            file_name=task.file_name,
            size_bytes=task.archived.size_bytes,
            outcome=outcome,
            reason=reason,
            rows_read=rows_accepted + rows_quarantined,
            rows_accepted=rows_accepted,
            rows_quarantined=rows_quarantined,
            rows_duplicate=rows_duplicate,
            delivered_at=task.delivered_at,
            ingested_at=self.now,
            run_id=self.run_id,
            refusal=refusal,
            stamp=task.stamp,
            declaration=self.fingerprint,
            header=header,
            raw_path=raw_path,
            quarantine_path=quarantine_path,
            kept_sha256=task.archived.kept_sha256,
            rows_erased=task.archived.rows_erased,
            raw_sha256=raw_sha256,
        )


def _row_of_rebuild(output: Output) -> LedgerRow | None:
    """The ledger's row of a delivery whose Parquet is made again, where the new file has other bytes."""
    row = output.task.replaces
    if not output.task.is_rebuild or row is None or row.raw_sha256 == output.raw_sha256:
        return None
    return replace(row, raw_sha256=output.raw_sha256)


def _result(row: LedgerRow) -> DeliveryResult:
    return DeliveryResult(
        file_name=row.file_name,
        extract_date=row.extract_date.isoformat(),
        part=row.part,
        delivery=row.delivery,
        outcome=row.outcome,
        reason=row.reason,
        rows_read=row.rows_read,
        rows_accepted=row.rows_accepted,
        rows_quarantined=row.rows_quarantined,
        rows_duplicate=row.rows_duplicate,
    )
