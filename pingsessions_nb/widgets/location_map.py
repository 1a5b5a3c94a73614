"""LocationMap: where sessions were seen, and the journeys between, on a map of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from pingsessions_nb.widgets.assets import script, style
from pingsessions_nb.widgets.history_widget import HistoryWidget
from pingsessions_nb.widgets.map_columns import journey_signals, map_columns
from pingsessions_nb.widgets.map_land import land_columns
from pingsessions_nb.widgets.tile_address import OPENSTREETMAP, TileAddress, is_openstreetmap
from pingsessions_nb.widgets.time_traits import TimeZone

if TYPE_CHECKING:
    from pingsessions_nb.history import History
    from pingsessions_nb.widgets.encoding import Columns

MAP_SCRIPTS = (
    "theme.js",
    "elements.js",
    "canvas_data.js",
    "canvas_time.js",
    "canvas.js",
    "canvas_controls.js",
    "map_sphere.js",
    "map_land.js",
    "map_model.js",
    "map_tiles.js",
    "map_view.js",
    "map_labels.js",
    "map_draw.js",
    "map_facts.js",
    "map_hit.js",
    "map_input.js",
    "map.js",
)
MAP_STYLES = ("canvas.css", "map.css")


class LocationMap(HistoryWidget):
    """Places sized by visits, with their uncertainty, and journeys in order of time.

    A place that is known only as a state or a country is a dashed circle as wide as it may be. A
    journey is a great-circle arc with an arrow; an impossible one has the warning colour. Near
    places join into one and part on zooming in.

    Wheel or ``+``/``-`` zoom, drag or arrows pan, ``0`` fits, ``N`` and ``P`` go from place to
    place, Enter or a click selects the sessions seen there, with ctrl or shift adds, Escape
    clears.

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
    signals : DataFrame or None
        Findings; those of kind ``geovelocity_anomaly`` become impossible journeys.
    time_zone : str
        IANA name of the zone in which times are written, ``"UTC"`` at first.
    tiles : str
        Address of a server of map tiles, such as
        ``"https://tile.openstreetmap.org/{z}/{x}/{y}.png"``. Empty, the default, asks nobody for
        anything. With one, the browser asks it for each part of the world that is looked at, and
        so tells it which.
    tile_attribution : str
        Whom the tiles are from, shown on the map; OpenStreetMap's is known.
    error : str
        Shown in place of the map when not empty.

    Examples
    --------
    Two widgets linked: what is selected in one is selected in the other.

    >>> import ipywidgets
    >>> import pingsessions_nb as ps
    >>> history = ps.demo(users=20, seed=7).history("olivia.adams")
    >>> where, when = ps.LocationMap(history), ps.SessionTimeline(history)
    >>> link = ipywidgets.link((where, "selected"), (when, "selected"))
    >>> where
    LocationMap(10 sessions, 1 user)
    """

    _esm = script(*MAP_SCRIPTS)
    _css = style(*MAP_STYLES)

    time_zone = TimeZone("UTC").tag(sync=True)
    tiles = TileAddress("").tag(sync=True)
    tile_attribution = traitlets.Unicode("").tag(sync=True)
    _land = traitlets.Dict().tag(sync=True)

    @traitlets.default("_land")
    def _default_land(self) -> Columns:
        return land_columns()

    @traitlets.observe("tiles")
    def _attribute_tiles(self, _: Any) -> None:  # noqa: ANN401
        if not self.tile_attribution and is_openstreetmap(self.tiles):
            self.tile_attribution = OPENSTREETMAP

    def _columns(self, history: History) -> Columns:
        return map_columns(history)

    def _signal_columns(self, history: History, signals: Any) -> Columns:  # noqa: ANN401
        return journey_signals(history, signals)
