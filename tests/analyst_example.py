"""What an analyst's own typed code looks like: checked by mypy as strictly as the package."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import plotly.graph_objects as go

import pingsessions_nb as ps


def investigate(tenant: ps.Tenant, username: str) -> pd.DataFrame:
    """Read a user, look at pictures, return findings."""
    users: pd.DataFrame = tenant.users(search=username, limit=10)
    history: ps.History = tenant.history(users)
    timeline: go.Figure = ps.timeline_figure(history, color_by="os", theme="dark")
    timeline.add_vrect(x0="2026-01-01", x1="2026-01-02")
    explorer: ps.SessionExplorer = ps.explore(tenant)
    explorer.value = tuple(users["user_id"])
    return ps.signals(history)


def from_anything(source: ps.HistoryLike) -> pd.DataFrame:
    """Take a history, or an archive for all that it holds."""
    ps.map_figure(source).write_html("map.html")
    for widget in (ps.SessionTimeline, ps.LocationMap, ps.SessionTable):
        widget(source)
    return ps.risk(source, fit=source)


def from_any_source(source: ps.Tenant | ps.Archive | ps.History) -> Path:
    """Take a tenant, an archive or a history."""
    ps.UserPicker(source)
    ps.explore(source)
    return ps.report(source, redact=True)


def tonight(path: str) -> pd.DataFrame:
    """Record everybody, and ask the archive."""
    archive = ps.Archive(path)
    try:
        archive.record(ps.connect(region="EU").history())
    except ps.RateLimited as error:
        print(error.status, error.code, error.correlation_id, error.details)
    from_anything(archive)
    from_any_source(archive)
    archive.record(archive)
    ps.History.concat([archive, archive.history()])
    return archive.sql("select count(*) n from sessions")
