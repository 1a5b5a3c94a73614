"""PictureBar: title, counts, colour, zone, zoom and Fit above a live picture; its messages."""

from __future__ import annotations

import anywidget
import traitlets

from pingsessions_nb.widgets.assets import STATIC
from pingsessions_nb.widgets.time_traits import TimeZone


class PictureBar(anywidget.AnyWidget):
    """The slim bar of a `LivePicture`; where there is nothing to draw, a sentence in its place."""

    _esm = STATIC / "picture_bar.js"
    _css = STATIC / "picture_bar.css"

    kind = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    count = traitlets.Unicode().tag(sync=True)
    status = traitlets.Unicode().tag(sync=True)  # of the selection, a focus, a range
    message = traitlets.Unicode().tag(sync=True)  # in place of the picture, if not ""
    is_error = traitlets.Bool(False).tag(sync=True)
    colors: traitlets.List[list[str]] = traitlets.List().tag(
        sync=True
    )  # of [value, text]; none: no choice of colour
    color_by = traitlets.Unicode("").tag(sync=True)
    time_zone = TimeZone("UTC").tag(sync=True)
    clearable = traitlets.Unicode("").tag(sync=True)  # words of the button that clears, if any
    theme = traitlets.Enum(("light", "dark"), default_value="light").tag(sync=True)
    background = traitlets.Unicode("").tag(sync=True)  # as the page has it behind the picture
