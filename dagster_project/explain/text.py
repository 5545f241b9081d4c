"""An explained figure as text: ids, times and places, and nothing that says who somebody is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from .figure import Counted, Figure
from .records import DeliveredRow, Record

MOST_LISTED = 200
MOST_ROWS_OF_A_RECORD = 3
MOST_CHARACTERS = 60


def figure_text(figure: Figure, meaning: str, things: Sequence[Counted]) -> str:
    """The figure, and the list of what it counts."""
    target = f"{figure.comparison.replace('_', ' ')} {_number(figure.target)}"
    lines = [
        (
            f"{figure.commitment_id} in {figure.period:%Y-%m}: {_number(figure.actual)}, promised {target}: "
            f"{figure.status.replace('_', ' ')}{'' if figure.final else ' (not final)'}"
        ),
        (
            f"{meaning} ({figure.metric}); owed by {figure.owner}, contract version {figure.contract_version}; "
            f"complete through {figure.complete_through:%Y-%m-%d %H:%M:%S} UTC"
        ),
        "",
    ]
    if figure.met is not None:
        lines.append(
            f"It counts {len(things)} obligations: {figure.met} met, {figure.breached} breached, {figure.pending} "
            f"pending; of {figure.due} the deadline has passed. Times are UTC."
        )
        header = ("#", "outcome", "person", "cycle", "rep", "started", "due", "done")
        rows = [
            (
                str(thing.number),
                thing.outcome or "",
                thing.person_id or "",
                _text(thing.cycle),
                thing.rep_id or "",
                _instant(thing.started_at),
                _instant(thing.due_at),
                _instant(thing.done_at),
            )
            for thing in things[:MOST_LISTED]
        ]
    else:
        totals: dict[str, list[Counted]] = {}
        for thing in things:
            totals.setdefault(thing.measure, []).append(thing)
        counted = "; ".join(
            f"{measure}: {len(of_measure)} events, {_number(sum(each.amount or 0 for each in of_measure))} in all"
            for measure, of_measure in totals.items()
        )
        lines.append(f"It counts {counted or 'nothing'}. Times are UTC.")
        header = ("#", "event", "person", "cycle", "record", "amount", "happened", "")
        rows = [
            (
                str(thing.number),
                thing.measure,
                thing.person_id or "",
                _text(thing.cycle),
                f"{thing.object} {thing.record_id}" if thing.object else "",
                _number(thing.amount),
                _instant(thing.started_at),
                "",
            )
            for thing in things[:MOST_LISTED]
        ]
    if rows:
        lines += ["", *_aligned([header, *rows])]
    if len(things) > MOST_LISTED:
        lines.append(f"… and {len(things) - MOST_LISTED} more; PERSON=… shows one of them.")
    return "\n".join(lines) + "\n"


def records_text(
    thing: Counted, records: Sequence[Record], rows: Sequence[DeliveredRow], archive: Path
) -> str:
    """What number `thing.number` rests on: records, and the files and lines in which they stand."""
    moments = {thing.started_at: "starts it", thing.due_at: "is due", thing.done_at: "ends it"}
    if thing.outcome is None:
        moments = {thing.started_at: "is it"}
    lines = [f"Number {thing.number} rests on {len(records)} records:", ""]
    table = [("at", "what", "record", "in file", "line")]
    shown: list[DeliveredRow] = []
    for record in records:
        of_record = [row for row in rows if row.record == record]
        mark = moments.get(record.happened_at) if record.happened_at and record.role != "rep" else None
        what = f"{record.role} ({mark})" if mark else record.role
        first = (_instant(record.happened_at), what, f"{record.object} {record.record_id}")
        for place, row in enumerate(of_record[:MOST_ROWS_OF_A_RECORD]):
            table.append((*(first if place == 0 else ("", "", "")), row.file, str(row.line)))
        shown += of_record[:MOST_ROWS_OF_A_RECORD]
        if len(of_record) > MOST_ROWS_OF_A_RECORD:
            table.append(("", "", "", f"… and {len(of_record) - MOST_ROWS_OF_A_RECORD} earlier rows", ""))
        if not of_record:
            table.append((*first, "no delivery in force", ""))
    lines += _aligned(table)
    lines += ["", f"The files, as they are kept in {archive}:", ""]
    files = {row.file: row for row in shown}
    lines += _aligned(
        [
            (row.file, f"delivery {row.delivery}", f"{row.sha256[:2]}/{row.sha256}" if row.sha256 else "")
            for row in sorted(files.values(), key=lambda row: row.file)
        ]
    )
    return "\n".join(lines) + "\n"


def _aligned(rows: Iterable[Sequence[str]]) -> list[str]:
    rows = [[_short(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _short(cell: str) -> str:
    printable = "".join(character if character.isprintable() else "?" for character in cell)
    longest = max(MOST_CHARACTERS, 67)  # an archive's place
    return printable if len(printable) <= longest else printable[: longest - 1] + "…"


def _instant(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant:%Y-%m-%d %H:%M:%S}"


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _number(value: object) -> str:
    if value is None:
        return "no figure"
    text = f"{value:f}" if not isinstance(value, float) else repr(value)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
