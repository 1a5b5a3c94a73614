"""plotly's front end, sent once a kernel and packed, however many pictures there are.

`plotly.graph_objects.FigureWidget` carries plotly's bundle of 5 MB in each of its instances. Here
one hidden widget holds it, and a figure's own script of a few lines takes it from there.
"""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files

import ipywidgets
import traitlets


class PlotlyCode(ipywidgets.Widget):
    """Holds the bundle that `FigureWidget` would send, as gzip packs it, and whose it is."""

    packed = traitlets.Bytes().tag(sync=True)
    version = traitlets.Unicode().tag(sync=True)


_SHARED: list[PlotlyCode] = []


def plotly_code() -> PlotlyCode:
    """Return this kernel's one copy, made anew if somebody has closed it."""
    if not _SHARED or _SHARED[0].comm is None:
        import plotly

        _SHARED[:] = [PlotlyCode(packed=_packed_bundle(), version=plotly.__version__)]
    return _SHARED[0]


@cache
def _packed_bundle() -> bytes:
    bundle = files("plotly").joinpath("package_data/widgetbundle.js").read_bytes()
    return gzip.compress(bundle, compresslevel=6, mtime=0)
