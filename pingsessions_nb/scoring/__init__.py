"""`risk`: a statistical score of each session, with its reasons."""

from pingsessions_nb.scoring.score import FEATURES, WEIGHTS, RiskModel, risk

__all__ = ["FEATURES", "WEIGHTS", "RiskModel", "risk"]
