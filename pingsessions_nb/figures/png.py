"""Figures as PNG, and beside each figure of a notebook that runs by itself.

A saved notebook holds a figure as plotly's JSON, which JupyterLab draws and hardly anybody else:
code hosts, ``nbconvert`` and mail show nothing. Where nobody is at the keyboard (papermill,
``nbconvert --execute``), and kaleido and Chromium are there, each figure comes with its PNG.
"""

from __future__ import annotations

import base64
import importlib.util
import os
import sys
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio
from plotly.io.base_renderers import MimetypeRenderer

WIDTH, HEIGHT = 1000, 450  # pixels, where a figure says nothing of its own
_OURS = "pingsessions_png"


def png(figure: go.Figure | dict[str, Any]) -> bytes:
    """Draw a figure with kaleido, which runs the Chromium that is installed; nothing is fetched.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure or dict
        A dict is a figure's JSON.

    Returns
    -------
    bytes
        A PNG as large as the figure says, or else 1,000 x 450 pixels.
    """
    import kaleido

    figure = go.Figure(figure)
    layout = figure.layout
    size = {"width": layout.width or WIDTH, "height": layout.height or HEIGHT}
    options = {"format": "png", "scale": 1, **size}
    # MathJax would come from elsewhere. A Chromium a figure takes a second or two; kaleido's own
    # server, which would keep one, waits for ever where there is none.
    return bytes(kaleido.calc_fig_sync(figure, opts=options, kopts={"mathjax": False}))


class _PngBeside(MimetypeRenderer):
    """Adds the PNG; after one failure it does not try again, and the notebook goes on."""

    failed = False

    def to_mimebundle(self, fig_dict: dict[str, Any]) -> dict[str, str]:
        """Give the PNG, encoded, or nothing."""
        if _PngBeside.failed:
            return {}
        try:
            return {"image/png": base64.b64encode(png(fig_dict)).decode()}
        except Exception as error:
            _PngBeside.failed = True
            reason = str(error).strip().partition("\n")[0]
            print(f"Figures are saved without a PNG: {reason}", file=sys.stderr)
            return {}


def show_with_png() -> None:
    """Let figures carry their PNG from now on, where nobody is at the keyboard.

    Whoever has chosen a renderer (``PLOTLY_RENDERER``, ``pio.renderers.default``) keeps it. A
    kernel that Jupyter's server started knows its notebook's name: there, an analyst waits.
    """
    attended = "JPY_SESSION_NAME" in os.environ or "PLOTLY_RENDERER" in os.environ
    if attended or pio.renderers.default != "plotly_mimetype":
        return
    if importlib.util.find_spec("kaleido") is None:
        return
    pio.renderers[_OURS] = _PngBeside()
    pio.renderers.default = f"plotly_mimetype+{_OURS}"
