"""SessionTimeline: sessions as bars over time, in the browser, quick at a million of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from pingsessions_nb.widgets.assets import script, style
from pingsessions_nb.widgets.history_widget import HistoryWidget
from pingsessions_nb.widgets.time_traits import TimeRange, TimeZone
from pingsessions_nb.widgets.timeline_columns import signal_columns, timeline_columns

if TYPE_CHECKING:
    from pingsessions_nb.history import History
    from pingsessions_nb.widgets.encoding import Columns

TIMELINE_SCRIPTS = (
    "theme.js",
    "elements.js",
    "canvas_data.js",
    "canvas_time.js",
    "canvas.js",
    "canvas_controls.js",
    "timeline_model.js",
    "timeline_view.js",
    "timeline_marks.js",
    "timeline_density.js",
    "timeline_names.js",
    "timeline_draw.js",
    "timeline_facts.js",
    "timeline_input.js",
    "timeline.js",
)
TIMELINE_STYLES = ("canvas.css", "timeline.css")


class SessionTimeline(HistoryWidget):
    """A bar for each session, from its creation to its last activity.

    One user, or few sessions: a lane for each session. More: a lane for each user, overlapping
    sessions above each other; and far away, the density of sessions. Each location event and the
    last sign-on is a mark on the bar, each signal a warning mark.

    Wheel or ``+``/``-`` zoom, drag or arrows pan, shift-drag chooses `time_range`, ``0`` fits,
    up and down move the focus, Enter or a click selects, with ctrl or shift adds, Escape clears.

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

    Examples
    --------
    >>> import pingsessions_nb as ps
    >>> history = ps.demo(users=20, seed=7).history("olivia.adams")
    >>> timeline = ps.SessionTimeline(history, color_by="device")
    >>> timeline.selected = history.sessions["session_id"].head(2)
    >>> timeline
    SessionTimeline(10 sessions, 1 user)
    """

    _esm = script(*TIMELINE_SCRIPTS)
    _css = style(*TIMELINE_STYLES)

    color_by = traitlets.Enum(
        ("browser", "os", "device", "country", "user"), default_value="browser"
    ).tag(sync=True)
    time_zone = TimeZone("UTC").tag(sync=True)
    time_range = TimeRange().tag(sync=True)

    def _columns(self, history: History) -> Columns:
        return timeline_columns(history)

    def _signal_columns(self, history: History, signals: Any) -> Columns:  # noqa: ANN401
        return signal_columns(history, signals)
