"""Whatever PingOne sends is text: nothing of it runs, is fetched, or breaks the page."""

from __future__ import annotations

import base64
import gzip
import json
import re

import pytest

import pingsessions_nb as ps
from pingsessions_nb.reporting.embedding import packed_json
from pingsessions_nb.reporting.page import page_script
from pingsessions_nb.reporting.page_style import page_style
from pingsessions_nb.wording import LONGEST, visible

PAYLOADS = [
    "</script><script>window.hit=1</script>",
    "<!--<script>",
    "]]><img src=x onerror=window.hit=1>",
    '"><svg onload=window.hit=1>',
    "' onmouseover='window.hit=1",
    "</title></style><iframe src=https://evil.example></iframe>",
    "{{ 7*7 }}{% raw %}${7*7}",
    "javascript:window.hit=1",
    "https://evil.example/x.png",
    "&lt;b&gt;&#60;b&#62;\\u003cb\\u003e",
    "a\u2028b\u2029c\u202ed\u0000e\ud800f\r\ng",
    "=HYPERLINK(1)",
    # what plotly reads as markup, in hovers, names and legends
    "<b>bold</b><i>i</i><sup>up</sup><sub>down</sub>",
    "<a href='javascript:window.hit=1'>click</a>",
    '<a href="https://evil.example/" target="_top">click</a>',
    "<A HREF=//evil.example>x</A>",
    "<span style='color:red;background:url(https://evil.example)'>x</span>",
    "<br><br><br>three lines",
    "<extra>aside</extra>",
    "<em>em</em><u>u</u><s>s</s>",
    "<br/onclick=window.hit=1>",
    "&amp;amp; &nbsp;&#36; &mu;&copy",
    "$\\alpha^2$",
    "$$\\href{javascript:window.hit=1}{x}$$",
    "%{customdata}%{x|%Y}%{meta.part}",
    "%{hovertext:.2f}<extra>%{fullData.name}</extra>",
    "{meta}[0](x)",
    # what browsers and others read
    "<img src=https://evil.example/a.png>",
    "<svg><script href=https://evil.example/a.js /></svg>",
    "<svg><a xlink:href='javascript:window.hit=1'><text y=9>x</text></a></svg>",
    "<iframe srcdoc='<script>parent.hit=1</script>'>",
    "<details open ontoggle=window.hit=1>",
    "<input autofocus onfocus=window.hit=1>",
    "<math><mtext><style><img src onerror=window.hit=1></style>",
    "</textarea><script>window.hit=1</script>",
    "<link rel=stylesheet href=https://evil.example/a.css>",
    "<style>*{display:none}</style>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href=https://evil.example/>",
    "<object data=https://evil.example/a.swf>",
    "<form action=https://evil.example/><button>",
    "@import url(https://evil.example/a.css);",
    "url(https://evil.example/a.png)",
    "`${window.hit=1}`",
    "{{constructor.constructor('window.hit=1')()}}",
    "__proto__",
    "constructor",
    "-1e999",
    "NaN",
    "\u2066isolated\u2069",
    "zero\u200bwidth\ufeff",
    "\U0001f600" * 40,
    "W" * 4000,
]


def hostile(payloads: list[str]) -> ps.History:
    """A user and a session for each payload, with it in every field that holds text."""
    sessions, people = [], []
    for number, payload in enumerate(payloads):
        user = f"{number} {payload}"
        where = dict.fromkeys(("remoteIp", "city", "state", "country", "further"), payload)
        sessions.append(
            {
                "id": f"{number} {payload}",
                "user": {"id": user},
                "environment": {"id": payload},
                "createdAt": "2025-01-01T10:00:00.000Z",
                "activeAt": "2025-01-02T10:00:00.000Z",
                "lastSignOn": {"at": "2025-01-01T11:00:00.000Z", "remoteIp": payload},
                "browser": {"name": payload, "version": payload},
                "operatingSystem": {"name": payload, "version": payload},
                "device": {"type": payload},
                "locations": [{"at": "2025-01-01T12:00:00.000Z", **where}],
                f"field {payload}": [payload],
            }
        )
        people.append(
            {
                "id": user,
                "username": payload,
                "email": payload,
                "name": {"given": payload, "family": payload},
                "population": {"id": payload, "name": payload},
            }
        )
    pages = [{"_embedded": {"sessions": sessions}}, {"_embedded": {"users": people}}]
    return ps.History.from_responses(pages)


def check(report) -> None:
    page = report.page
    assert page.evaluate("() => window.hit") is None
    assert page.locator("script").count() == 2
    assert page.locator("img, iframe, object, embed, form, link, base, math").count() == 0
    assert page.locator("svg a, a[href^=javascript], a[href*=evil]").count() == 0
    assert page.locator("[onload], [onerror], [onmouseover]").count() == 0
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 1280
    assert not set("\u202e\u2028\x00") & set(page.inner_text("body"))


def test_payloads_in_every_field_are_text(opened, tmp_path):
    assert len(PAYLOADS) >= 50
    report = opened(ps.report(hostile(PAYLOADS), None, tmp_path / "hostile.html"))
    page = report.page
    report.drawn("timeline")
    check(report)
    assert page.locator(".sessions tbody").count() == len(PAYLOADS)
    page.evaluate("() => document.querySelectorAll('.more').forEach((one) => one.click())")
    shown = page.locator(".sessions tbody").all_inner_texts()
    for payload, text in zip(PAYLOADS, shown, strict=True):
        start = re.split(r"[\u200b\u2028\u202e\u2066\u0000\ud800\r]", payload)[0][:40].strip()
        assert text.count(start) >= 5
    # As a person reads them: names beside the lanes and in the legend, and what a hover says.
    for parts, least in ((".ytick text", len(PAYLOADS)), (".legendtext", 7)):
        names = page.locator(f"#timeline {parts}").all_text_contents()
        assert len(names) >= least
        for name in names[:7] if parts == ".legendtext" else names:
            begun = name.removesuffix("…").strip()
            known = ["Unknown user", *map(visible, PAYLOADS)]
            assert any(one.startswith(begun[:20]) for one in known), name
    said = hovered(report)
    assert len(said) > len(PAYLOADS) / 2
    for text in ("<a href='javascript:window.hit=1'>click</a>", "%{customdata}", "&nbsp;&#36;"):
        assert any(text in one for one in said), text
    check(report)


def hovered(report) -> set[str]:
    """What hovers say over every bar of the timeline."""
    picture = report.drawn("timeline")
    bars = picture.evaluate(
        """(el) => [...el.querySelectorAll(".bars .point path")].map((bar) => {
            const box = bar.getBoundingClientRect();
            return [box.x + box.width / 2 + scrollX, box.y + box.height / 2 + scrollY];
        })"""
    )
    said = set()
    for x, y in bars:
        report.page.evaluate("(y) => window.scrollTo({ top: y - 400, behavior: 'instant' })", y)
        top = report.page.evaluate("() => scrollY")
        report.page.mouse.move(x, y - top)
        report.page.mouse.move(x + 2, y - top)
        report.page.wait_for_timeout(80)
        said |= set(picture.locator(".hoverlayer .hovertext").all_text_contents())
    return said


@pytest.mark.parametrize("payload", [PAYLOADS[0], PAYLOADS[-1]], ids=["script", "long"])
def test_a_hostile_person_has_a_page(opened, payload, tmp_path):
    report = opened(ps.report(hostile([payload]), None, tmp_path / "hostile.html"))
    check(report)
    assert report.page.locator("h1").inner_text().startswith(payload[: LONGEST - 1])


def test_hostile_names_stay_within_the_folder(opened, tmp_path):
    history = hostile(["../../up", "/etc/passwd", "CON", "index", "a\\b", "INDEX", "..", "é*?<|>"])
    index = ps.report(history, None, tmp_path / "reports", progress=False)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.parent for path in written} == {index.parent}
    assert len(written) == 10
    report = opened(index)
    links = report.page.locator(".index a").evaluate_all("all => all.map((a) => a.href)")
    assert sorted(links) == sorted(
        path.as_uri() for path in written if path not in {index, index.with_name("plotly.js")}
    )


def test_people_of_one_name_have_a_page_each_whatever_their_ids(tmp_path):
    ids = ["/../../a", "/../../a2", "/../../a3"]
    pages = {
        "_embedded": {
            "sessions": [
                {"id": f"s{each}", "user": {"id": each}, "createdAt": "2025-01-01T00:00:00Z"}
                for each in ids
            ]
        }
    }
    users = [{"id": each, "username": "ann"} for each in ids]
    history = ps.History.from_responses(pages, users=users)
    ps.report(history, None, tmp_path / "in" / "reports", progress=False)
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.html")}
    names = {"ann", "ann-2", "ann-3", "index"}
    assert written == {f"in/reports/{name}.html" for name in names}


def test_what_may_run_is_named_by_its_hash(tmp_path):
    text = ps.report(hostile(["x"]), None, tmp_path / "x.html").read_text()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text).group(1)
    assert policy.startswith("default-src &#39;none&#39;; script-src &#39;sha256-")
    assert "unsafe" not in policy.replace("style-src-attr &#39;unsafe-inline&#39;", "")
    assert "http" not in policy
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", text)
    assert "</script" not in page_script()
    assert "<!--" not in page_script()
    assert "</style" not in page_style()
    assert not re.search(r"@import|url\(", page_style())


def test_data_within_html_is_nothing_but_letters():
    data = {"</script>": {"a": "<!--", "b": "&amp;", "c": "\u2028\u2029", "d": [1, None]}}
    text = packed_json(data)
    assert re.fullmatch("[A-Za-z0-9+/=]+", text)
    assert json.loads(gzip.decompress(base64.b64decode(text))) == data
