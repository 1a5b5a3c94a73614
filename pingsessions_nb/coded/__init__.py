"""A history as codes and times, sorted once: what detectors, scores and cases work on."""

from pingsessions_nb.coded.coded_history import CodedHistory, Events, Sessions, code_history

__all__ = ["CodedHistory", "Events", "Sessions", "code_history"]
