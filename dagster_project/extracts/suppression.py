"""Who was forgotten: keyed hashes of ids and e-mails, in `history/suppression/`, that ingestion obeys.

What belongs here: the list, and which rows name somebody on it. What doesn't: cutting rows out of files (`erasure`).

    history/suppression/key             a random key of its own, so that no other setting can make the list void
    history/suppression/<number>.parquet    kind (contact, lead or email), hash, is_distinctive; only ever added to

The hash is an HMAC-SHA-256 (RFC 2104) of an id as it is delivered, trimmed, or of an e-mail in lower case. A
Salesforce id is on it by its fifteen characters, and found by them in eighteen. Nobody can be read out of the list; who
has the key can ask whether somebody is on it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .declarations.persons import EITHER, NamingColumns
from .files import incoming_path, make_folder, move_into_place, only_one
from .rows import Flags
from .sql import run_sql
from .timestamps import READABLE
from .vendor_ids import LONG_LENGTH, SHORT_LENGTH, read_salesforce_ids

EMAIL = "email"
SCHEMA = pa.schema([("kind", pa.string()), ("hash", pa.string()), ("is_distinctive", pa.bool_())])
KEY_BYTES, BLOCK_BYTES = 32, 64

EMAIL_PATTERN = r"""[^\s@<>()\[\]{},;:|"'=\\/?&]+@[^\s@<>()\[\]{},;:|"'=\\/?&]+"""
BETWEEN_TOKENS = r"""[\s,;|"'{}\[\]<>()=]+"""
# Shorter ids, and short numbers, stand in other texts by chance: they are looked for in columns of ids only.
LEAST_CHARACTERS, LEAST_DIGITS = 6, 9
SALESFORCE_ID = "[0-9A-Za-z]{18}"


@dataclass(frozen=True)
class Name:
    """One id or e-mail of a person."""

    kind: str
    text: str

    @property
    def canonical(self) -> str:
        """The text that is hashed."""
        text = self.text.strip()
        return text.lower() if self.kind == EMAIL else without_suffix(text)

    @property
    def is_distinctive(self) -> bool:
        text = self.canonical
        return self.kind == EMAIL or len(text) >= (LEAST_DIGITS if text.isdigit() else LEAST_CHARACTERS)


@dataclass(frozen=True)
class Suppression:
    """The list as it is now. `digest` changes with it; None for an empty one."""

    key: bytes
    entries: pa.Table

    def __bool__(self) -> bool:
        return self.entries.num_rows > 0

    @property
    def digest(self) -> str | None:
        if not self:
            return None
        hashes = sorted(
            f"{kind}:{value}"
            for kind, value in zip(
                *(self.entries[name].to_pylist() for name in ("kind", "hash")), strict=True
            )
        )
        return hashlib.sha256("\n".join(hashes).encode()).hexdigest()

    def hash_of(self, name: Name) -> str:
        inner, outer = self._paddings()
        inside = hashlib.sha256(inner + name.canonical.encode()).digest()
        return hashlib.sha256(outer + inside).hexdigest()

    def holds(self, name: Name) -> bool:
        """Whether a name is on the list."""
        wanted = pc.and_(
            pc.equal(self.entries["kind"], name.kind), pc.equal(self.entries["hash"], self.hash_of(name))
        )
        return bool(pc.any(wanted).as_py())

    def rows_naming(
        self,
        connection: duckdb.DuckDBPyConnection,
        columns: Mapping[str, pa.StringArray],
        naming: NamingColumns,
    ) -> Flags:
        """Which rows of some columns of text name somebody on the list: by an id in a column of ids, or by an e-mail
        in any column."""
        count = len(next(iter(columns.values()))) if columns else 0
        flags = np.zeros(count, dtype=np.bool_)
        for name, values in columns.items():
            kinds = naming.ids.get(name)
            if kinds:
                flags |= self._by_distinct(connection, values, self._ids_query(kinds))
            with_at = pc.fill_null(pc.match_substring(values, "@"), False)
            if pc.any(with_at).as_py():
                emails = pc.if_else(with_at, values, pa.scalar(None, pa.string()))
                flags |= self._by_distinct(connection, emails, self._emails_query())
        return flags

    def texts_naming(
        self,
        connection: duckdb.DuckDBPyConnection,
        texts: pa.Array,
        *,
        kinds: Collection[str] = EITHER,
        only_distinctive: bool = False,
    ) -> Flags:
        """Which texts name somebody on the list by a word that is an id of one of the kinds, or by an e-mail."""
        texts = texts.cast(pa.string())
        flags = self._by_distinct(connection, texts, self._emails_query())
        if kinds:
            flags |= self._by_distinct(connection, texts, self._words_query(kinds, only_distinctive))
        return flags

    def _by_distinct(self, connection: duckdb.DuckDBPyConnection, values: pa.Array, query: str) -> Flags:
        """Flags by a query over the distinct values: `incoming` (place, value), `entries`; it gives the places."""
        encoded = values.dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        dictionary = encoded.dictionary
        inner, outer = self._paddings()
        connection.register("entries", self.entries)
        found = run_sql(
            connection,
            query,
            {"inner": inner, "outer": outer},
            incoming=pa.table({"place": pa.array(range(len(dictionary)), pa.int64()), "value": dictionary}),
        )
        connection.unregister("entries")
        named = np.zeros(len(dictionary) + 1, dtype=np.bool_)
        named[found.column(0).to_numpy()] = True
        indices = pc.fill_null(encoded.indices, len(dictionary)).to_numpy(zero_copy_only=False)
        flags: Flags = named[indices]
        return flags

    def _ids_query(self, kinds: Collection[str]) -> str:
        return f"""
            with pieces as (
                select place, trim(unnest(string_split(value, ';'))) as piece from incoming
            )
            select distinct place from pieces where {_is_listed_id(kinds)}"""

    def _emails_query(self) -> str:
        pattern = EMAIL_PATTERN.replace("'", "''")
        return f"""
            with pieces as (
                select place, rtrim(unnest(regexp_extract_all(lower(value), '{pattern}')), '.!?') as piece
                from incoming
                where contains(value, '@')
            )
            select distinct place from pieces where {_is_listed("piece", (EMAIL,))}"""

    def _words_query(self, kinds: Collection[str], only_distinctive: bool) -> str:
        between = BETWEEN_TOKENS.replace("'", "''")
        return f"""
            with pieces as (
                select place, unnest(regexp_split_to_array(value, '{between}')) as piece from incoming
            ),
            pieces_and_parts as (
                select place, piece from pieces
                union all
                select place, rtrim(piece, '.:!?') as piece from pieces where regexp_matches(piece, '[.:!?]$')
                union all
                select place, unnest(string_split(piece, ':')) as piece from pieces where contains(piece, ':')
            )
            select distinct place from pieces_and_parts
            where piece != '' and ({_is_listed_id(kinds, only_distinctive)})"""

    def _paddings(self) -> tuple[bytes, bytes]:
        key = self.key.ljust(BLOCK_BYTES, b"\0")
        return bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key)


def _is_listed_id(kinds: Collection[str], only_distinctive: bool = False) -> str:
    short = _is_listed(f"left(piece, {SHORT_LENGTH})", kinds, only_distinctive)
    whole = _is_listed("piece", kinds, only_distinctive)
    return f"{whole} or (regexp_full_match(piece, '{SALESFORCE_ID}') and {short})"


def _is_listed(text: str, kinds: Collection[str], only_distinctive: bool = False) -> str:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    also = " and is_distinctive" if only_distinctive else ""
    return (
        f"sha256($outer || unhex(sha256($inner || encode({text})))) "
        f"in (select hash from entries where kind in ({listed}){also})"
    )


def without_suffix(text: str) -> str:
    """A Salesforce id of eighteen characters by its first fifteen; any other id as it is."""
    ids, states = read_salesforce_ids(pa.array([text]))
    return str(ids[0].as_py()) if len(text) == LONG_LENGTH and states[0] == READABLE else text


def _folder(home: Path) -> Path:
    return home / "history" / "suppression"


def load_suppression(home: Path) -> Suppression:
    """The list; an empty one where nobody was ever forgotten."""
    folder = _folder(home)
    paths = sorted(folder.glob("[0-9]*.parquet"))
    tables = [pq.read_table(path, schema=SCHEMA) for path in paths]
    entries = pa.concat_tables([SCHEMA.empty_table(), *tables]).combine_chunks()
    key = folder / "key"
    return Suppression(bytes.fromhex(key.read_text().strip()) if key.exists() else b"", entries)


def suppress(home: Path, names: Iterable[Name]) -> Suppression:
    """Put names on the list, for good, and give the list; those that are on it already change nothing."""
    folder = _folder(home)
    with only_one(folder):
        _make_key(folder)
        known = load_suppression(home)
        listed = set(zip(*(known.entries[name].to_pylist() for name in ("kind", "hash")), strict=True))
        new = {(name.kind, known.hash_of(name)): name.is_distinctive for name in names if name.canonical}
        added = [(*entry, distinctive) for entry, distinctive in sorted(new.items()) if entry not in listed]
        if added:
            number = max((int(path.stem) for path in folder.glob("[0-9]*.parquet")), default=0) + 1
            temporary = incoming_path(folder, f"{number:08}")
            columns = [pa.array(values) for values in zip(*added, strict=True)]
            pq.write_table(pa.table(columns, schema=SCHEMA), temporary)
            move_into_place([(temporary, folder / f"{number:08}.parquet")])
        return load_suppression(home)


def _make_key(folder: Path) -> None:
    key = folder / "key"
    if key.exists():
        return
    make_folder(folder)
    temporary = incoming_path(folder, "key")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
    move_into_place([(temporary, key)])
