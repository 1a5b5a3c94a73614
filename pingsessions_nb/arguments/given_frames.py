"""The one reader of DataFrames that users give."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from pingsessions_nb.errors import ConfigurationError


def given_frame(name: str, frame: pd.DataFrame, columns: Iterable[str] = ()) -> pd.DataFrame:
    """Return a frame that has some columns.

    Raises
    ------
    ConfigurationError
        Where it is none, or lacks one of them; `name` says of what.
    """
    if not isinstance(frame, pd.DataFrame):
        msg = f"{name} is a DataFrame, not a value of type {type(frame).__name__}."
        raise ConfigurationError(msg)
    needed = list(columns)
    lacking = [column for column in needed if column not in frame.columns]
    if lacking:
        msg = f"{name} needs the columns {', '.join(needed)}; missing: {', '.join(lacking)}."
        raise ConfigurationError(msg)
    return frame
