"""A report opened from disk, offline: it draws, it answers, it asks for nothing."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest
from PIL import Image, ImageChops

import pingsessions_nb as ps
from pingsessions_nb.figures.palette import DARK, LIGHT

MOST_BYTES = 3_000_000


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
    before, whole = report.picture(chart), view_of(report, chart)
    assert colours(before) > 20
    box = report.drawn(chart).bounding_box()
    report.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    report.page.mouse.wheel(0, -400)
    report.page.wait_for_timeout(500)
    assert differs(before, report.picture(chart))
    assert view_of(report, chart) != pytest.approx(whole, rel=1e-3)
    report.drawn(chart).press("0")
    report.page.wait_for_timeout(300)
    assert view_of(report, chart) == pytest.approx(whole, rel=1e-3)
    x, y = point_of(report, chart)
    report.page.mouse.move(box["x"] + x, box["y"] + y)
    tip = report.page.locator(f"#{chart} .hoverlayer .hovertext")
    tip.wait_for()
    assert len(tip.text_content()) > 40


def view_of(report, chart):
    return report.drawn(chart).evaluate(
        """(el) => {
            const { geo, xaxis, yaxis } = el._fullLayout;
            return geo ? [geo.projection.scale, geo.center.lon, geo.center.lat]
                : [xaxis, yaxis].flatMap((axis) => axis.range.map(axis.r2l));
        }"""
    )


def point_of(report, chart):
    """Where in a picture a bar or a place is."""
    if chart == "timeline":
        return report.drawn(chart).evaluate(
            """(el) => {
                const [frame, bars] = [el, [...el.querySelectorAll(".bars .point path")]].map(
                    (one) => Array.isArray(one) ? one.map((bar) => bar.getBoundingClientRect())
                        : one.getBoundingClientRect());
                const bar = bars.sort((a, b) => b.width - a.width)[0];
                return [bar.x + bar.width / 3 - frame.x, bar.y + bar.height / 2 - frame.y];
            }"""
        )
    return report.drawn(chart).evaluate(
        """(el) => {
            const places = el._fullData.filter((one) => /^Place/.test(one.name) && one._length);
            const { lon, lat } = places[0];
            return el._fullLayout.geo._subplot.projection([lon[0], lat[0]]);
        }"""
    )


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
    assert sum(report.lit("timeline")) == 1
    assert sum(report.lit("map")) >= 1
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
    assert sum(report.lit("timeline")) == 2
    report.drawn("timeline").press("Escape")
    assert report.chosen() == []
    assert report.lit("timeline") == []
    for chart in ("timeline", "map"):
        box = report.drawn(chart).bounding_box()
        x, y = point_of(report, chart)
        report.page.mouse.click(box["x"] + x, box["y"] + y)
        report.page.wait_for_timeout(400)
        assert len(report.chosen()) >= 1
        assert rows.locator("input:checked").count() == len(report.chosen())
        report.drawn(chart).press("Escape")
        assert report.chosen() == []
        report.page.wait_for_timeout(400)


def test_a_box_takes_all_that_it_touches(opened, page):
    report = opened(page)
    for chart in ("timeline", "map"):
        box = report.drawn(chart).bounding_box()
        report.drawn(chart).hover()
        report.page.locator(f"#{chart} .modebar-btn[data-title='Box Select']").click()
        report.page.mouse.move(box["x"] + box["width"] - 30, box["y"] + box["height"] - 70)
        report.page.mouse.down()
        across = 200 if chart == "timeline" else 10
        report.page.mouse.move(box["x"] + across, box["y"] + 70, steps=4)
        report.page.mouse.up()
        report.page.wait_for_timeout(500)
        assert len(report.chosen()) > 3
        assert not report.drawn(chart).evaluate("(el) => (el.layout.selections ?? []).length")
        report.drawn(chart).press("Escape")


def test_a_picture_is_saved_and_sent_nowhere(opened, page):
    report = opened(page)
    for chart in ("timeline", "map"):
        report.drawn(chart).hover()
        assert report.page.locator(f"#{chart} .modebar-btn[data-title*='hart']").count() == 0
        with report.page.expect_download() as saved:
            report.page.locator(f"#{chart} .modebar-btn[data-title*='ownload']").click()
        assert saved.value.path().read_bytes().startswith(b"\x89PNG")


def test_places_part_when_one_looks_nearer(opened, everybody, tmp_path):
    report = opened(ps.report(everybody, None, tmp_path / "all.html"))
    picture = report.drawn("map")
    marks = """(el) => el._fullData.find((one) => one.name === "Place, by visits")._length"""
    few = picture.evaluate(marks)
    for _ in range(6):
        picture.press("+")
    report.page.wait_for_timeout(500)
    assert picture.evaluate(marks) > few
    picture.press("0")
    report.page.wait_for_timeout(500)
    assert picture.evaluate(marks) == few


def test_times_follow_the_time_zone_everywhere(opened, everybody, traveller, tmp_path):
    path = ps.report(everybody, traveller, tmp_path / "one.html", time_zone="Asia/Tokyo")
    report = opened(path)
    first = report.page.locator(".sessions time").first
    utc = pd.Timestamp(first.get_attribute("datetime"))
    tokyo = utc.tz_convert("Asia/Tokyo")
    assert first.inner_text() == f"{tokyo.day} {tokyo:%b %Y, %H:%M}"
    assert first.get_attribute("title").endswith("UTC+9")
    assert "Asia/Tokyo time" in report.page.locator(".sessions thead").inner_text()
    assert report.page.locator("#about .zone").first.inner_text() == "Asia/Tokyo time"
    title = report.drawn("timeline").evaluate("(el) => el.layout.xaxis.title.text")
    assert title == "Asia/Tokyo"
    assert f"{tokyo:%H:%M}" in str(
        report.drawn("timeline").evaluate("(el) => el._fullData[0].hovertext")
    )


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
        report.page.wait_for_timeout(250)
        pictures = [report.drawn(chart) for chart in ("timeline", "map")]
        inks = {one.evaluate("(el) => el._fullLayout.font.color") for one in pictures}
        body = report.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        assert inks == {DARK.text if body == "rgb(20, 24, 29)" else LIGHT.text}
        return inks == {DARK.text}

    assert is_dark() == (scheme == "dark")
    report.page.emulate_media(color_scheme="light" if scheme == "dark" else "dark")
    assert is_dark() == (scheme == "light")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_its_pictures_are_those_of_the_public_figures(opened, page, everybody, traveller, theme):
    report = opened(page, color_scheme=theme)
    history = everybody.for_users(traveller)
    found = ps.signals(everybody)
    found = found[found["user_id"] == traveller]
    figures = {
        "timeline": ps.timeline_figure(history, theme=theme, signals=found),
        "map": ps.map_figure(history, theme=theme, signals=found),
    }
    for chart, figure in figures.items():
        told = """(el) => el.data.map((one) => [one.name, one.marker?.color ?? one.line?.color])"""
        shown = [tuple(one) for one in report.drawn(chart).evaluate(told)]
        own = json.loads(figure.to_json())["data"]
        wanted = [
            (
                one.get("name"),
                one.get("marker", {}).get("color") or one.get("line", {}).get("color"),
            )
            for one in own
        ]
        assert shown == wanted


def test_paper_is_light_and_narrow(opened, page):
    report = opened(page, color_scheme="dark")
    report.drawn("timeline")
    report.page.evaluate(
        """() => window.addEventListener("beforeprint", () => {
            window.printed = [...document.querySelectorAll(".chart")].map((el) => ({
                width: el.querySelector(".main-svg").clientWidth,
                ink: el._fullLayout.font.color,
                text: el.textContent,
            }));
        })"""
    )
    pdf = report.page.pdf()
    assert pdf.startswith(b"%PDF")
    for picture in report.page.evaluate("() => window.printed"):
        assert 600 < picture["width"] <= 688
        assert picture["ink"] == LIGHT.text
    report.page.wait_for_timeout(300)
    ink = report.drawn("map").evaluate("(el) => el._fullLayout.font.color")
    assert ink == DARK.text


@pytest.mark.parametrize("number", [60, 300])
def test_all_sessions_are_in_the_timeline(opened, everybody, tmp_path, number):
    history = long_history(everybody, number)
    report = opened(ps.report(history, None, tmp_path / "long.html"))
    drawn = report.drawn("timeline")
    bars = "(el) => el.querySelectorAll('.bars .point').length"
    assert drawn.evaluate(bars) == number


def test_ten_and_three_hundred_sessions_are_small_files(opened, page, everybody, tmp_path):
    assert page.stat().st_size < MOST_BYTES
    history = long_history(everybody, 300)
    path = ps.report(history, None, tmp_path / "long.html")
    assert path.stat().st_size < MOST_BYTES
    report = opened(path, viewport={"width": 800, "height": 900})
    assert report.page.locator(".sessions tbody").count() == 300
    assert report.page.evaluate("() => document.documentElement.scrollWidth") <= 800
    before = report.picture("timeline")
    report.drawn("timeline").press("+")
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
    assert sum(path.stat().st_size for path in index.parent.iterdir()) < MOST_BYTES
    report = opened(index)
    links = report.page.locator(".index a")
    assert links.count() == 4
    assert links.first.inner_text() == everybody.label(traveller)  # the most severe comes first
    target = index.parent / links.first.get_attribute("href")
    one = opened(target)
    assert everybody.label(traveller) in one.page.inner_text("header")
    assert one.drawn("map").locator(".scattergeo").count()


def test_a_page_that_was_taken_from_its_folder_says_what_it_lacks(
    opened, everybody, traveller, tmp_path
):
    some = [traveller, *[one for one in everybody.user_ids if one != traveller][:1]]
    ps.report(everybody, some, tmp_path / "reports", progress=False)
    page = tmp_path / "reports" / f"{everybody.label(traveller)}.html"
    alone = tmp_path / page.name
    page.rename(alone)
    report = opened(alone)
    assert "need the file plotly.js" in report.page.inner_text("#timeline .chart")
    assert report.page.locator(".sessions tbody").count() == 10
    report.said.clear()  # the browser names the file that is missing


def test_what_write_html_writes_shows_its_map_offline(opened, everybody, tmp_path):
    path = tmp_path / "map.html"
    ps.map_figure(everybody, theme="light").write_html(path)
    report = opened(path)
    report.page.locator(".geolayer .scattergeo path").first.wait_for(state="attached")
    shown = Image.open(io.BytesIO(report.page.screenshot())).convert("RGB")
    land = sum(n for n, pixel in shown.getcolors(1 << 24) if pixel == (230, 233, 228))
    assert land > 20_000


def test_many_users_on_one_page(opened, everybody, tmp_path):
    report = opened(ps.report(everybody, None, tmp_path / "all.html"))
    assert report.page.locator("h1").inner_text() == "60 users"
    assert report.page.locator("#users tbody tr").count() == 60
    assert report.page.evaluate("() => document.documentElement.scrollWidth") <= 1280
    assert report.page.evaluate("() => document.documentElement.scrollHeight") < 15_000
