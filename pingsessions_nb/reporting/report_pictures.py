"""The pictures of a report: the figures of `ps.timeline_figure` and `ps.map_figure`, as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pingsessions_nb.figures.journeys import travels
from pingsessions_nb.figures.map import draw_map, fitting_view, places_in_signals
from pingsessions_nb.figures.map_clusters import clusters
from pingsessions_nb.figures.map_ground import GROUND
from pingsessions_nb.figures.map_view import MapView
from pingsessions_nb.figures.timeline import BUDGET, time_range_of, timeline_figure
from pingsessions_nb.figures.timeline_scene import Scene

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pingsessions_nb.figures.palette import Theme
    from pingsessions_nb.history import History
    from pingsessions_nb.reporting.subject import Subject

_WIDE, _NARROW = (1116, 470), (688, 320)  # pixels of the page's column, and of a sheet of paper
_NEARER = {"near": 4, "nearest": 16}  # how much larger than the whole

Draw = Callable[["Theme", str], "go.Figure"]


def report_pictures(subject: Subject, time_zone: str) -> dict[str, Any]:
    """Return what the page draws and links.

    Returns
    -------
    dict
        ``timeline`` and ``map``: ``figure``, and by name of a variant (how near, how wide) what is
        different in it, in ``light`` and then in ``dark``, as pairs of a path and a value;
        ``travels``: ``events`` (rows of place, session and user, by user and time), ``places``
        (latitude, longitude), ``leaders`` (by variant, the place whose mark stands for each),
        ``impossible`` (rows of sessions); ``sessions``: ids by row; ``time_zone``.
    """
    history, found = subject.history, subject.signals
    seen = travels(history)
    findings = places_in_signals(history, seen, found)
    wide = fitting_view(seen, width=_WIDE[0], height=_WIDE[1])
    views = {"wide": wide, "narrow": fitting_view(seen, width=_NARROW[0], height=_NARROW[1])}
    views |= {name: _larger(wide, times) for name, times in _NEARER.items()}
    window, _ = opening(history)
    color_by: Any = "user" if len(history.user_ids) > 1 else "browser"

    def draw_when(theme: Theme, _variant: str) -> go.Figure:
        return timeline_figure(
            history,
            color_by=color_by,
            time_zone=time_zone,
            theme=theme,
            signals=found,
            window=window,
        )

    def draw_where(theme: Theme, variant: str) -> go.Figure:
        figure = draw_map(seen, findings, views[variant], theme=theme, time_zone=time_zone)
        for trace, same in zip(figure.data, ground, strict=False):
            trace.update(lat=same.lat, lon=same.lon)
        if variant in _NEARER:  # one zooms in: what the page shows begins as it is
            figure.update_layout(geo=wide.layout(), height=whole.layout.height)
        return figure

    whole = draw_map(seen, findings, wide, time_zone=time_zone)
    ground = [trace for trace in whole.data if trace.name in GROUND]
    places = seen.places[["latitude", "longitude"]].to_numpy(float).round(4)
    events = np.column_stack([seen.place, seen.session, seen.user])[seen.dated]
    return {
        "timeline": _told(draw_when, ["all"]),
        "map": _told(draw_where, list(views)),
        "travels": {
            "events": events.tolist(),
            "places": places.tolist(),
            "leaders": {name: clusters(seen.places, view).tolist() for name, view in views.items()},
            "impossible": findings.impossible["session"].tolist(),
        },
        "sessions": history.sessions["session_id"].fillna("").tolist(),
        "time_zone": time_zone,
    }


def opening(history: History) -> tuple[list[str] | None, int]:
    """Return the time that the timeline begins with, and how many sessions ended before it.

    None is all of it, as where there are too many sessions for all to be in the picture.
    """
    scene = Scene(history)
    view = scene.opening
    if view == scene.everything or scene.dated.sum() > BUDGET:
        return None, 0
    return time_range_of(view), int((scene.dated & (scene.end < view.start)).sum())


def _larger(view: MapView, times: int) -> MapView:
    """Return the view of the same part of the world on a larger sheet."""
    return MapView(
        view.rotation, view.lon, view.lat, view.scale, view.width * times, view.height * times
    )


def _told(draw: Draw, variants: Sequence[str]) -> dict[str, Any]:
    first = _plain(draw("light", variants[0]))
    told = {}
    for name in variants:
        light, dark = _plain(draw("light", name)), _plain(draw("dark", name))
        told[name] = {"light": list(_changes(first, light)), "dark": list(_changes(light, dark))}
    return {"figure": first, "variants": told}


def _plain(figure: go.Figure) -> Any:  # noqa: ANN401 - JSON
    return json.loads(figure.to_json())


def _changes(one: Any, other: Any, path: tuple[str | int, ...] = ()) -> Iterator[list[Any]]:  # noqa: ANN401 - JSON
    """Yield what to put where, to make one figure's JSON another's."""
    if isinstance(one, dict) and isinstance(other, dict) and set(other) >= set(one):
        for name, value in other.items():
            yield from _changes(one.get(name), value, (*path, name))
    elif path == ("data",):
        for number, (old, new) in enumerate(zip(one, other, strict=True)):
            yield from _changes(old, new, (*path, number))
    elif one != other:
        yield [list(path), other]
