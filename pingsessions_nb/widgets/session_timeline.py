"""SessionTimeline: sessions as bars over time, a live plotly figure quick at a million of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import traitlets

from pingsessions_nb.figures.clock import moments
from pingsessions_nb.figures.palette import COLORS
from pingsessions_nb.figures.picture import Picture, Properties
from pingsessions_nb.figures.timeline import BUDGET, Look, draw_timeline, time_range_of
from pingsessions_nb.figures.timeline_scene import SECOND, Scene, View
from pingsessions_nb.widgets.live_picture import LivePicture
from pingsessions_nb.widgets.time_traits import TimeRange
from pingsessions_nb.wording import brief_duration, counted

_LANE, _AROUND = 30, 96  # CSS pixels: of a lane, and of the axis and the legend
_SMALLEST, _TALLEST = 210, 480
_NAME = 15  # a lane's name needs so many
_SHALLOW = 6
_PARTS = (
    "density",
    *(f"bars-{number}" for number in range(COLORS)),
    *("events", "sign-ons", "signals", "range"),
)
_STILL = 16  # with more lanes, they are zoomed as well as time


class SessionTimeline(LivePicture):
    """A bar for each session, from its creation to its last activity.

    One user, or few sessions: a lane for each session. More: a lane for each user, overlapping
    sessions above each other; and far away, the density of sessions. Each location event and the
    last sign-on is a mark on the bar, each signal a warning mark.

    Scroll or ``+``/``-`` zoom, drag or arrows pan, a double click or ``0`` fits. A click selects,
    with ctrl or shift another one; a box (in the mode bar) selects what lies in it and chooses
    `time_range`. Escape clears.

    Parameters
    ----------
    history : History, optional
        Without one the widget says that it has nothing to show.

    Attributes
    ----------
    history : History or None
        Set it again to redraw.
    selected : tuple of str
        Session ids, each one in `history`; both sides set it.
    color_by : {"browser", "os", "device", "country", "user"}
    time_zone : str
        IANA name of the zone in which times are written, ``"UTC"`` at first.
    time_range : None or tuple of (Timestamp, Timestamp)
        The chosen range, UTC; both sides set it.
    signals : DataFrame or None
        Findings with `session_id`, `at`, `kind`, `severity`, `summary`.
    error : str
        Shown in place of the sessions when not empty.
    figure : plotly.graph_objects.FigureWidget
        The picture itself. What you add to it (a shape, an annotation, a trace, a title) stays
        through zoom, selection, a new history and another theme. Its times are UTC, as the
        frames', whatever zone is written.

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> history = ps.demo(users=20, seed=7).history("olivia.adams")
    >>> timeline = ps.SessionTimeline(history, color_by="device")
    >>> timeline.selected = history.sessions["session_id"].head(2)
    >>> added = timeline.figure.add_vline(history.sessions["created_at"].max())
    >>> timeline
    SessionTimeline(10 sessions, 1 user)
    """

    kind, title = "timeline", "Timeline"
    colors = (
        ("browser", "Browser"),
        ("os", "System"),
        ("device", "Device"),
        ("country", "Country"),
        ("user", "User"),
    )
    view_paths = ("xaxis.range", "yaxis.range")

    color_by = traitlets.Enum([value for value, _ in colors], default_value="browser")
    time_range = TimeRange()

    _kept: Scene | None = None

    @property
    def _scene(self) -> Scene:
        """What is known of the history of now; where there is none, nobody asks."""
        history = self.history
        assert history is not None  # noqa: S101
        if self._kept is None or self._kept.history is not history:
            self._kept = Scene(history)
        return self._kept

    @traitlets.observe("color_by", "time_range")
    def _show_choice(self, _: Any) -> None:  # noqa: ANN401
        self._redraw()

    def _picture(self) -> Picture:
        scene, view = self._scene, self._view
        tall = self._tall()
        self.figure._tall = tall
        look = Look(
            color_by=self.color_by,
            time_zone=self.time_zone,
            theme="dark" if self.theme == "dark" else "light",
            signals=self.signals,
            selected=self.selected,
            time_range=self.time_range,
            named_lanes=(tall - _AROUND) // _NAME,
        )
        picture = draw_timeline(scene, look, view)
        picture.layout["xaxis"]["title"] = None
        picture.layout["yaxis"]["fixedrange"] = self._still
        drawn = {trace["meta"]["part"]: trace for trace in picture.traces}
        return Picture([drawn.get(part) or _absent(part) for part in _PARTS], picture.layout)

    @property
    def _still(self) -> bool:
        """Whether all lanes are in sight, large enough that nobody needs to zoom them."""
        lanes = self._scene.lanes
        return (
            lanes.count <= _STILL
            and len(self._scene.dated) <= BUDGET
            and lanes.depth(np.arange(lanes.count)) <= _SHALLOW
        )

    def _nothing(self) -> str:
        sentence = super()._nothing()
        if sentence or self._scene.dated.any():
            return sentence
        return f"{counted(len(self._scene.dated), 'session')}, but none says a time to show it at."

    def _tall(self) -> int:
        return int(np.clip(_AROUND + _LANE * self._scene.lanes.count, _SMALLEST, _TALLEST))

    @property
    def _view(self) -> View:
        x, y = self._seen("xaxis.range"), self._seen("yaxis.range")
        try:
            start, end = (pd.Timestamp(part).timestamp() * SECOND for part in x)
            return View(start, end, min(y), max(y))
        except (TypeError, ValueError):  # somebody has taken the axis for something else
            return self._scene.everything

    def _opening(self) -> dict[str, Any]:
        return _ranges(self._scene.opening)

    def _everything(self) -> dict[str, Any]:
        return _ranges(self._scene.everything)

    def _view_changed(self) -> None:
        if self._nothing():
            return
        if self.time_zone == "UTC" and self._still:
            return  # all is there, and plotly writes the axis itself
        self._redraw()

    def _sessions_at(self, part: str, point: Any) -> Iterable[str]:  # noqa: ANN401, ARG002
        return (point,) if isinstance(point, str) else ()

    def _sessions_in(self, x: Sequence[Any], y: Sequence[Any]) -> Iterable[str]:
        start, end = sorted(pd.Timestamp(part).timestamp() * SECOND for part in x)
        scene = self._scene
        box = View(start, end, min(y), max(y))
        rows = scene.in_sight(box)
        if len(rows):
            near = scene.lanes.places(rows)[0] if len(rows) <= BUDGET else scene.lanes.lane[rows]
            rows = rows[(near >= box.top - 0.3) & (near <= box.bottom + 0.3)]
        whole = (pd.Timestamp(int(at), unit="us", tz="UTC").round("ms") for at in (start, end))
        self.time_range = tuple(whole)
        return scene.ids_of(rows)

    def _clear(self) -> None:
        with self._at_once():
            self.selected, self.time_range = (), None

    def _words(self) -> str:
        scene = self._scene
        undated = len(scene.dated) - int(scene.dated.sum())
        said = (
            counted(len(scene.dated), "session"),
            counted(scene.lanes.users, "user"),
            f"{undated:,} without a time" if undated else "",
        )
        return " · ".join(filter(None, said))

    def _chosen_words(self) -> str:
        if self.selected:
            return super()._chosen_words()
        if self.time_range is None:
            return ""
        start, end = self.time_range
        first, last = moments(pd.Series([start, end]), self.time_zone)
        return f"{first} to {last} ({brief_duration((end - start).total_seconds())})"


def _absent(part: str) -> Properties:
    """Return a trace to come: a browser draws a picture anew for each that is added."""
    kind = "bar" if part.startswith("bars-") else "heatmap" if part == "density" else "scatter"
    return {"type": kind, "meta": {"part": part}, "visible": False}


def _ranges(view: View) -> dict[str, Any]:
    return {"xaxis.range": time_range_of(view), "yaxis.range": [view.bottom, view.top]}
