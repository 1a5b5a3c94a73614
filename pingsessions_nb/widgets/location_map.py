"""LocationMap: where sessions were seen, and the journeys between, a live plotly figure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pingsessions_nb.coded.coding import Rows
from pingsessions_nb.figures.journeys import Travels, travels
from pingsessions_nb.figures.map import (
    fitting_view,
    map_layout,
    map_traces,
    places_in_signals,
)
from pingsessions_nb.figures.map_marks import PLACES, WARNED, WIDE, Findings, Marks
from pingsessions_nb.figures.palette import palette
from pingsessions_nb.figures.picture import Picture
from pingsessions_nb.history import HistoryLike
from pingsessions_nb.history.session_facts import session_rows
from pingsessions_nb.widgets.live_picture import LivePicture
from pingsessions_nb.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pingsessions_nb.figures.map_view import MapView
    from pingsessions_nb.history import History

NO_LOCATIONS = "These sessions carry no locations."
PLACE_PARTS = (WIDE, PLACES, WARNED)
ALL_UNPLACED = "None of these sessions' locations is known to the gazetteer."


@dataclass(frozen=True)
class _Looked:
    history: History
    signals: pd.DataFrame | None
    travels: Travels
    findings: Findings


class LocationMap(LivePicture):
    """Places sized by visits, with their uncertainty, and journeys in order of time.

    A place that is known only as a state or a country is a dashed circle as wide as it may be. A
    journey is a great-circle arc with an arrow; an impossible one has the warning colour. Near
    places join into one and part on zooming in.

    Wheel or ``+``/``-`` zoom, drag or arrows turn and pan, ``0`` or a double click fits. A click
    selects the sessions seen at a place, with ctrl adds them; a box or a lasso, from the mode bar,
    those at all places in it; Escape clears.

    Parameters
    ----------
    history : History, optional
        Without one the widget says that it has nothing to show.

    Attributes
    ----------
    figure : plotly.graph_objects.FigureWidget
        The map itself. What you add to it or change in it stays.
    history : History or None
        Set it again to redraw.
    selected : tuple of str
        Session ids, each one in `history`; both sides set it.
    signals : DataFrame or None
        Findings; those of kind ``geovelocity_anomaly`` become impossible journeys.
    time_zone : str
        IANA name of the zone in which times are written, ``"UTC"`` at first.
    error : str
        Shown in place of the map when not empty.

    Examples
    --------
    Two widgets linked: what is selected in one is selected in the other.

    >>> import ipywidgets
    >>> import pingsessions_nb as ps
    >>> history = ps.demo(users=20, seed=7).history("olivia.adams")
    >>> where, when = ps.LocationMap(history), ps.SessionTimeline(history)
    >>> link = ipywidgets.link((where, "selected"), (when, "selected"))
    >>> where
    LocationMap(10 sessions, 1 user)
    """

    kind, title = "map", "Locations"
    view_paths = (
        "geo.projection.scale",
        "geo.projection.rotation.lon",
        "geo.center.lon",
        "geo.center.lat",
    )
    unwanted = ("resetGeo",)

    def __init__(self, history: HistoryLike | None = None, **traits: Any) -> None:
        self._marks: Marks | None = None
        self._whole: MapView | None = None
        self._looked: _Looked | None = None
        super().__init__(history, **traits)

    def _look(self) -> _Looked:
        """Return what is known of the history and signals of now."""
        looked, history = self._looked, self.history
        assert history is not None  # noqa: S101 - else there is nothing to draw
        if looked is None or looked.history is not history:
            seen = travels(history)
            self._whole = None
        elif looked.signals is not self.signals:
            seen = looked.travels
        else:
            return looked
        findings = places_in_signals(history, seen, self.signals)
        self._looked = _Looked(history, self.signals, seen, findings)
        return self._looked

    def _nothing(self) -> str:
        sentence = super()._nothing()
        if sentence:
            return sentence
        seen = self._look().travels
        if len(seen.places):
            return ""
        return ALL_UNPLACED if seen.unplaced else NO_LOCATIONS

    def _everything(self) -> dict[str, Any]:
        return _flat(self._fitting().layout(), "geo.")

    def _fitting(self) -> MapView:
        seen = self._look().travels
        if self._whole is None:
            width, height = self._size
            self._whole = fitting_view(seen, width=width, height=height)
        return self._whole

    def _view(self) -> MapView:
        scale, rotation, lon, lat = (self._seen(path) for path in self.view_paths)
        return replace(self._fitting(), scale=scale, rotation=rotation, lon=lon, lat=lat)

    def _picture(self) -> Picture:
        looked = self._look()
        view = self._view()
        colors = palette("dark" if self.theme == "dark" else "light")
        traces, self._marks = map_traces(
            looked.travels,
            view,
            colors,
            looked.findings,
            time_zone=self.time_zone,
            chosen=self._chosen_rows() if self.selected else None,
        )
        return Picture(traces, map_layout(view, colors))

    def _chosen_rows(self) -> Rows:
        return session_rows(self._look().history, pd.Series(self.selected, dtype="str"))

    def _view_changed(self) -> None:
        self._redraw()

    def _size_changed(self) -> None:
        if self._nothing():
            self._whole = None
            return
        shown = self._view()
        fitted = self._fitted or self._is_fitted(shown)
        self._whole = None
        if not fitted:
            view = shown.resized(*self._size)
            with self._unheard():
                self.figure.update_layout(_flat(view.layout(), "geo."))
        self._redraw(fit=fitted)

    def _is_fitted(self, shown: MapView) -> bool:
        whole = self._fitting()
        near = np.isclose(
            [shown.scale, shown.lat, shown.lon, shown.rotation],
            [whole.scale, whole.lat, whole.lon, whole.rotation],
            rtol=1e-3,
            atol=1e-3,
        )
        return bool(near.all())

    def _sessions_at(self, part: str, point: Any) -> Iterable[str]:  # noqa: ANN401
        if self._marks is None or part not in PLACE_PARTS or self._nothing():
            return ()
        looked = self._look()
        members = np.flatnonzero(self._marks.leader == point)
        rows = looked.travels.sessions_at(members)
        return looked.history.sessions["session_id"].iloc[rows].tolist()

    def _words(self) -> str:
        seen = self._look().travels
        unplaced = f" · {seen.unplaced:,} unplaced" if seen.unplaced else ""
        places, visits = counted(len(seen.places), "place"), counted(len(seen.place), "visit")
        return f"{places} · {visits}{unplaced}" if len(seen.places) else unplaced[3:]

    def _chosen_words(self) -> str:
        if not self.selected:
            return ""
        number = len(self._look().travels.places_of(self._chosen_rows()))
        where = counted(number, "place") if number else "no known place"
        return f"{counted(len(self.selected), 'session')} selected, seen at {where}"


def _flat(nested: dict[str, Any], prefix: str) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in nested.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat
