"""`History`: sessions and locations of some users over some time; saved, merged, read again."""

from pingsessions_nb.history.failures import failure_frame
from pingsessions_nb.history.history import History, HistoryLike, history_of
from pingsessions_nb.history.saved_responses import read_history
from pingsessions_nb.history.sources import Source, source_of

__all__ = [
    "History",
    "HistoryLike",
    "Source",
    "failure_frame",
    "history_of",
    "read_history",
    "source_of",
]
