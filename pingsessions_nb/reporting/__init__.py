"""Reports: a history told to somebody else, in a file that opens anywhere and asks for nothing."""

from pingsessions_nb.reporting.writing import report

__all__ = ["report"]
