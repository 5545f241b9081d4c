"""Files, good and bad, as cases: their bytes, their names, what they replace."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from tests.integration.ingestion.case import DAY, Case, refused
from tests.integration.ingestion.files import (
    FORMATS,
    GOOD_TOUCH,
    HEADER_ONLY,
    TOUCHES,
    WHOLE,
    as_jsonl,
    as_parquet,
    lines,
    parquet,
    sparse,
)


def cases() -> Iterator[Case]:
    """Every case that is about a file as a whole."""
    yield from (*_readable(), *_encodings(), *_whole_files(), *_quotes(), *_deliveries(), *_compressed())
    yield from (*_no_files(), *_dangerous_text())


# ---------------------------------------------------------------- text

TEXT = "UTF-8 with or without BOM"


def _readable() -> Iterator[Case]:
    texts = {
        "BOM": ("\ufeff" + WHOLE, "k1"),
        "CRLF": (WHOLE.replace("\n", "\r\n"), "k1"),
        "last line without a newline": (WHOLE.rstrip("\n"), "k1"),
        "quoted newline": (lines(TOUCHES, 't1,"k\n1",2026-01-05,other'), "k\n1"),
        "quotes": (lines(TOUCHES, 't1,"k ""1""",2026-01-05,other'), 'k "1"'),
        "emoji": (lines(TOUCHES, "t1,🎉,2026-01-05,other"), "🎉"),
        "right to left": (lines(TOUCHES, "t1,שלום,2026-01-05,other"), "שלום"),
        "blank lines": ("\n" + WHOLE + "\n   \n", "k1"),
    }
    for name, (text, contact_id) in texts.items():
        yield Case(TEXT, name, ((f"{DAY}.csv", text),), accepted=1, contact_ids=(contact_id,))
    for name in ("emoji", "right to left"):
        for ending in ("jsonl", "parquet"):
            text, contact_id = texts[name]
            files = ((f"{DAY}.{ending}", FORMATS[ending][0](text)),)
            yield Case(TEXT, f"{name}, {ending}", files, accepted=1, contact_ids=(contact_id,))
    yield Case(TEXT, "BOM, jsonl", ((f"{DAY}.jsonl", "\ufeff" + as_jsonl(WHOLE)),), accepted=1)
    only_returns = WHOLE.replace("\n", "\r")
    yield Case(
        TEXT, "no line feed at all", ((f"{DAY}.csv", only_returns),), outcomes=("refused",),
        told=("line 1: the header holds a carriage return that ends no line",),
    )  # fmt: skip


ENCODING = "UTF-16, Latin-1 / Windows-1252"


def _encodings() -> Iterator[Case]:
    spanish = lines(TOUCHES, "t1,Ñandú,2026-01-05,other")
    for encoding in ("utf-16", "latin-1", "cp1252"):
        declared = {"encoding": encoding}
        for ending, text in (("csv", spanish), ("jsonl", as_jsonl(spanish))):
            file = (f"{DAY}.{ending}", text.encode(encoding))
            yield Case(
                ENCODING,
                f"{encoding} declared, {ending}",
                (file,),
                settings=declared,
                accepted=1,
                contact_ids=("Ñandú",),
            )
    undeclared = {
        "latin-1": (spanish.encode("latin-1"), "line 2: the byte 0xD1 isn't UTF-8"),
        "utf-16": (
            spanish.encode("utf-16"),
            "line 1: the byte 0xFF isn't UTF-8. The file begins with the mark",
        ),
        "utf-16 without a mark": (WHOLE.encode("utf-16-le"), "missing required columns: "),
    }
    for name, (content, told) in undeclared.items():
        yield Case(
            ENCODING, f"{name} undeclared", ((f"{DAY}.csv", content),), outcomes=("refused",), told=(told,)
        )
    json_latin_1 = '{"touch_id": "Ñ"}\n'.encode("latin-1")
    yield Case(
        ENCODING, "latin-1 undeclared, jsonl", ((f"{DAY}.jsonl", json_latin_1),), outcomes=("refused",),
        told=("line 1: the byte 0xD1 isn't UTF-8",),
    )  # fmt: skip


# ---------------------------------------------------------------- whole files


def _whole_files() -> Iterator[Case]:
    line = "empty file; header only"
    yield refused(line, "empty", "csv", "", "the file is empty")
    yield refused(line, "empty gzip", "csv.gz", gzip.compress(b""), "the file is empty")
    yield refused(line, "empty JSON", "jsonl", "", "the file is empty")
    yield refused(line, "blank lines only", "csv", "\n\n", "the file is empty")
    yield refused(line, "empty Parquet", "parquet", b"", "damaged Parquet")
    for ending in ("csv", "csv.gz", "parquet"):  # no line of JSON has no header
        write, _ = FORMATS[ending]
        yield Case(line, f"header only, {ending}", ((f"{DAY}.{ending}", write(HEADER_ONLY)),))
    yield Case(line, "header without a newline", ((f"{DAY}.csv", TOUCHES),))

    line = "missing required column"
    missing = "missing required columns: "
    for ending, (write, _) in FORMATS.items():
        content = write(lines("touch_id,contact_id", "t1,k1"))
        told = f"{missing}occurred_at, touch_type. Found: touch_id, contact_id"
        yield refused(line, f"two missing, {ending}", ending, content, told)
    yield refused(line, "`;` undeclared", "csv", WHOLE.replace(",", ";"), f"{missing}touch_id, ")
    yield Case(
        line,
        "`;` declared",
        ((f"{DAY}.csv", WHOLE.replace(",", ";")),),
        settings={"delimiter": ";"},
        accepted=1,
    )
    twice = "one after the loose matching: "
    doubled = WHOLE.replace("touch_type", "Touch_ID")
    for ending in ("csv", "csv.gz", "parquet"):
        write, _ = FORMATS[ending]
        yield refused(line, f"doubled header, {ending}", ending, write(doubled), f"{twice}touch_id, Touch_ID")
    spelled_twice = '{"touch_id": 1, "Touch_ID": 2}\n'
    yield refused(line, "doubled key", "jsonl", spelled_twice, f"{twice}touch_id, Touch_ID")
    nobody = "Ana Ruiz,ana@people.example,55 1234 5678\n"
    no_header = "Found: 3 fields, none of which names a column of touches, as if without a header"
    yield refused(line, "no header", "csv", nobody, no_header)
    yield refused(line, "no header, and a value twice", "csv", "Ana,Ana,Ruiz\n", f"matching. {no_header}")
    yield Case(
        line, "a sparse file of 2 GB", prepare=_make_sparse, outcomes=("refused",),
        told=("line 1: the header is longer than 1,048,576 bytes",),
    )  # fmt: skip
    many = ",".join(f"c{number}" for number in range(2001))
    yield refused(
        line, "too many columns", "csv", lines(f"{TOUCHES},{many}"), "2,005 columns, where at most 2,000"
    )

    line = "new column; renamed optional column"
    first = lines(TOUCHES + ",content_type", GOOD_TOUCH + ",blog")
    second = lines(TOUCHES + ",content_kind", GOOD_TOUCH + ",blog")
    drift = "new columns: content_kind; vanished columns: contenttype"
    for ending in ("csv", "parquet"):
        write, _ = FORMATS[ending]
        before, after = (f"2026-01-04.{ending}", write(first)), (f"{DAY}.{ending}", write(second))
        yield Case(
            line,
            f"renamed, {ending}",
            (after,),
            (before,),
            outcomes=("accepted",) * 2,
            accepted=2,
            told=(drift,),
        )
    yield Case(
        line, "new, jsonl", ((f"{DAY}.jsonl", as_jsonl(second)),), (("2026-01-04.jsonl", as_jsonl(first)),),
        outcomes=("accepted",) * 2, accepted=2, told=("new columns: content_kind",),
    )  # fmt: skip


def _make_sparse(folder: Path) -> None:
    sparse(folder / f"{DAY}.csv", 2 * 1024**3)


def _quotes() -> Iterator[Case]:
    line = "quotes"
    inside = lines(TOUCHES, "t1,5' 10\" tall,2026-01-05,other")
    yield Case(line, "inside an unquoted field", ((f"{DAY}.csv", inside),), accepted=1)
    after = lines(TOUCHES, GOOD_TOUCH, 't2,"k"1,2026-01-05,other', GOOD_TOUCH)
    yield Case(
        line, "text after a closing one", ((f"{DAY}.csv", after),), accepted=2,
        quarantined=((3, "malformed_row", None),),
    )  # fmt: skip
    open_quote = lines(TOUCHES, GOOD_TOUCH, 't2,"k1,2026-01-05,other', GOOD_TOUCH)
    yield refused(line, "never closed", "csv", open_quote, "ends inside a quoted field that opens on line 3")
    yield refused(
        line,
        "never closed, in the header",
        "csv",
        '"' + WHOLE,
        "ends inside a quoted field that opens on line 1",
    )


# ---------------------------------------------------------------- deliveries


def _touch(touch_id: str) -> str:
    return lines(TOUCHES, GOOD_TOUCH.replace("t1", touch_id))


def _deliveries() -> Iterator[Case]:
    one, other = (f"{DAY}.csv", _touch("t1")), (f"{DAY}.csv", _touch("t2"))
    line = "the bytes in force again under the same name"
    yield Case(line, "same name", (one,), (one,), accepted=1)
    yield Case(
        line, "another part of that date", ((f"{DAY}.b.csv", one[1]),), (one,),
        outcomes=("accepted", "repeated"), accepted=1,
    )  # fmt: skip
    line = "other content for the same date and part"
    yield Case(line, "corrected", (other,), (one,), outcomes=("superseded", "accepted"), accepted=1)
    bad = (f"{DAY}.csv", lines(TOUCHES, "t1,k1,never,other"))
    yield Case(line, "bad rows corrected", (one,), (bad,), outcomes=("superseded", "accepted"), accepted=1)
    yield Case(
        line, "the first content again", (one,), (one, other),
        outcomes=("superseded", "superseded", "accepted"), accepted=1,
    )  # fmt: skip
    line = "the same part in two formats"
    told = ("the same date and part is also there as",)
    for ending in ("jsonl", "csv.gz", "parquet"):
        yield Case(
            line, f"csv and {ending}", (one, (f"{DAY}.{ending}", FORMATS[ending][0](_touch("t1")))),
            outcomes=("refused", "refused"), told=told,
        )  # fmt: skip
    spellings = (f"{DAY}.\u00e9.csv", _touch("t1")), (f"{DAY}.e\u0301.csv", _touch("t2"))
    yield Case(
        line, "two Unicode spellings of one name", spellings, outcomes=("refused", "refused"), told=told
    )
    line = "a day out of order, or missing"
    days = tuple((f"2026-01-0{day}.csv", _touch(f"t{day}")) for day in (7, 5, 4))
    yield Case(
        line, "out of order, the 6th missing", days[2:], days[:2], outcomes=("accepted",) * 3, accepted=3
    )


def _compressed() -> Iterator[Case]:
    line = "truncated, damaged or pretended gzip"
    for ending, text in (("csv.gz", WHOLE), ("jsonl.gz", as_jsonl(WHOLE))):
        large = gzip.compress((text + (text.splitlines()[-1] + "\n") * 50_000).encode())
        damaged = large[:200] + b"\0\0\0\0" + large[204:]
        yield refused(line, f"truncated, {ending}", ending, large[: len(large) // 2], "it ends too early")
        yield refused(line, f"damaged, {ending}", ending, damaged, "")
        yield refused(line, f"pretended, {ending}", ending, text, "damaged gzip")
        yield refused(
            line,
            f"garbage after it, {ending}",
            ending,
            gzip.compress(text.encode()) + b"more",
            "damaged gzip",
        )
        bomb = gzip.compress(text.encode() + b"\n" * 20_000_000)
        yield refused(line, f"bomb, {ending}", ending, bomb, "expands to more than 200 times its size")
    csv_gz = gzip.compress(WHOLE.encode())
    yield refused(line, "gzip under a plain name", "csv", csv_gz, "line 1: the byte 0x8B isn't UTF-8")
    yield refused(line, "broken Parquet footer", "parquet", as_parquet(WHOLE)[:-6], "damaged Parquet")
    yield refused(line, "no Parquet", "parquet", WHOLE, "damaged Parquet")
    sparse_lines = (
        as_jsonl(WHOLE) + json.dumps({f"k{number}": 1 for number in range(1900)}) + "\n{}" * 300_000
    )
    yield refused(
        line, "sparse JSON lines", "jsonl", sparse_lines, "of their 1,904 different keys: as a table they"
    )
    large_note = pa.table({**{name: ["x"] for name in TOUCHES.split(",")}, "note": ["x" * 100_000_000]})
    yield refused(
        line, "Parquet bomb", "parquet", parquet(large_note, "zstd"),
        "the column note expands to more than 200 times its size",
    )  # fmt: skip


# ---------------------------------------------------------------- what isn't read

NOT_READ = "a symlink, FIFO or folder in a file's place"


def _no_files() -> Iterator[Case]:
    def symlink(folder: Path) -> None:
        (folder.parent / "elsewhere.csv").write_text(WHOLE)
        (folder / f"{DAY}.csv").symlink_to(folder.parent / "elsewhere.csv")

    def fifo(folder: Path) -> None:
        os.mkfifo(folder / f"{DAY}.csv")

    def directory(folder: Path) -> None:
        (folder / f"{DAY}.csv").mkdir()

    kinds = {symlink: "a symbolic link", fifo: "neither a file nor a folder", directory: "a folder"}
    for prepare, kind in kinds.items():
        yield Case(
            NOT_READ, prepare.__name__, prepare=prepare, outcomes=(),
            told=(f"crm/touches/{DAY}.csv was not read: {kind}",),
        )  # fmt: skip
    unknown = (
        "notes.txt", "2026-13-01.csv", "2026-02-30.csv", "2026-1-5.csv", "x2026-01-05.csv", "2026-01-05.a.b.csv",
        "2026-01-05..csv", "2026-01-05....csv", "2026-01-05.parquet.gz", "2026-01-05.CSV", "2026-01-05.csv.bak",
        "2026-01-05.a\n.csv", "2026-01-05.a\\..csv",
    )  # fmt: skip
    for name in unknown:
        shown = name.replace("\n", "\\n")
        yield Case(
            NOT_READ,
            repr(name),
            ((name, WHOLE),),
            outcomes=(),
            told=(f"crm/touches/{shown} was not read: a name",),
        )
    for name in (f".{DAY}.csv", f"..{DAY}.csv", f"_{DAY}.csv", f"{DAY}.csv.tmp", f"{DAY}.csv.part"):
        yield Case(NOT_READ, f"{name} is a writer's own business", ((name, WHOLE),), outcomes=())


DANGEROUS = "CSV formulas"


def _dangerous_text() -> Iterator[Case]:
    texts = ("=cmd|' /C calc'!A0", "<script>alert(1)</script>", "'; drop table touches; --", "007", "NA")
    for text in texts:
        row = f"t1,{text},2026-01-05,other"
        for ending, (write, _) in FORMATS.items():
            yield Case(
                DANGEROUS,
                f"{text}, {ending}",
                ((f"{DAY}.{ending}", write(lines(TOUCHES, row))),),
                accepted=1,
                contact_ids=(text,),
            )
