"""Places, their uncertainty, journeys and names of a map, as traces in an order of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pingsessions_nb.coded.coding import Rows
from pingsessions_nb.figures.clock import moments
from pingsessions_nb.figures.journeys import Travels
from pingsessions_nb.figures.map_clusters import Name, Room, clusters
from pingsessions_nb.figures.map_ground import letters
from pingsessions_nb.figures.map_view import MapView
from pingsessions_nb.figures.palette import Palette
from pingsessions_nb.figures.picture import Properties
from pingsessions_nb.figures.plotly_text import plain
from pingsessions_nb.wording import counted, visible

_MOST_NAMES = 60
NONE: Rows = np.empty(0, dtype=np.int64)
PLACES, WARNED, WIDE = "Place, by visits", "Place in a signal", "State or country only"


@dataclass(frozen=True)
class Findings:
    """What signals say of the places of a map.

    Attributes
    ----------
    impossible : DataFrame
        ``from`` and ``to``, rows of the places, and ``session``, the row of the history's.
    warned : array of int64
        Places to which a finding leads.
    """

    impossible: pd.DataFrame
    warned: Rows


@dataclass(frozen=True)
class Marks:
    """Places as they are joined at one view.

    Attributes
    ----------
    places : DataFrame
        Those that stand for themselves and their neighbours, with ``row`` (of all places),
        ``joined`` (how many they are), ``visits`` (of all of them), ``size`` (pixels across),
        ``warned``
        (bool, all of them), ``touched`` and ``chosen`` (bool, any of them).
    leader : array of int64
        For each place the row of the one that stands for it.
    """

    places: pd.DataFrame
    leader: Rows


def joined_marks(
    travels: Travels, view: MapView, findings: Findings, chosen: Rows | None = None
) -> Marks:
    """Join what is near each other at a view.

    Parameters
    ----------
    chosen : array of int64 or None
        Rows of places that are lit up; None where nothing is chosen.
    """
    every = travels.places
    leader = clusters(every, view)
    warned = np.isin(np.arange(len(every)), findings.warned)
    lit = np.isin(np.arange(len(every)), NONE if chosen is None else chosen)
    # Counted by numpy: pandas' groups take ten times as long for so few rows.
    rows, group = np.unique(leader, return_inverse=True)
    joined = np.bincount(group)
    touched = np.bincount(group, weights=warned)
    shown = every.iloc[rows].assign(
        joined=joined,
        visits=np.bincount(group, weights=every["visits"]).astype(np.int64),
        warned=touched == joined,
        touched=touched > 0,
        chosen=np.bincount(group, weights=lit) > 0,
    )
    shown["row"] = shown.index
    most = max(int(every["visits"].max()), 8) if len(every) else 8
    largest = min(34.0, 12 + 3 * np.sqrt(most))
    # Area says how many visits.
    shown["size"] = np.clip(largest * np.sqrt(shown["visits"] / most), 10.0, 40.0).round(1)
    exact = shown["place_precision"] == "city"
    shown["size"] = shown["size"].where(exact, 9.0)
    return Marks(shown.reset_index(drop=True), leader)


def place_traces(
    travels: Travels, marks: Marks, colors: Palette, time_zone: str, *, dim: bool = False
) -> list[Properties]:
    """Draw the marks, each kind in a trace: states and countries, cities, cities of findings.

    Parameters
    ----------
    dim : bool
        Whether what is not chosen is pale.

    Returns
    -------
    list of dict
        Their ``customdata`` are rows of ``travels.places``.
    """
    places = marks.places
    told = _told(travels, marks, time_zone)
    exact = places["place_precision"] == "city"
    kinds = (
        (WIDE, ~exact, colors.background, colors.categories[0]),
        (PLACES, exact & ~places["warned"], colors.categories[0], colors.background),
        (WARNED, exact & places["warned"], colors.warn, colors.background),
    )
    return [
        _points(places[rows], told[rows], name, fill, rim, colors, dim=dim)
        for name, rows, fill, rim in kinds
    ]


def name_trace(marks: Marks, view: MapView, colors: Palette, room: Room) -> Properties:
    """Write names beside the marks, the chosen and the most visited first."""
    places = marks.places
    x, y = view.project(places["latitude"], places["longitude"])
    seen = np.flatnonzero(view.sees(places["latitude"], places["longitude"]))
    size = places["size"].to_numpy(float)
    for row in seen:
        room.block(x[row], y[row], size[row] / 2 + 1)
    whole = len(seen) <= 4  # there is room for where they are
    rows, sides, texts = [], [], []
    order = seen[np.argsort(~places["chosen"].to_numpy()[seen], kind="stable")]
    labels, joined = places["place"].tolist(), places["joined"].tolist()
    for row in order[:_MOST_NAMES]:
        label = visible(str(labels[row]))
        text = (label if whole else label.split(",")[0])[:48]
        text += f" +{joined[row] - 1}" if joined[row] > 1 else ""
        side = room.place(Name(text, float(x[row]), float(y[row]), float(size[row]) / 2 + 5))
        if side:
            rows.append(row)
            sides.append(side)
            texts.append(plain(text))
    named = places.iloc[rows]
    return {
        "type": "scattergeo",
        "name": "Names",
        "mode": "markers+text",
        "lat": named["latitude"].to_numpy(float),
        "lon": named["longitude"].to_numpy(float),
        "text": texts,
        "textposition": sides or "middle right",
        "textfont": letters(colors.text, 12, colors.land),
        # Unseen marks keep the names at their distance.
        "marker": {"size": (size[rows] + 6).tolist(), "opacity": 0.0},
        "selected": {"marker": {"opacity": 0.0}},
        "unselected": {"marker": {"opacity": 0.0}},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _points(
    rows: pd.DataFrame,
    told: pd.Series[str],
    name: str,
    fill: str,
    rim: str,
    colors: Palette,
    *,
    dim: bool,
) -> Properties:
    chosen = rows["chosen"].to_numpy()
    # Of several places as one, a red rim says that some are in a signal.
    touched = (rows["touched"] & ~rows["warned"]).to_numpy()
    rims = np.where(touched, colors.warn, rim)
    several = (rows["joined"] > 1) & (rows["size"] >= 17)
    return {
        "type": "scattergeo",
        "name": name,
        "mode": "markers+text",
        "lat": rows["latitude"].to_numpy(float),
        "lon": rows["longitude"].to_numpy(float),
        "customdata": rows["row"].tolist(),
        "text": rows["joined"].astype("str").where(several, "").tolist(),
        "textposition": "middle center",
        "textfont": {"color": colors.on_mark, "size": 11},
        "marker": {
            "color": fill,
            "size": rows["size"].tolist(),
            "opacity": 0.92,
            "line": {
                "color": np.where(chosen, colors.accent, rims).tolist(),
                "width": np.where(chosen | touched, 3.0, 1.5).tolist(),
            },
        },
        "selectedpoints": np.flatnonzero(chosen).tolist() if dim else None,
        "selected": {"marker": {"opacity": 1.0}},
        "unselected": {"marker": {"opacity": 0.3}},
        "hovertext": told.tolist(),
        "hoverinfo": "text",
        "showlegend": bool(len(rows)),
        "legendgroup": name,
    }


def _told(travels: Travels, marks: Marks, time_zone: str) -> pd.Series[str]:
    """Return what there is to say of each mark, for hovering: all of it text, no markup."""
    rows = marks.places
    told = [
        f"<b>{plain(str(place))}</b><br>{counted(visits, 'visit')}"
        f" in {counted(sessions, 'session')} from {counted(addresses, 'address', 'addresses')}"
        f"<br>First seen {first}<br>Last seen {last}<br>Within {km:,.0f} km"
        for place, visits, sessions, addresses, first, last, km in zip(
            rows["place"].fillna("unknown").tolist(),
            *(rows[name].tolist() for name in ("visits", "sessions", "addresses")),
            *(moments(rows[name], time_zone) for name in ("first", "last")),
            rows["place_radius_km"].tolist(),
            strict=True,
        )
    ]
    for row in np.flatnonzero(rows["joined"] > 1).tolist():
        members = travels.places[marks.leader == rows["row"].iloc[row]]
        lines = [
            f"{plain(str(one.place))} · {counted(int(one.visits), 'visit')}"
            for one in members.head(6).itertuples()
        ]
        if len(members) > 6:
            lines.append(f"and {counted(len(members) - 6, 'more place')}")
        total = counted(int(rows["visits"].iloc[row]), "visit")
        told[row] = f"<b>{len(members)} places, {total}</b><br>" + "<br>".join(lines)
    return pd.Series(told, dtype="object")
