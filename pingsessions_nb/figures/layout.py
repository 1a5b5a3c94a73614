"""What every figure looks like."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from pingsessions_nb.figures.palette import FONT, Palette
from pingsessions_nb.figures.picture import Properties


def base_layout(colors: Palette) -> Properties:
    """Return a quiet layout: a legend above, thin lines, no title, plotly's own template off."""
    axis = {
        "gridcolor": colors.grid,
        "linecolor": colors.line,
        "zeroline": False,
        "ticks": "",
        "automargin": True,
    }
    return {
        "template": "none",
        "font": {"family": FONT, "size": 13, "color": colors.text},
        "paper_bgcolor": colors.background,
        "plot_bgcolor": colors.background,
        "margin": {"l": 12, "r": 16, "t": 24, "b": 12},
        "legend": {
            "orientation": "h",
            "yanchor": "top",
            "y": -0.02,
            "yref": "paper",
            "xanchor": "left",
            "x": 0,
        },
        "hoverlabel": {
            "align": "left",
            "bgcolor": colors.panel,
            "bordercolor": colors.line,
            "font": {"family": FONT, "color": colors.panel_text},
        },
        # Plotly's own "Edit chart" would send the picture's data to its maker's server.
        "modebar": {"remove": ["sendChartToCloud"]},
        "xaxis": axis,
        "yaxis": axis,
    }


def say(figure: go.Figure, sentence: str, colors: Palette) -> go.Figure:
    """Put a sentence where there is nothing to draw."""
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    figure.update_layout(height=240)
    return say_over(figure, sentence, colors)


def say_over(figure: go.Figure, sentence: str, colors: Palette, **looks: Any) -> go.Figure:
    """Write a sentence in the middle of a figure."""
    return figure.add_annotation(
        text=sentence,
        x=0.5,
        y=0.5,
        xref="paper",
        yref="paper",
        showarrow=False,
        font={"size": 15, "color": colors.muted},
        **looks,
    )
