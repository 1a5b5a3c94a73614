"""`History`: sessions and locations of some users over some time; saved, merged, read again."""

from pingsessions_nb.history.failures import failure_frame
from pingsessions_nb.history.history import History, HistoryLike, Source, history_of, source_of
from pingsessions_nb.history.saved_responses import read_history

__all__ = [
    "History",
    "HistoryLike",
    "Source",
    "failure_frame",
    "history_of",
    "read_history",
    "source_of",
]
