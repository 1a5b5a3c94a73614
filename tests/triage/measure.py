"""How right the first cases are, what is found, and how much there is to read."""

from __future__ import annotations

import pandas as pd


def measured(cases: pd.DataFrame, world) -> dict[str, float]:
    """Return precision at 10, 20, 50, shares of incidents found, and the last week's volume."""
    truth = set(world.truth["session_id"])
    right = cases["session_ids"].map(lambda ids: not truth.isdisjoint(ids))
    told = {f"at {k}": float(right.head(k).mean()) for k in (10, 20, 50)}
    urgent = cases[cases["severity"] != "low"]
    seen = {each for ids in urgent["session_ids"] for each in ids}
    found = world.truth["session_id"].isin(seen)
    told |= found.groupby(world.truth["incident"]).mean().to_dict()
    told["any"] = float(found.mean())
    last_week = world.history.until - pd.Timedelta(days=7)
    thousands = len(world.history.user_ids) / 1000
    recent = cases.loc[cases["last_at"] >= last_week, "severity"]
    told["urgent a week"] = float((recent != "low").sum()) / thousands
    told["high a week"] = float((recent == "high").sum()) / thousands
    return told
