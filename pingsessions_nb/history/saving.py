"""Frames <-> a folder of Parquet files, exactly, Python objects included."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pingsessions_nb.errors import ConfigurationError, MalformedResponse
from pingsessions_nb.history.private_files import owner_alone

Note = Mapping[str, Any]

_OBJECTS = b"pingsessions.objects"  # names of the columns whose cells are JSON text
_NOTE = b"pingsessions.note"  # JSON: what is to be known of all the frames


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame], note: Note) -> Path:
    """Write a file for each frame, `note` in each, replacing the folder as a whole.

    Their owner alone can read them. A folder that holds anything but such files, or cannot be
    written, is a `ConfigurationError`.
    """
    names = {f"{name}.parquet" for name in tables}
    if folder.is_file() or (folder.is_dir() and {f.name for f in folder.iterdir()} - names):
        msg = f"{folder} holds something else; give a new folder to save to."
        raise ConfigurationError(msg)
    if folder.resolve() == Path.cwd():
        msg = f"{folder} is the folder that Python runs in; give a new folder to save to."
        raise ConfigurationError(msg)
    try:
        _replace(folder.resolve(), tables, note)
    except OSError as error:
        reason = error.strerror or error
        msg = f"{folder} cannot be written: {reason}; give another folder to save to."
        raise ConfigurationError(msg) from None
    return folder


def _replace(folder: Path, tables: Mapping[str, pd.DataFrame], note: Note) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, frame in tables.items():
            with owner_alone():
                pq.write_table(_table(frame, note), new / f"{name}.parquet", compression="zstd")
        if folder.is_dir():
            old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
            folder.replace(old)
            new.replace(folder)
            shutil.rmtree(old)
        else:
            new.replace(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def read_tables(folder: Path, names: Sequence[str]) -> tuple[dict[str, pd.DataFrame], Note]:
    """Read the frames and the note that `write_tables` wrote.

    Where there are no such files, that is a `ConfigurationError`; where one of them is damaged, a
    `MalformedResponse`.
    """
    frames = {}
    note: Note = {}
    for name in names:
        file = folder / f"{name}.parquet"
        if not file.is_file():
            msg = f"{folder} is not a saved history: it has no {file.name}."
            raise ConfigurationError(msg)
        try:
            table = pq.read_table(file)
            frames[name] = _frame(table)
            note = json.loads((table.schema.metadata or {}).get(_NOTE, b"{}"))
        except (pa.ArrowException, OSError, ValueError) as error:
            msg = f"{file} is damaged and cannot be read: {error}"
            raise MalformedResponse(msg) from None
    return frames, note


def _table(frame: pd.DataFrame, note: Note) -> pa.Table:
    objects = [str(name) for name, dtype in frame.dtypes.items() if dtype == "object"]
    written = frame.assign(
        **{
            name: pd.Series(
                [None if cell is None else json.dumps(cell) for cell in frame[name]],
                index=frame.index,
                dtype="str",
            )
            for name in objects
        }
    )
    table = pa.Table.from_pandas(written, preserve_index=False)
    ours = {_OBJECTS: json.dumps(objects).encode(), _NOTE: json.dumps(note).encode()}
    metadata = {**(table.schema.metadata or {}), **ours}
    return table.replace_schema_metadata(metadata)


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    for name in json.loads((table.schema.metadata or {}).get(_OBJECTS, b"[]")):
        cells = [None if pd.isna(cell) else json.loads(cell) for cell in frame[name]]
        frame[name] = pd.Series(cells, dtype="object")
    return frame
