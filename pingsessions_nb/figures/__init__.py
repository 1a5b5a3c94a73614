"""Static twins of the timeline and the map, as plotly figures, for reports and exports."""

from pingsessions_nb.figures.map import map_figure
from pingsessions_nb.figures.png import show_with_png
from pingsessions_nb.figures.timeline import timeline_figure

__all__ = ["map_figure", "timeline_figure"]

show_with_png()
