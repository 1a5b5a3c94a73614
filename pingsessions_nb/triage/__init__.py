"""Cases: findings that belong together, ranked by who deserves an analyst first."""

from pingsessions_nb.triage.likely_networks import likely_networks
from pingsessions_nb.triage.making_cases import COLUMNS, cases

__all__ = ["COLUMNS", "cases", "likely_networks"]
