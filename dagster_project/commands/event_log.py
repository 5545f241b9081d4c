"""Where one run in this process writes its events: the same files as the UI reads, kept open while the run lasts.

Dagster's own storage on one machine opens its file, compiles its statement and waits for the disk anew at each event. A
run has some two thousand: that was an eighth of its processor time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as db
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData

WAIT_SECONDS = 60


class KeptOpenEventLog(SqliteEventLogStorage):
    """Dagster's event log in SQLite files, with one engine a file for as long as there is this object."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, db.Engine] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> KeptOpenEventLog:
        """As Dagster makes it from an instance's configuration."""
        return cls(inst_data=inst_data, **config_value)

    @contextlib.contextmanager
    def _connect(self, shard: str) -> Iterator[db.Connection]:
        if shard not in self._engines:
            with super()._connect(shard):  # makes the file where there is none yet
                pass
            self._engines[shard] = _engine(self.conn_string_for_shard(shard))
        with self._db_lock, self._engines[shard].begin() as connection:
            yield connection

    def has_table(self, table_name: str) -> bool:
        """Whether the storage has a table, which it is asked at each event of an asset; what it has, it keeps."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def dispose(self) -> None:
        """Close every file."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()


def _engine(address: str) -> db.Engine:
    engine = db.create_engine(address, connect_args={"timeout": WAIT_SECONDS, "check_same_thread": False})

    @db.event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        # What a crash of the machine may cost is the last events of a run that it ended anyway.
        connection.execute("pragma synchronous = normal")

    return engine
