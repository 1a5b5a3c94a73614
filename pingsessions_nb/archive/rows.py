"""The frames' rows <-> the tables' rows.

A field that we do not know is stored in a column of its own as JSON text, whatever its type, so
that a field whose type changes from one snapshot to the next costs nothing. Names of such columns
are percent-encoded where Delta Lake does not allow a character, or cannot tell two names apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from pingsessions_nb.archive.table_layout import FILED, KNOWN, SEEN_OF, schema
from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.frames.columns import (
    LOCATION_COLUMNS,
    LOCATION_FIELDS,
    NUMBER,
    PLACE_COLUMNS,
    SESSION_COLUMNS,
    SESSION_FIELDS,
    USER_COLUMNS,
    USER_FIELDS,
)
from pingsessions_nb.frames.pruning import fits
from pingsessions_nb.frames.typed_values import (
    COLUMN_OF,
    PANDAS,
    extra_column,
    missing_column,
    with_columns,
)

_STRING = pd.StringDtype(na_value=np.nan)
_MAPPED = {pa.bool_(): pd.BooleanDtype(), pa.string(): _STRING, pa.large_string(): _STRING}
_SHOWN: Final = {"users": USER_COLUMNS, "sessions": SESSION_COLUMNS, "locations": LOCATION_COLUMNS}
_FIELDS: Final = {"users": USER_FIELDS, "sessions": SESSION_FIELDS, "locations": LOCATION_FIELDS}
_FORBIDDEN = set(" ,;{}()\n\t=%\0")  # Delta's, Arrow's, and our escape


def to_stored(frame: pd.DataFrame, table: str, columns: Iterable[str]) -> pd.DataFrame:
    """Make the facts of a frame storable: contract's columns typed, others as JSON text.

    A column of the contract that the frame lacks is missing everywhere; one that holds something
    else than it should is a `ConfigurationError`. `columns` are those that the table has already.
    """
    stored = {name: _typed(frame, table, name, kind) for name, kind in KNOWN[table].items()}
    taken = {name.casefold(): name for name in columns}
    taken |= {name: name for name in (*KNOWN[table], *SEEN_OF[table], *FILED[table])}
    for name in frame.columns:
        if name not in _SHOWN[table] and name not in SEEN_OF[table]:
            own = _stored_name(str(name), table, taken)
            taken[own.casefold()] = own
            stored[own] = _as_json(frame[name], table)
    return pd.DataFrame(stored, index=frame.index)


def from_stored(rows: pa.Table, table: str) -> pd.DataFrame:
    """Make a frame of the contract of stored rows; what files them is left out."""
    frame = to_pandas(rows.drop_columns([c for c in FILED[table] if c in rows.column_names]))
    known = _SHOWN[table] | SEEN_OF[table]
    frame = _with_later_columns(with_columns(frame, known), table)
    shown = {}
    for name in frame.columns:
        if known.get(name) == NUMBER:
            shown[name] = frame[name].astype("Int64")
        elif name in known:
            shown[name] = frame[name]
        elif frame[name].notna().any():
            there = np.flatnonzero(frame[name].notna())
            cells = [json.loads(cell) for cell in frame[name].iloc[there]]
            shown[unquote(name)] = extra_column(there.tolist(), cells, len(frame))
    return pd.DataFrame(shown)


def _with_later_columns(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Read fields that were recorded, as JSON, before they had a column of ours."""
    for column, path, kind in _FIELDS[table]:
        if column is None or path not in frame.columns or (path == column != "region"):
            continue
        once = frame[path].str.startswith('"') if path == column else frame[path].notna()
        if once.any():
            cells = map(json.loads, frame[path].where(once, "null"))
            read = [cell if fits(cell, kind) else None for cell in cells]
            found = pd.Series(COLUMN_OF[kind](read)[0].to_pandas(), dtype=PANDAS[kind])
            frame = frame.assign(**{column: found.set_axis(frame.index).fillna(frame[column])})
        if path != column:
            frame = frame.drop(columns=path)
    return frame


def to_pandas(rows: pa.Table) -> pd.DataFrame:
    """Make a frame of Arrow's columns, flags nullable and texts pandas' ``str``."""
    frame: pd.DataFrame = rows.to_pandas(types_mapper=_MAPPED.get)
    return frame


def plain(rows: pa.RecordBatch | pa.Table) -> pa.RecordBatch | pa.Table:
    """Cast Arrow's newer kinds of text, which few functions take, to ``large_string``."""
    return rows.cast(pa.schema([(field.name, plain_type(field.type)) for field in rows.schema]))


def plain_type(kind: pa.DataType) -> pa.DataType:
    """Return the type that `plain` casts to."""
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.list_(plain_type(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, plain_type(field.type)) for field in kind])
    if pa.types.is_map(kind):
        return pa.map_(plain_type(kind.key_type), plain_type(kind.item_type))
    if pa.types.is_dictionary(kind):
        return plain_type(kind.value_type)
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return pa.large_string() if any(is_text(kind) for is_text in texts) else kind


def to_arrow(frame: pd.DataFrame, table: str) -> pa.Table:
    """Make an Arrow table of stored rows, in the tables' types."""
    known = schema(table)
    types = dict(zip(known.names, known.types, strict=True))
    fields = [(name, types.get(name, pa.string())) for name in frame.columns]
    return pa.Table.from_pandas(frame, pa.schema(fields), preserve_index=False)


def owners(sessions: pd.DataFrame, rows: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return of each row the position of its session, each of which is there once; or -1."""
    if rows.empty:
        return np.zeros(0, np.int64)
    keys = [pd.Index(frame["session_id"] + "\n" + frame["user_id"]) for frame in (sessions, rows)]
    return keys[0].get_indexer(keys[1]).astype(np.int64)


def digests(
    sessions: pd.DataFrame, locations: pd.DataFrame, owner: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Sum up each session as a snapshot shows it, with its locations in any order.

    Equal digests mean an equal showing, but for one chance in 2**64 a pair. What follows from
    other columns, the number of locations and their coordinates, is left out. `owner` is, of each
    location, the position of its session.
    """
    sums = np.zeros(len(sessions), np.uint64)
    np.add.at(sums, owner, _row_hashes(locations.drop(columns=list(PLACE_COLUMNS))))
    own = _row_hashes(sessions.drop(columns="location_count"))
    return (own ^ (sums * np.uint64(0x9E3779B97F4A7C15))).view(np.int64)


def _row_hashes(frame: pd.DataFrame) -> npt.NDArray[np.uint64]:
    # The names go in with the cells, and an absent field is the same as a missing value.
    mixed = np.zeros(len(frame), np.uint64)
    for name in frame.columns:
        codes, distinct = pd.factorize(frame[name], use_na_sentinel=True)
        salt = pd.util.hash_array(np.array([name], dtype=object))[0]
        hashes = pd.util.hash_pandas_object(pd.Series(distinct), index=False).to_numpy()
        hashes = np.append((hashes ^ salt) * np.uint64(0xBF58476D1CE4E5B9), np.uint64(0))
        mixed += hashes[codes] ^ (hashes[codes] >> np.uint64(31))
    return mixed


def _typed(frame: pd.DataFrame, table: str, name: str, kind: str) -> pd.Series[Any]:
    if name not in frame:
        return missing_column(kind, frame.index)
    try:
        typed: pd.Series[Any] = frame[name].astype(pd.api.types.pandas_dtype(PANDAS[kind]))
    except (TypeError, ValueError) as error:
        msg = f"history.{table}[{name!r}] is {frame[name].dtype}, not {PANDAS[kind]}: {error}."
        raise ConfigurationError(msg) from None
    return typed


def _as_json(column: pd.Series[Any], table: str) -> pd.Series[str]:
    try:
        cells = [
            None if _missing(cell) else json.dumps(cell, default=_plain) for cell in column.tolist()
        ]
    except (TypeError, ValueError) as error:
        msg = (
            f"history.{table}[{column.name!r}] cannot be kept in an archive: {error}. Make it "
            "text, numbers, flags, lists or dicts of these, or leave the column out."
        )
        raise ConfigurationError(msg) from None
    return pd.Series(cells, index=column.index, dtype="str")


def _plain(cell: object) -> object:
    if isinstance(cell, np.generic | np.ndarray):
        return cell.tolist()
    msg = f"it holds a {type(cell).__name__}"
    raise TypeError(msg)


def _missing(cell: Any) -> bool:  # noqa: ANN401 - a cell of any column
    return bool(pd.api.types.is_scalar(cell)) and pd.isna(cell)


def _stored_name(name: str, table: str, taken: dict[str, str]) -> str:
    own = "".join(_escaped(c) if c in _FORBIDDEN else c for c in name)
    if taken.get(own.casefold(), own) == own and own not in FILED[table]:
        return own
    return _escaped(name)


def _escaped(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())
