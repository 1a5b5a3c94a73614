"""Picture: a plotly figure before plotly has checked it, as plain properties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

Properties = dict[str, Any]
"""What plotly calls the attributes of a trace or a layout, by name, as in its JSON."""


@dataclass(frozen=True)
class Picture:
    """Traces and layout as plain properties.

    Plotly's own objects check each property as it is set, which takes longer than all the rest of
    drawing. So a picture is checked once: all of it as a figure, or what of it is new in a live
    one.

    Attributes
    ----------
    traces : list of dict
        Each with its ``type`` and, in ``meta["part"]``, a name of its own.
    layout : dict
    """

    traces: list[Properties]
    layout: Properties

    def figure(self) -> go.Figure:
        """Return it as plotly's figure.

        Returns
        -------
        plotly.graph_objects.Figure
        """
        return go.Figure(self.traces, self.layout)
