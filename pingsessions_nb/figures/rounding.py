"""Numbers of a figure as a person could tell them apart, the same on every processor."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

DECIMALS = 4  # of a degree: eleven metres; of a pixel or a share: nothing to be seen


def rounded(figure: go.Figure) -> go.Figure:
    """Round every double of a figure, in place, and return it.

    The last digits of sines, logarithms and sums differ from processor to processor (numpy takes
    what the processor has), and so would every notebook that saves a figure.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure

    Returns
    -------
    plotly.graph_objects.Figure
        The same one; no number has more than four decimals, and none is minus zero.

    Examples
    --------
    >>> import plotly.graph_objects as go
    >>> rounded(go.Figure(go.Scatter(x=[1 / 3, None], y=[1, 2]))).data[0].x
    (0.3333, None)
    """
    for part in (*figure.data, figure.layout):
        properties = part.to_plotly_json()
        properties.pop("template", None)  # written by hand, not computed
        part.update(_floats(properties))
    return figure


def _floats(properties: dict[str, Any]) -> dict[str, Any]:
    """Pick what holds floating-point numbers, rounded."""
    found = {name: _rounded(value) for name, value in properties.items()}
    return {name: value for name, value in found.items() if value is not None}


def _rounded(value: object) -> object:
    """Round whatever plotly holds; None where there is nothing to round."""
    if isinstance(value, dict):
        return _floats(value) or None
    if isinstance(value, np.ndarray):
        # What is stored in single precision was read from a file and not computed.
        computed = value.dtype == np.float64
        return value.round(DECIMALS) + 0.0 if computed else None
    if isinstance(value, (list, tuple)):
        each = [_rounded(item) for item in value]
        if all(item is None for item in each):
            return None
        return [old if new is None else new for old, new in zip(value, each, strict=True)]
    return round(float(value), DECIMALS) + 0.0 if isinstance(value, (float, np.floating)) else None
