"""A report opened from disk, offline: it draws, it answers, it asks for nothing."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageChops

import pingsessions_nb as ps

MOST_BYTES = 8_000_000


@pytest.fixture(scope="module")
def page(tmp_path_factory, everybody, traveller):
    """A report of one user with ten sessions."""
    path = tmp_path_factory.mktemp("report") / "one.html"
    return ps.report(everybody, traveller, path)


def long_history(history: ps.History, sessions: int) -> ps.History:
    """One user who had the sessions of many, as an archive keeps them."""
    user = history.user_ids[0]
    some = history.for_sessions(history.sessions["session_id"].iloc[:sessions]).for_users(
        history.user_ids
    )
    return ps.History(
        history.users[history.users["user_id"] == user].reset_index(drop=True),
        some.sessions.assign(user_id=user),
        some.locations.assign(user_id=user),
    )


def differs(one: bytes, other: bytes) -> bool:
    pair = [Image.open(io.BytesIO(each)).convert("RGB") for each in (one, other)]
    return ImageChops.difference(*pair).getbbox() is not None


def colours(picture: bytes) -> int:
    return len(Image.open(io.BytesIO(picture)).convert("RGB").getcolors(1 << 24))


def test_it_says_who_when_where_on_what_and_why(opened, page, everybody, traveller):
    report = opened(page)
    text = report.page.inner_text("body")
    user = everybody.users.set_index("user_id").loc[traveller]
    for word in (user["given_name"], user["username"], user["email"], "Geovelocity anomaly"):
        assert word in text
    found = ps.signals(everybody)
    for sentence in found.loc[found["user_id"] == traveller, "summary"]:
        assert sentence in text
    assert report.page.locator("#findings li").count() == (found["user_id"] == traveller).sum()
    cases = ps.cases(everybody)
    mine = cases[cases["user_ids"].map(lambda ids: traveller in ids)]
    assert report.page.locator("#cases li").count() == len(mine) > 0
    first = report.page.locator("#cases li").first
    assert mine["summary"].iloc[0] in first.inner_text()
    assert mine["next_steps"].iloc[0] in first.inner_text()
    assert report.page.locator(".sessions tbody").count() == 10
    assert report.page.locator(".eyebrow").inner_text().startswith("PingOne session report")
    about = report.page.inner_text("#about")
    for word in (everybody.sessions["environment_id"].iloc[0], ps.__version__, "max_speed_kmh"):
        assert word in about
    assert "584 sessions of 60 users" in about or f"{len(everybody):,} sessions of 60" in about
    assert report.page.evaluate("() => document.documentElement.scrollWidth") <= 1280


@pytest.mark.parametrize("chart", ["timeline", "map"])
def test_a_chart_is_drawn_zooms_and_answers_the_mouse(opened, page, chart):
    report = opened(page)
    before = report.picture(chart)
    assert colours(before) > 20
    box = report.canvas(chart).bounding_box()
    report.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    report.page.mouse.wheel(0, -400)
    report.page.wait_for_timeout(300)
    assert differs(before, report.picture(chart))
    report.page.locator(f"#{chart} button", has_text="Fit").click()
    tip = report.page.locator(f"#{chart} .ps-tip")
    shown = ""
    for x in np.linspace(0.15, 0.995, 60):
        for y in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
            report.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
            if tip.is_visible():
                shown = tip.inner_text()
                break
        if shown:
            break
    assert shown


def test_a_finding_chooses_its_session_in_the_table_the_timeline_and_the_map(opened, page):
    report = opened(page)
    plain = {chart: report.picture(chart) for chart in ("timeline", "map")}
    link = report.page.locator("#findings a").first
    number = link.get_attribute("data-session")
    link.click()
    assert report.chosen() == [number]
    assert report.page.locator(".chosen").inner_text().startswith("1 chosen")
    for chart, before in plain.items():
        assert differs(before, report.picture(chart))
    assert report.page.locator("#map .ps-status").inner_text().startswith("1 session selected")
    report.page.locator(".unchoose").click()
    assert report.chosen() == []
    for chart, before in plain.items():
        assert not differs(before, report.picture(chart)), chart


def test_the_table_the_timeline_and_the_map_choose_for_each_other(opened, page):
    report = opened(page)
    rows = report.page.locator(".sessions tbody")
    rows.nth(2).locator("td").nth(1).click()
    assert report.chosen() == ["2"]
    rows.nth(4).locator("input").check()
    assert report.chosen() == ["2", "4"]
    assert "2 sessions selected" in report.page.locator("#timeline .ps-status").inner_text()
    report.canvas("timeline").press("Escape")
    assert report.chosen() == []
    report.canvas("timeline").press("ArrowDown")
    report.canvas("timeline").press("Enter")
    assert len(report.chosen()) == 1
    report.canvas("map").press("n")
    report.canvas("map").press("Enter")
    assert len(report.chosen()) >= 1
    assert rows.locator("input:checked").count() == len(report.chosen())


def test_times_follow_the_time_zone_everywhere(opened, page):
    report = opened(page)
    first = report.page.locator(".sessions time").first
    utc = pd.Timestamp(first.get_attribute("datetime"))
    assert first.inner_text() == f"{utc.day} {utc:%b %Y, %H:%M}"
    report.page.locator("#timeline select").nth(1).select_option("Asia/Tokyo")
    tokyo = utc.tz_convert("Asia/Tokyo")
    assert first.inner_text() == f"{tokyo.day} {tokyo:%b %Y, %H:%M}"
    assert "Asia/Tokyo time" in report.page.locator(".sessions thead").inner_text()
    assert report.page.locator("#about .zone").first.inner_text() == "Asia/Tokyo time"


def test_rows_open_and_sort(opened, page, everybody, traveller):
    report = opened(page)
    body = report.page.locator(".sessions tbody").first
    identifier = body.locator("code").first
    assert not identifier.is_visible()
    body.locator(".more").click()
    assert identifier.is_visible()
    sessions = everybody.for_users(traveller).sessions
    assert identifier.inner_text() == sessions["session_id"].iloc[0]
    head = report.page.locator(".sessions th button", has_text="Began")
    for order in (False, True):
        head.click()
        shown = report.page.locator(".sessions tbody").evaluate_all(
            "bodies => bodies.map((body) => body.querySelector('time').dateTime)"
        )
        assert shown == sorted(shown, reverse=not order)


def test_without_scripts_everything_but_the_charts_is_there(opened, page):
    report = opened(page, java_script_enabled=False)
    assert report.page.locator(".sessions .details code").first.is_visible()
    assert "needs scripts" in report.page.inner_text("#timeline")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_follows_the_readers_scheme_also_when_that_changes(opened, page, scheme):
    report = opened(page, color_scheme=scheme)

    def is_dark() -> bool:
        report.page.wait_for_timeout(150)
        body, chart = report.page.evaluate(
            """() => [getComputedStyle(document.body).backgroundColor,
                      document.querySelector(".ps-chart").classList.contains("ps-dark")]"""
        )
        assert (body == "rgb(20, 24, 29)") == chart
        return chart

    assert is_dark() == (scheme == "dark")
    report.page.emulate_media(color_scheme="light" if scheme == "dark" else "dark")
    assert is_dark() == (scheme == "light")


def test_paper_is_light_narrow_and_sharp(opened, page):
    report = opened(page, color_scheme="dark")
    report.page.evaluate(
        """() => window.addEventListener("beforeprint", () => {
            window.printed = [...document.querySelectorAll("canvas.ps-canvas")].map((canvas) => ({
                width: canvas.width, shown: canvas.clientWidth,
                dark: canvas.closest(".ps-chart").classList.contains("ps-dark"),
                corner: [...canvas.getContext("2d").getImageData(3, 3, 1, 1).data],
            }));
        })"""
    )
    pdf = report.page.pdf()
    assert pdf.startswith(b"%PDF")
    for canvas in report.page.evaluate("() => window.printed"):
        assert canvas["width"] == 3 * canvas["shown"]
        assert 600 < canvas["shown"] < 688
        assert not canvas["dark"]
        assert min(canvas["corner"][:3]) > 220 or canvas["corner"][3] == 0
    report.page.wait_for_timeout(200)
    assert report.page.evaluate("() => document.querySelector('.ps-chart').matches('.ps-dark')")


@pytest.mark.parametrize("number", [60, 300])
def test_on_paper_all_sessions_are_in_the_timeline(opened, everybody, tmp_path, number):
    history = long_history(everybody, number)
    report = opened(ps.report(history, None, tmp_path / "long.html"))
    report.canvas("timeline")
    report.page.evaluate(
        """() => {
            window.texts = [];
            const write = CanvasRenderingContext2D.prototype.fillText;
            CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
                if (document.body.matches(".ps-printing")) window.texts.push(text);
                write.call(this, text, ...rest);
            };
        }"""
    )
    report.page.pdf()
    assert f"{number} sessions" in report.page.evaluate("() => window.texts")


def test_ten_and_three_hundred_sessions_are_small_files(opened, page, everybody, tmp_path):
    assert page.stat().st_size < MOST_BYTES
    history = long_history(everybody, 300)
    path = ps.report(history, None, tmp_path / "long.html")
    assert path.stat().st_size < MOST_BYTES
    report = opened(path, viewport={"width": 800, "height": 900})
    assert report.page.locator(".sessions tbody").count() == 300
    assert "300 sessions" in report.page.locator("#timeline .ps-count").inner_text()
    assert report.page.evaluate("() => document.documentElement.scrollWidth") <= 800
    before = report.picture("timeline")
    report.page.locator("#timeline button", has_text="+").click()
    assert differs(before, report.picture("timeline"))


def test_an_archive_and_a_tenant_are_reported_too(opened, tenant, everybody, traveller, tmp_path):
    archive = ps.Archive(tmp_path / "archive")
    archive.record(everybody)
    for source, word in ((archive, f"Archive {archive.path}"), (tenant, "Tenant demo")):
        path = ps.report(source, everybody.label(traveller), tmp_path / "one.html")
        report = opened(path)
        assert word in report.page.inner_text("#about")
        assert report.page.locator(".sessions tbody").count() == 10


def test_many_users_in_a_folder_with_an_index(opened, everybody, traveller, tmp_path, capsys):
    some = [traveller, *[one for one in everybody.user_ids if one != traveller][:3]]
    index = ps.report(everybody, some, tmp_path / "reports")
    assert "user" in capsys.readouterr().err  # the progress bar
    assert index == tmp_path / "reports" / "index.html"
    assert len(list(index.parent.glob("*.html"))) == 5
    report = opened(index)
    links = report.page.locator(".index a")
    assert links.count() == 4
    assert links.first.inner_text() == everybody.label(traveller)  # the most severe comes first
    target = index.parent / links.first.get_attribute("href")
    assert everybody.label(traveller) in opened(target).page.inner_text("header")


def test_many_users_on_one_page(opened, everybody, tmp_path):
    report = opened(ps.report(everybody, None, tmp_path / "all.html"))
    assert report.page.locator("h1").inner_text() == "60 users"
    assert report.page.locator("#users tbody tr").count() == 60
    assert report.page.evaluate("() => document.documentElement.scrollWidth") <= 1280
    assert report.page.evaluate("() => document.documentElement.scrollHeight") < 15_000
