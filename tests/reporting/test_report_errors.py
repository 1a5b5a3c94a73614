"""What goes wrong is said in a sentence, before anything is written."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys

import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.cli import main
from pingsessions_nb.reporting import printing
from pingsessions_nb.sandbox import SyntheticTenant, create_app, running

SEED_USER = "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pingsessions_nb", "report", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_an_unknown_user_is_named(tenant, everybody, tmp_path):
    for source in (tenant, everybody, archive_of(everybody, tmp_path)):
        with pytest.raises(ps.NotFound, match=r"nobody\.at\.all"):
            ps.report(source, "nobody.at.all", tmp_path / "x.html")
    with pytest.raises(ps.NotFound, match="These users are not in this history"):
        ps.report(everybody, ["nobody", "noone"], tmp_path / "x.html")
    assert not (tmp_path / "x.html").exists()


def archive_of(history, folder):
    archive = ps.Archive(folder / "archive")
    archive.record(history)
    return archive


@pytest.mark.parametrize("name", ["file/x.html", "file/folder", "folder.html"])
def test_a_path_that_cannot_be_written_is_named(everybody, tmp_path, name):
    (tmp_path / "file").touch()
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(ps.ConfigurationError, match=r"cannot be written to .* Give another path"):
        ps.report(everybody, SEED_USER, tmp_path / name)
    assert not list(tmp_path.glob("**/*.part"))


def test_there_must_be_sessions(everybody, tmp_path):
    path = tmp_path / "x.html"
    empty = ps.History.from_responses([])
    with pytest.raises(ps.ConfigurationError, match="no sessions in this history"):
        ps.report(empty, None, path)
    idle = ps.History(everybody.users, everybody.sessions.head(0), everybody.locations.head(0))
    name = idle.label(SEED_USER)
    with pytest.raises(ps.ConfigurationError, match=f"{name} has no sessions in this history"):
        ps.report(idle, name, path)
    assert not path.exists()


def test_other_arguments_are_checked(everybody, tmp_path):
    with pytest.raises(ps.ConfigurationError, match=r"a tenant .* not a value of type DataFrame"):
        ps.report(pd.DataFrame(), None, tmp_path / "x.html")
    with pytest.raises(ps.ConfigurationError, match=r"write .*x\.html with pdf=True"):
        ps.report(everybody, SEED_USER, tmp_path / "x.pdf")
    with pytest.raises(ps.ConfigurationError, match="There is no threshold 'max_sped_kmh'"):
        ps.report(everybody, SEED_USER, tmp_path / "x.html", max_sped_kmh=1000)
    with pytest.raises(ps.ConfigurationError, match="cities is"):
        ps.report(everybody, SEED_USER, tmp_path / "x.html", redact=True, cities="town")


def test_without_a_browser_there_is_no_pdf(everybody, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(printing, "_PLACES", ())
    with pytest.raises(ps.ConfigurationError, match="needs Chromium, Chrome or Edge"):
        ps.report(everybody, SEED_USER, tmp_path / "x.html", pdf=True)


def test_a_path_says_what_is_written(everybody, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one = ps.report(everybody, SEED_USER)
    assert one.name == f"session-report-{everybody.label(SEED_USER)}.html"
    assert ps.report(everybody, SEED_USER, "folder") == (one.parent / "folder" / one.name)
    assert ps.report(everybody, SEED_USER, tmp_path / "a" / "b.html").stat().st_mode & 0o077 == 0
    before = one.read_bytes()
    again = ps.report(everybody, SEED_USER)
    assert again == one
    assert len(again.read_bytes()) == len(before)


def test_a_person_without_a_session_of_a_known_time_is_reported(tmp_path):
    bare = {"id": "aaaaaaaa-0000-4000-8000-000000000001", "user": {"id": SEED_USER}}
    history = ps.History.from_responses({"_embedded": {"sessions": [bare]}})
    text = ps.report(history, None, tmp_path / "x.html").read_text()
    assert "No findings" in text
    assert "Unknown browser" in text


def test_the_command_writes_a_page_and_a_pdf(tmp_path):
    done = command("--demo", "--output", str(tmp_path / "one.html"), "--pdf")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "one.html")
    assert "User location anomaly" in (tmp_path / "one.html").read_text()
    pdf = (tmp_path / "one.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 2
    assert stat.S_IMODE((tmp_path / "one.pdf").stat().st_mode) == 0o600


def test_the_command_redacts_with_a_key_and_reads_what_was_saved(everybody, tmp_path):
    everybody.for_users(list(everybody.user_ids[:2])).save(tmp_path / "saved")
    (tmp_path / "key").write_text("c4d18e6a0b7f93521e8d\n")
    options = ["--history", str(tmp_path / "saved"), "--redact", "--cities", "state"]
    options += ["--key-file", str(tmp_path / "key"), "--output", str(tmp_path / "out")]
    assert main(["report", *options, "--known-network", "VPN=198.51.100.0/28"]) == 0
    index = (tmp_path / "out" / "index.html").read_text()
    user = ps.redact(everybody, key="c4d18e6a0b7f93521e8d").users["username"].iloc[0]
    assert f"{user}.html" in index
    assert everybody.users["username"].iloc[0] not in index


def test_the_command_says_where_its_history_is_from(everybody, tmp_path):
    everybody.for_users(everybody.user_ids[0]).save(tmp_path / "saved")
    page = tmp_path / "one.html"
    for arguments, source in (
        (["--demo", "matteo.yilmaz"], "Tenant demo"),
        (["--history", str(tmp_path / "saved")], f"History {tmp_path / 'saved'}"),
    ):
        assert main(["report", *arguments, "--output", str(page)]) == 0
        assert f"<dt>Source</dt><dd>{source}</dd>" in page.read_text()


def test_the_command_asks_the_address_that_it_is_given(tmp_path, monkeypatch):
    with running(create_app(SyntheticTenant(users=3, seed=7))) as address:
        monkeypatch.setenv("PINGONE_ENVIRONMENT_ID", SyntheticTenant.environment_id)
        monkeypatch.setenv("PINGONE_CLIENT_ID", "sandbox-client")
        monkeypatch.setenv("PINGONE_CLIENT_SECRET", "sandbox-secret")
        page = tmp_path / "june.html"
        options = ["--api-url", address, "--auth-url", address, "--output", str(page)]
        assert main(["report", SEED_USER, *options]) == 0
    assert f"<dd>Tenant {SyntheticTenant.environment_id}</dd>" in page.read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--demo", "nobody"], "'nobody' is not in this tenant"),
        (["--demo", "--cities", "state"], "add --redact"),
        (["--demo", "--known-network", "VPN"], "is not NAME=RANGE"),
        (["--demo", "--redact", "--key-file", "/nowhere"], "key cannot be read from /nowhere"),
        (["--demo", "--redact", "--key-file", os.devnull], "/dev/null holds no key"),
        (["--history", "/nowhere"], "/nowhere"),
        (["--demo", "--region", "EU"], "which is not asked here"),
    ],
)
def test_the_command_says_what_is_wrong(arguments, sentence, capsys):
    assert main(["report", *arguments]) == 1
    said = capsys.readouterr().err
    assert sentence in said
    assert len(said.strip().splitlines()) == 1


def test_a_megabyte_of_a_name_is_cut_in_what_is_shown_and_whole_in_the_data(tmp_path):
    long = "Ω" * 1_000_000
    place = {"at": "2026-03-01T08:00:00.000Z", "remoteIp": long, "city": long, "country": long}
    sessions = [
        {
            "id": f"s-{number}",
            "user": {"id": "u-1"},
            "environment": {"id": long},
            "createdAt": "2026-03-01T08:00:00.000Z",
            "activeAt": f"2026-03-0{number + 1}T09:00:00.000Z",
            "browser": {"name": long, "version": long},
            "operatingSystem": {"name": long},
            "device": {"type": long},
            "userAgent": long,
            "lastSignOn": {"remoteIp": long, "authenticators": [long]},
            "locations": [place],
            "unknown": long,
            long: 1,
        }
        for number in range(4)
    ]
    user = {"id": "u-1", "username": long, "email": long, "name": {"given": long, "family": long}}
    history = ps.History.from_responses(
        [{"_embedded": {"users": [user]}}, {"_embedded": {"sessions": sessions}}]
    )
    plain = ps.report(ps.demo(users=1).history(), path=tmp_path / "plain.html", progress=False)
    page = ps.report(history, path=tmp_path / "long.html", progress=False)
    assert page.stat().st_size < plain.stat().st_size + 300_000
    assert "Ω…" in page.read_text(encoding="utf-8")
    assert history.users["username"].item() == long
    assert set(history.sessions["user_agent"]) == {long}
    assert len(history._repr_html_()) < 5_000
    for figure in (ps.timeline_figure(history), ps.map_figure(history)):
        assert len(figure.to_json()) < 200_000


def test_a_session_of_long_ago_does_not_squeeze_the_others_and_is_told_of(tmp_path, everybody):
    rows = everybody.sessions.nlargest(60, "created_at").reset_index(drop=True)
    old = rows["created_at"].min() - pd.Timedelta("2000D")
    rows.loc[0, ["created_at", "active_at", "last_sign_on_at"]] = old
    few = ps.History(everybody.users, rows, everybody.locations.head(0))
    page = ps.report(few, path=tmp_path / "report.html").read_text(encoding="utf-8")
    assert "in sight once zoomed out: 1 session." in page
