"""One user, one answer: signals, cases, report, explorer and command line, from every source.

What several users do at one address cannot show in the sessions of one of them alone: a tenant that
is asked for one user only tells all else. A history, saved or not, and an archive know everybody.
"""

from __future__ import annotations

import html
import json
import re
import time

import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.cli import main

NAMES = ["kind", "severity", "session_id", "at", "summary"]
_ITEM = re.compile(r'<strong>([^<]*)</strong>.*?<p class="summary">(.*?)</p>', re.DOTALL)


def told(page) -> list[str]:
    """The sentences of a report's findings, in its order."""
    text = page.read_text(encoding="utf-8")
    part = text.partition('<section id="findings">')[2].partition("</section>")[0]
    return [html.unescape(sentence) for _, sentence in _ITEM.findall(part)]


def explored(explorer: ps.SessionExplorer, user: str) -> pd.DataFrame:
    """What an explorer shows of a user, once that is read."""
    explorer.value = [user]
    deadline = time.monotonic() + 30
    # What is filtered is set last: after the history, and after its signals.
    while explorer.filtered is None or list(explorer.filtered.user_ids) != [user]:
        assert time.monotonic() < deadline
        time.sleep(0.002)
    return explorer.signals


def opened_on(source) -> pd.DataFrame:
    """The cases that an explorer opens on, or of a tenant once everybody is read."""
    explorer = ps.SessionExplorer(source)
    explorer.case_list._handle_custom_msg({"type": "read"}, [])
    deadline = time.monotonic() + 60
    while explorer.case_list.cases is None:
        assert time.monotonic() < deadline
        time.sleep(0.002)
    return explorer.case_list.cases


def of(found: pd.DataFrame, user: str, *but: str) -> pd.DataFrame:
    """A user's findings, but for those in some sessions."""
    mine = found[(found["user_id"] == user) & ~found["session_id"].isin(but)]
    return mine[NAMES].reset_index(drop=True)


@pytest.mark.parametrize(
    ("users", "seed", "reported"),
    [(10, 7, 1), *(pytest.param(60, n, 60, marks=pytest.mark.slow) for n in range(5001, 5011))],
)
def test_every_user_has_one_answer_from_every_source(users, seed, reported, tmp_path, capsys):
    tenant = ps.demo(users=users, seed=seed)
    everybody = tenant.history()
    saved, recorded = tmp_path / "saved", tmp_path / "archive"
    everybody.save(saved)
    archive = ps.Archive(recorded, buckets=2)
    archive.record(everybody)
    read = ps.read_history(saved)

    whole, cases = ps.signals(everybody), ps.cases(everybody)
    assert {"user_velocity", "geovelocity_anomaly"} <= set(whole["kind"])
    found_of = whole["user_id"].unique()  # the first are those of a crowd, the last is alone
    to_report = {*found_of[:reported], found_of[-1]}
    for other in (read, archive, archive.history(), tenant.history()):
        pd.testing.assert_frame_equal(ps.signals(other), whole)
        pd.testing.assert_frame_equal(ps.cases(other), cases)
    pd.testing.assert_frame_equal(archive.signals(), whole)
    pd.testing.assert_frame_equal(archive.cases(), cases)
    for source in (tenant, archive, read, everybody):
        pd.testing.assert_frame_equal(opened_on(source), cases)
    hunt = ["hunt", "--archive", str(recorded), "--since", "2000-01-01", "--severity", "low"]
    assert main([*hunt, "--format", "ndjson"]) == 1
    hunted = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for name in ("case_id", "severity", "summary", "next_steps"):
        assert [case[name] for case in hunted] == cases[name].tolist()

    crowded = set(whole.query("kind == 'user_velocity'")["session_id"])
    explorer = ps.SessionExplorer(tenant)
    for user in everybody.sessions["user_id"].unique():
        expected = of(whole, user)
        alone = of(whole, user, *crowded)
        for source in (tenant, archive, read, everybody):
            mine = source.history_of_users([user])
            pd.testing.assert_frame_equal(of(ps.signals(mine), user, *crowded), alone)
        pd.testing.assert_frame_equal(of(explored(explorer, user), user, *crowded), alone)
        if user not in to_report:
            continue
        page = ps.report(everybody, user, tmp_path / "one.html", progress=False)
        assert told(page) == expected["summary"].tolist()
        for option, path in (("--archive", recorded), ("--history", saved)):
            page = tmp_path / "told.html"
            assert main(["report", user, option, str(path), "--output", str(page)]) == 0
            assert told(page) == expected["summary"].tolist()
        if len(alone) == len(expected):
            page = ps.report(tenant, user, tmp_path / "one.html", progress=False)
            assert told(page) == expected["summary"].tolist()
