"""Colours of figures: the design tokens of ``widgets/static/theme.css``, which a test compares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pingsessions_nb.wording import counted

Theme = Literal["light", "dark"]
OTHER = 7
"""The slot of every value that has no colour of its own, after seven that have."""


@dataclass(frozen=True)
class Palette:
    """Colours as ``#rrggbb``; ``categories`` ends with the one for all others."""

    background: str
    text: str
    muted: str
    line: str
    grid: str
    accent: str
    warn: str
    land: str
    land_line: str
    water: str
    categories: tuple[str, ...]


LIGHT = Palette(
    background="#ffffff",
    text="#1b1f24",
    muted="#57606a",
    line="#d5dae0",
    grid="#e7eaee",
    accent="#0b63ce",
    warn="#b3261e",
    land="#e6e9e4",
    land_line="#c6ccc4",
    water="#f7fafc",
    categories=(
        *("#0072b2", "#d55e00", "#00876a", "#b0568f", "#9a7400", "#3a8fc7", "#4d4d4d"),
        "#8a9199",
    ),
)
DARK = Palette(
    background="#14181d",
    text="#e6e9ec",
    muted="#a8b2bc",
    line="#39424c",
    grid="#2a3139",
    accent="#72b3ff",
    warn="#ff9086",
    land="#2b3238",
    land_line="#414a52",
    water="#171c21",
    categories=(
        *("#56b4e9", "#f08a3c", "#33c4a0", "#dd8fbd", "#e0b52f", "#8fd0f5", "#c9ced3"),
        "#8a9199",
    ),
)
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


def palette(theme: Theme) -> Palette:
    """Return the colours of ``"light"`` or ``"dark"``; ValueError for another name."""
    if theme not in ("light", "dark"):
        msg = f"theme is 'light' or 'dark', not {theme!r}."
        raise ValueError(msg)
    return LIGHT if theme == "light" else DARK


def slots(values: pd.Series[str]) -> tuple[NDArray[np.int64], list[tuple[int, str]]]:
    """Give the seven commonest values a colour each, and all the rest another.

    Parameters
    ----------
    values : Series of str
        Missing is a value, "Unknown", that shares the last colour.

    Returns
    -------
    slot : ndarray of int64
        Of each row, 0 to 7.
    legend : list of (int, str)
        Slots in use and their names, commonest first.
    """
    counts = values.value_counts()
    # Ties in the order of the alphabet, so that colours do not depend on the rows' order.
    ranked = sorted(counts.index, key=lambda value: (-counts[value], value))
    codes = pd.Series({value: min(slot, OTHER) for slot, value in enumerate(ranked)}, dtype=float)
    slot = values.map(codes).fillna(OTHER).to_numpy().astype(np.int64)
    legend = list(enumerate(ranked[:OTHER]))
    others = len(ranked) - OTHER
    words = [counted(others, "other")] if others > 0 else []
    words += ["Unknown"] if values.isna().any() else []
    if words:
        legend.append((OTHER, " and ".join(words).replace("and Unknown", "and unknown")))
    return slot, legend
