"""The archive: history beyond what PingOne keeps, in Delta Lake tables."""

from pingsessions_nb.archive.archive import Archive
from pingsessions_nb.archive.changes import Changes

__all__ = ["Archive", "Changes"]
