"""LiveFigure: plotly's FigureWidget, light on the wire, that takes a new picture and keeps yours.

A picture is drawn as plain properties, a `Picture`. `LiveFigure.show_picture` carries over what
differs. Whatever somebody else put
into the figure or changed in it (a shape, an annotation, a trace, a title) is left as it is.

Where the kernel has subshells, a browser's messages come in a thread of their own, and meanwhile
plotly's to the browser would be lost: each is a trait that is set, and at once set back. So there
is one lock for both, `ONE_AT_A_TIME`; for all figures, as what is chosen in one is shown in others.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from copy import deepcopy
from functools import partial
from typing import Any

import ipywidgets
import numpy as np
import plotly.graph_objects as go
import traitlets
from numpy.typing import NDArray

from pingsessions_nb.figures.picture import Picture, Properties
from pingsessions_nb.widgets.assets import STATIC
from pingsessions_nb.widgets.plotly_code import PlotlyCode, plotly_code

CONFIG: dict[str, Any] = {
    "scrollZoom": True,
    "displaylogo": False,
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "doubleClick": False,  # the figure's script fits instead
    "modeBarButtonsToRemove": ["autoScale2d", "resetScale2d", "zoom2d", "resetGeo"],
}
_NOT_OURS = ("shapes", "annotations", "images", "selections", "width", "height", "template")

ONE_AT_A_TIME = threading.RLock()

Flat = dict[str, Any]


class LiveFigure(go.FigureWidget):
    """A FigureWidget that shows pictures of ours beside whatever an analyst adds."""

    _esm = STATIC / "live_figure.js"
    _css = STATIC / "live_figure.css"

    _code = traitlets.Instance(PlotlyCode).tag(sync=True, **ipywidgets.widget_serialization)
    _fit = traitlets.Dict().tag(sync=True)  # the relayout that brings all into sight
    _whole = traitlets.Int(0).tag(sync=True)  # how often all of it was sent
    _tall = traitlets.Int(360).tag(sync=True)  # CSS pixels, where nothing around it says otherwise

    def __init__(self, name: str, *, without: Sequence[str] = ()) -> None:
        super().__init__()
        removed = [*CONFIG["modeBarButtonsToRemove"], *without]
        self._config = {
            **CONFIG,
            "modeBarButtonsToRemove": removed,
            "toImageButtonOptions": {"filename": name, "scale": 2},
        }
        self._parts: dict[str, Any] = {}
        self._drawn: dict[str, Flat] = {}
        self._viewed = 0  # plotly's number of the change by which `show_picture` last set a view

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what a browser says."""
        with ONE_AT_A_TIME:
            super().set_state(sync_data)

    def __setattr__(self, name: str, value: Any) -> None:  # noqa: ANN401
        with ONE_AT_A_TIME if name.startswith("_py2js_") else nullcontext():
            super().__setattr__(name, value)

    @traitlets.observe("_js2py_relayout")
    def _handler_js2py_relayout(self, change: Any) -> None:  # noqa: ANN401
        """Take a view from a browser, unless the kernel has set another one meanwhile."""
        told = change["new"]
        if told and told["relayout_data"].pop("_seen", self._viewed) < self._viewed:
            self._js2py_relayout = None
        else:
            super()._handler_js2py_relayout(change)

    @traitlets.default("_code")
    def _default_code(self) -> PlotlyCode:
        return plotly_code()

    def send_whole(self) -> None:
        """Send all of the figure to a front end that has just begun to listen.

        Plotly sends changes alone, and what a cell changed while the browser was still loading
        plotly is lost to it.
        """
        with self.hold_sync():
            self._widget_layout = deepcopy(self._layout_obj._props)
            self._widget_data = deepcopy(self._data)
            self._whole += 1

    def show_picture(self, picture: Picture, view: Mapping[str, Any] | None = None) -> None:
        """Make this figure's own part look like ``picture``, in one message.

        Parameters
        ----------
        picture : Picture
            A trace that was there before and is not now is hidden.
        view : mapping, optional
            Layout paths and values, such as ``xaxis.range``, to set whatever they are now.
        """
        wanted = {trace["meta"]["part"]: _flat(trace) for trace in picture.traces}
        new = [trace for trace in picture.traces if trace["meta"]["part"] not in self._parts]
        layout = {
            path: value
            for path, value in _flat(picture.layout).items()
            if path.split(".")[0] not in _NOT_OURS
        }
        if new:
            self._show_first(picture.layout, layout)
            count = len(self.data)
            self.add_traces([_lean(trace) for trace in new])
            for trace in self.data[count:]:
                self._parts[trace.meta["part"]] = trace
                # What a box holds is not yet selected: the picture says how a selection looks.
                trace._dispatch_on_selection = partial(_tell_selection, trace)
        present = {id(trace) for trace in self.data}  # somebody may have taken one away
        changes = [
            (trace, self._drawn.get(part, {}), wanted.get(part, {"visible": False}))
            for part, trace in self._parts.items()
            if id(trace) in present and (part in self._drawn or part not in wanted)
        ]
        theirs: dict[str, Flat] = {}
        with self.batch_update():
            for trace, before, after in changes:
                theirs[trace.meta["part"]] = _carry_over(trace, before, after)
            theirs[""] = _carry_over(self.layout, self._drawn.get("", {}), layout)
            for path, value in (view or {}).items():
                self.layout[path] = value
        for part, trace in self._parts.items():
            if part in wanted or part in self._drawn:
                shown = _as_set(trace, wanted.get(part, {"visible": False}))
                self._drawn[part] = shown | theirs.get(part, {})
        self._drawn[""] = _as_set(self.layout, layout) | theirs[""]
        if view:
            self._viewed = self._last_layout_edit_id

    def _show_first(self, nested: Properties, layout: Flat) -> None:
        """Set the layout before there are traces, or plotly would fetch its own land for a map.

        What is not there yet is set whole: from the ``type`` of a part of it alone plotly fails.
        """
        fresh = nested.keys() - self.layout.to_plotly_json().keys() - set(_NOT_OURS)
        with self.batch_update():
            for name in sorted(fresh):
                self.layout[name] = nested[name]
            for path in sorted(layout.keys() - self._drawn.get("", {}).keys()):
                if path.split(".")[0] not in fresh:
                    self.layout[path] = layout[path]

    def _repr_mimebundle_(self, **options: Any) -> Any:  # noqa: ANN401
        # Short and stable: a FigureWidget's text holds a random number for each trace.
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data:
            data["text/plain"] = "FigureWidget()"
        return bundle


def _tell_selection(trace: Any, points: Any, selector: Any) -> None:  # noqa: ANN401
    for callback in trace._select_callbacks:
        callback(trace, points, selector)


def _lean(trace: Properties) -> Properties:
    tables = ("z", "customdata") if trace["type"] == "heatmap" else ()
    return trace | {name: _packed(np.asarray(trace[name])) for name in tables if name in trace}


def _flat(nested: Mapping[str, Any], prefix: str = "") -> Flat:
    return dict(_leaves(nested, prefix))


def _leaves(nested: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in nested.items():
        if value is None or (not prefix and name in ("type", "meta")):
            continue
        if isinstance(value, np.ndarray) and value.ndim == 2:
            yield f"{prefix}{name}", _packed(value)
        elif isinstance(value, Mapping) and not {"dtype", "bdata"} <= set(value):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _packed(table: NDArray[Any]) -> dict[str, str]:
    """Write a table as plotly reads it from JSON: a widget's message would write each number."""
    little = np.ascontiguousarray(table, dtype=table.dtype.newbyteorder("<"))
    return {
        "dtype": f"{table.dtype.kind}{table.dtype.itemsize}",
        "bdata": base64.b64encode(little.tobytes()).decode("ascii"),
        "shape": ", ".join(map(str, table.shape)),
    }


def _carry_over(target: Any, before: Flat, after: Flat) -> Flat:  # noqa: ANN401
    """Set what ``after`` says, unless somebody has changed it since ``before`` was set.

    Returns what of ``before`` somebody has changed.
    """
    theirs: Flat = {}
    for path in before.keys() | after.keys():
        if path in before and not _same(_read(target, path), before[path]):
            theirs[path] = before[path]
            continue
        value = after.get(path)
        if path not in before or not _same(value, before[path]):
            target[path] = value
    return theirs


def _as_set(target: Any, wanted: Flat) -> Flat:  # noqa: ANN401
    # As plotly took it (a list became a tuple): only so can it be told from somebody's change.
    return {path: _read(target, path) for path in wanted}


def _read(target: Any, path: str) -> Any:  # noqa: ANN401
    # As plotly keeps it: its own look-up of a path takes twenty times as long.
    value = target._props
    for name in path.split("."):
        value = value.get(name) if value else None
    return value


def _same(one: Any, other: Any) -> bool:  # noqa: ANN401
    if one is other:
        return True
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        first, second = np.asarray(one), np.asarray(other)
        return first.shape == second.shape and bool(np.all((first == second) | (first != first)))
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return list(one) == list(other)  # plotly keeps some lists as tuples
    return bool(one == other)
