"""Widgets for JupyterLab, Notebook 7 and Voilà: a picker, a timeline, a map; all of it linked."""

from pingsessions_nb.widgets.details import SessionDetails
from pingsessions_nb.widgets.explorer import SessionExplorer
from pingsessions_nb.widgets.exploring import explore
from pingsessions_nb.widgets.location_map import LocationMap
from pingsessions_nb.widgets.picker import UserPicker
from pingsessions_nb.widgets.session_timeline import SessionTimeline
from pingsessions_nb.widgets.signal_list import SignalList
from pingsessions_nb.widgets.table import SessionTable

__all__ = [
    "LocationMap",
    "SessionDetails",
    "SessionExplorer",
    "SessionTable",
    "SessionTimeline",
    "SignalList",
    "UserPicker",
    "explore",
]
