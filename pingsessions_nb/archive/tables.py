"""The Delta tables of an archive: opened, made, read as Arrow, written one commit at a time.

Every commit names the same application transaction, so that of two writers that began from the
same version one is refused and starts over from what the other wrote.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow.fs import FileSelector, FileType, PyFileSystem

from pingsessions_nb.archive.rows import plain, plain_type
from pingsessions_nb.archive.table_layout import (
    ARROW,
    PARTITIONS,
    SNAPSHOTS,
    TABLES,
    one_of,
    quoted,
    schema,
)
from pingsessions_nb.errors import ArchiveError, ConfigurationError
from pingsessions_nb.history.private_files import owner_alone

try:
    from deltalake import (
        ColumnProperties,
        CommitProperties,
        DeltaTable,
        QueryBuilder,
        Schema,
        Transaction,
        WriterProperties,
        write_deltalake,
    )
    from deltalake.exceptions import CommitFailedError, DeltaError
    from deltalake.fs import DeltaStorageHandler

    _MISSING = ""
except ImportError:
    _MISSING = 'An archive needs one more package: pip install "pingsessions_nb[archive]".'
_WRITER: Final = "pingsessions"
# Rows lie by user, in small groups, so that one user's are found without reading all. Statistics
# of other columns would help nobody and make each file slower to open.
_FOUND_BY: Final = ("user_id", "created_at", "active_at", "last_seen_at", "at")
_STATISTICS: Final = {  # of times alone: a log that outlives its rows should name nobody
    "users": "last_seen_at",
    "sessions": "created_at,active_at,last_seen_at",
    "locations": "at,last_seen_at",
}
_LONGEST_REASON: Final = 300
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m|\N{DOWNWARDS ARROW WITH TIP RIGHTWARDS}")
_UNREACHED: Final = re.compile(r"error sending request|timed out|\b50[0234]\b")
_FULL: Final = re.compile(r"No space left|\(os error (28|69|112|122)\)")
_FOREVER: Final = "interval 36500 days"


class ConflictError(Exception):
    """Somebody else committed first; begin again."""


class BusyError(ArchiveError):
    """The archive cannot be worked on for now; it is worth to try again later."""


class Tables:
    """The tables at an address: a folder or an object store's, without a slash at the end.

    `private` says whether files are made for their owner alone, or as the process's mask has them.
    Where Delta Lake is not installed, that is a `ConfigurationError`.
    """

    def __init__(
        self, address: str, storage_options: Mapping[str, str], *, private: bool = True
    ) -> None:
        if _MISSING:
            raise ConfigurationError(_MISSING)
        self.address = address
        self.options = dict(storage_options)
        self.private = private

    def uri(self, table: str) -> str:
        """Return a table's address."""
        return f"{self.address}/{table}"

    def exist(self) -> bool:
        """Tell whether an archive is there; the table of snapshots is made last.

        Where something else is there, or it cannot be told, that is an `ArchiveError`.
        """
        if self.has("snapshots"):
            return True
        folder = Path(self.address)
        if "://" in self.address or not folder.exists():
            return False
        if not folder.is_dir():
            msg = f"{folder} is a file, not an archive. Give a folder: a new one, or an archive's."
            raise ArchiveError(msg)
        # One who was killed while making it may have left a folder for its log.
        ours = TABLES if any(folder.glob("snapshots/*.parquet")) else (*TABLES, "snapshots")
        strangers = sorted(f.name for f in folder.iterdir() if f.name not in ours)
        if strangers:
            msg = (
                f"{folder} is not an archive: it has no table of snapshots, but holds "
                f"{', '.join(strangers[:3])}. Give a new folder, or an archive's."
            )
            raise ArchiveError(msg)
        return False

    def create(self, buckets: int) -> None:
        """Make the tables that are not there yet."""
        about = {"pingsessions.format": "1", "pingsessions.buckets": str(buckets)}
        about |= {} if self.private else {"pingsessions.private": "false"}
        for name in (*TABLES, "snapshots"):
            self.make(name, SNAPSHOTS if name == "snapshots" else schema(name), about)

    def make(self, name: str, columns: pa.Schema, about: Mapping[str, str] | None = None) -> None:
        """Make a table if it is not there yet."""
        with self.writing("made"), contextlib.suppress(CommitFailedError):  # somebody else does
            DeltaTable.create(
                self.uri(name),
                Schema.from_arrow(columns),
                mode="ignore",
                partition_by=PARTITIONS.get(name),
                configuration={
                    **(about or {}),
                    "delta.dataSkippingStatsColumns": _STATISTICS.get(name, ""),
                    "delta.logRetentionDuration": _FOREVER,
                    "delta.checkpointInterval": "20",
                },
                storage_options=self.options,
                raise_if_key_not_exists=False,
            )

    def has(self, name: str) -> bool:
        """Tell whether a table is there."""
        with self.trouble("opened"):
            return DeltaTable.is_deltatable(self.uri(name), self.options)

    def open(self, table: str, version: int | None = None) -> DeltaTable:
        """Open a table at a version, or as it is now."""
        with self.trouble("opened"):
            opened = DeltaTable(self.uri(table), version, storage_options=self.options)
        self.check(table, opened.version())
        return opened

    def check(self, table: str, version: int) -> None:
        """Check that the last entry of a log was not emptied, as by a machine that went down.

        Where it was, that is an `ArchiveError`: the table would look as it did before.
        """
        if "://" in self.address:  # a store writes an object as a whole
            return
        entry = Path(self.uri(table), "_delta_log", f"{version:020}.json")
        with contextlib.suppress(OSError):
            if entry.stat().st_size == 0:
                msg = f"The archive {self.address} is damaged: {entry} is empty, as after a crash "
                msg += "of the machine. Restore it from a backup"
                if table == "snapshots":
                    msg += ", or delete it, and record again what was recorded last"
                raise ArchiveError(f"{msg}.")

    @contextlib.contextmanager
    def writing(self, done: str) -> Iterator[None]:
        """Make files as `private` says; else as `trouble`."""
        with owner_alone() if self.private else contextlib.nullcontext(), self.trouble(done):
            yield

    @contextlib.contextmanager
    def trouble(self, done: str) -> Iterator[None]:
        """Turn what goes wrong below into `ConflictError` or a sentence of `ArchiveError`."""
        try:
            yield
        except CommitFailedError as error:
            raise ConflictError(str(error)) from None
        except (DeltaError, OSError, pa.ArrowException, ValueError) as error:
            reason = _reason(error)
        except BaseException as error:
            # What the engine raises while it reads is a bare Exception, or a panic of Rust's.
            if type(error) is not Exception and type(error).__name__ != "PanicException":
                raise
            reason = _reason(error)
        else:
            return
        msg = f"The archive {self.address} cannot be {done}: {reason}."
        if _FULL.search(reason):
            msg = f"The archive {self.address} cannot be {done}: its disk is full. Free some space "
            raise ArchiveError(f"{msg}and do it again; what was recorded before is whole.")
        if "://" in self.address and _UNREACHED.search(reason):
            raise BusyError(f"{msg} Its store does not answer: try again later.")
        if "://" in self.address:
            msg += " See that address, credentials and settings of its store are right."
        msg += (
            " A file of it may be damaged or missing: restore it from a backup, or read an earlier "
            "snapshot with as_of=."
        )
        raise ArchiveError(msg)

    def read(
        self, table: DeltaTable, columns: Sequence[str], where: str = "TRUE"
    ) -> Iterator[pa.RecordBatch]:
        """Read rows, a batch at a time and in no order; texts are ``large_string``."""
        listed = ", ".join(quoted(name) for name in columns)
        with self.trouble("read"):
            query = QueryBuilder().register("t", table)
            for batch in query.execute(f"SELECT {listed} FROM t WHERE {where}"):  # noqa: S608
                yield plain(pa.record_batch(batch))

    def query(self, query: str, tables: Mapping[str, DeltaTable]) -> pa.Table:
        """Answer a query of our own over tables by name."""
        engine = QueryBuilder()
        for name, table in tables.items():
            engine.register(name, table)
        with self.trouble("read"):
            return plain(pa.table(engine.execute(query).read_all()))

    def read_all(self, table: DeltaTable, columns: Sequence[str], where: str) -> pa.Table:
        """Read rows, in no order."""
        return pa.Table.from_batches(self.read(table, columns, where), _schema(table, columns))

    def read_those(
        self, table: DeltaTable, columns: Sequence[str], where: str, key: str, values: Iterable[str]
    ) -> pa.Table:
        """Read the rows whose key is one of many values, streaming past all others."""
        schema = _schema(table, columns)
        wanted = ds.field(key).isin(pa.array(values, pa.large_string()))
        batches = self.read(table, columns, where)
        with self.trouble("read"):
            return ds.Scanner.from_batches(batches, schema=schema, filter=wanted).to_table()

    def append(self, table: DeltaTable, rows: pa.Table, **marks: int) -> None:
        """Append rows in one commit, which carries the `marks` as application versions."""
        with self.writing("written"):
            write_deltalake(table, rows, mode="append", **_as_ours(table, **marks))

    def replace(self, table: DeltaTable, rows: pa.Table, keys: Sequence[str]) -> None:
        """Put rows in place of those of the same partition and keys, in one commit."""
        partitions = [name for name in ("bucket", "month") if name in rows.column_names]
        same = [f"t.{name} = s.{name}" for name in (*partitions, *keys)]
        # Said in literals, the partitions that matter are the only ones that are read.
        only = [one_of(f"t.{name}", rows[name].unique().to_pylist()) for name in partitions]
        with self.writing("written"):
            table.merge(
                rows,
                predicate=" AND ".join([*only, *same]),
                source_alias="s",
                target_alias="t",
                **_as_ours(table),
            ).when_matched_update_all().execute()

    def rewrite(self, table: DeltaTable, rows: pa.RecordBatchReader, where: str) -> None:
        """Put rows in place of whole partitions, in one commit."""
        with self.writing("written"):
            write_deltalake(table, rows, mode="overwrite", predicate=where, **_as_ours(table))

    def join_files(self, table: DeltaTable) -> None:
        """Join the small files of each partition and sort what is joined by user."""
        folders = Counter(path.rpartition("/")[0] for path in self.needed(table))
        several = [folder for folder, files in folders.items() if files > 1]
        if not several:
            return
        with self.writing("compacted"):
            if "month" not in columns_of(table):
                table.optimize.compact(writer_properties=_properties())
                return
            months = {folder.rpartition("month=")[2] for folder in several}
            table.optimize.z_order(
                ["user_id"],
                partition_filters=[("month", "in", sorted(months))],
                writer_properties=_properties(),
            )

    def fence(self, table: DeltaTable) -> None:
        """Have every commit refused that others began before; joining files, too."""
        # Joining files leaves our application transaction out, but minds changed properties.
        self.describe(table, {"pingsessions.fence": str(table.version() + 1)})

    def describe(self, table: DeltaTable, properties: dict[str, str]) -> None:
        """Set properties of a table."""
        with self.writing("written"):
            table.alter.set_table_properties(
                properties, raise_if_not_exists=False, commit_properties=_commit(table)
            )

    def needed(self, table: DeltaTable) -> set[str]:
        """Return the data files of a table's version, as paths in its folder."""
        with self.trouble("read"):
            return set(pa.table(table.get_add_actions())["path"].to_pylist())

    def files(self, table: str) -> set[str]:
        """Return the data files that are there, needed or not, as paths in the table's folder."""
        with self.trouble("listed"):
            if "://" in self.address:
                store = PyFileSystem(DeltaStorageHandler(self.uri(table), self.options))
                infos = store.get_file_info(FileSelector("", recursive=True))
                paths = [info.path for info in infos if info.type == FileType.File]
            else:
                folder = Path(self.uri(table))
                found = folder.rglob("*")
                paths = [file.relative_to(folder).as_posix() for file in found if file.is_file()]
        return {path for path in paths if path.startswith("bucket=")}

    def delete(self, table: str, paths: Iterable[str]) -> None:
        """Delete files; one that is gone already is well."""
        if "://" not in self.address:
            for path in paths:
                Path(self.uri(table), path).unlink(missing_ok=True)
            return
        store = PyFileSystem(DeltaStorageHandler(self.uri(table), self.options))
        for path in paths:
            with contextlib.suppress(FileNotFoundError):
                store.delete_file(path)

    def widen(self, table: DeltaTable, columns: Mapping[str, str]) -> None:
        """Add columns of the given kinds."""
        try:
            with self.writing("widened"):
                more = pa.schema([(name, ARROW[kind]) for name, kind in columns.items()])
                fields = Schema.from_arrow(more).fields
                table.alter.add_columns(fields, commit_properties=_commit(table))
        except ArchiveError as error:  # another recorder may have added them just now
            raise ConflictError(str(error)) from None


@functools.cache
def _properties() -> WriterProperties:
    found_by = dict.fromkeys(_FOUND_BY, ColumnProperties(statistics_enabled="CHUNK"))
    return WriterProperties(
        compression="ZSTD",
        compression_level=3,
        max_row_group_size=4096,
        default_column_properties=ColumnProperties(statistics_enabled="NONE"),
        column_properties=found_by,
    )


def _reason(error: BaseException) -> str:
    return " ".join(_COLOURS.sub(" ", str(error)).split())[:_LONGEST_REASON]


def _commit(table: DeltaTable, **marks: int) -> CommitProperties:
    named = {_WRITER: table.version() + 1, **marks}
    return CommitProperties(app_transactions=[Transaction(n, v) for n, v in named.items()])


def _as_ours(table: DeltaTable, **marks: int) -> dict[str, Any]:
    """Return how each of our commits of rows is written."""
    commit = _commit(table, **marks)
    return {"writer_properties": _properties(), "commit_properties": commit}


def columns_of(table: DeltaTable) -> list[str]:
    """Return the names of a table's columns."""
    return [field.name for field in table.schema().fields]


def _schema(table: DeltaTable, columns: Iterable[str]) -> pa.Schema:
    types = pa.schema(table.schema().to_arrow())
    return pa.schema([(name, plain_type(types.field(name).type)) for name in columns])
