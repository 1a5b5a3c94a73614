"""Colours of figures: the design tokens of the widgets' ``theme.css``; a test compares them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.wording import counted

Theme = Literal["auto", "light", "dark"]
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
    panel: str  # of what is laid over a picture, such as its hover
    panel_text: str
    on_mark: str  # of what is written on a mark


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
    panel="#ffffff",
    panel_text="#1b1f24",
    on_mark="#ffffff",
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
    panel="#14181d",
    panel_text="#e6e9ec",
    on_mark="#14181d",
)
AUTO = Palette(
    background="rgba(0,0,0,0)",
    text="#787c80",
    muted="#787c80",
    line="rgba(128,128,128,0.6)",
    grid="rgba(128,128,128,0.25)",
    accent="#2f7fe0",
    warn="#d8433a",
    land="rgba(128,128,128,0.2)",
    land_line="rgba(128,128,128,0.55)",
    water="rgba(0,0,0,0)",
    categories=(
        *("#0078bb", "#d55e00", "#00876a", "#b0568f", "#9a7400", "#3a8fc7", "#777777"),
        "#8a9199",
    ),
    panel="#24292f",
    panel_text="#f0f3f6",
    on_mark="#ffffff",
)
"""On whatever ground the figure is shown: each colour has enough contrast with white and black."""
COLORS = len(LIGHT.categories)
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"


def palette(theme: Theme) -> Palette:
    """Return the colours of a theme; ConfigurationError for another name."""
    palettes = {"auto": AUTO, "light": LIGHT, "dark": DARK}
    if theme not in palettes:
        msg = f"theme is one of {', '.join(palettes)}, not {theme!r}."
        raise ConfigurationError(msg)
    return palettes[theme]


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
