"""Whatever text PingOne passes on, it is shown as text: no script, no request, no broken layout."""

SETUP = r'''
import json
import pingsessions_nb as ps
from pingsessions_nb.sandbox import SyntheticTenant, create_app, running

PAYLOADS = json.loads(PAYLOADS_JSON)

class Hostile(SyntheticTenant):
    """Every text field of every user, session and location is an attack."""
    def poison(self, node, start):
        count = start
        keep = {"id", "href", "createdAt", "activeAt", "updatedAt", "at"}
        def walk(value, key):
            nonlocal count
            if isinstance(value, dict):
                return {k: v if k == "_links" else walk(v, k) for k, v in value.items()}
            if isinstance(value, list):
                return [walk(v, key) for v in value]
            if isinstance(value, str) and key not in keep:
                count += 1
                if key == "country" and count % 2:
                    return value  # so that some places are found, and drawn, and named
                return PAYLOADS[count % len(PAYLOADS)]
            return value
        return walk(node, None)
    def user_at(self, index, *a, **k):
        return self.poison(super().user_at(index, *a, **k), index * 7)
    def sessions(self, user_id, *a, **k):
        page = super().sessions(user_id, *a, **k)
        sessions = page["_embedded"]["sessions"]
        for number, one in enumerate(sessions):
            sessions[number] = self.poison(one, number * 13 + self.index_of(user_id) * 5)
            sessions[number][PAYLOADS[number % len(PAYLOADS)]] = "unknown"  # a field
        return page

synthetic = Hostile(users=12, seed=7)
server = running(create_app(synthetic))
url = server.__enter__()
tenant = ps.connect(environment_id=synthetic.environment_id, client_id="sandbox-client",
                    client_secret="sandbox-secret", api_url=url, auth_url=url)
explorer = ps.explore(tenant)
'''

SCRIPTS = [
    "<script>window.PWNED=1</script>",
    "<img src=x onerror='window.PWNED=1'>",
    "<img src=https://evil.example/a.png>",
    "<svg onload=window.PWNED=1>",
    "<svg><script href=https://evil.example/a.js /></svg>",
    "<iframe src=javascript:window.PWNED=1>",
    "<iframe srcdoc='<script>parent.PWNED=1</script>'>",
    "<body onload=window.PWNED=1>",
    "<video><source onerror=window.PWNED=1>",
    "<details open ontoggle=window.PWNED=1>",
    "<marquee onstart=window.PWNED=1>",
    "<input autofocus onfocus=window.PWNED=1>",
    "<a href=javascript:window.PWNED=1>click</a>",
    "<math><mtext><style><img src onerror=window.PWNED=1></style>",
    "<template><script>window.PWNED=1</script></template>",
    "</script><script>window.PWNED=1</script>",
    "</style><script>window.PWNED=1</script>",
    "</textarea><script>window.PWNED=1</script>",
    "--><script>window.PWNED=1</script>",
    "]]><script>window.PWNED=1</script>",
    "\"><script>window.PWNED=1</script>",
    "' onmouseover='window.PWNED=1",
    "\" onfocus=\"window.PWNED=1\" autofocus=\"",
    "`${window.PWNED=1}`",
    "${window.PWNED=1}",
    "{{constructor.constructor('window.PWNED=1')()}}",
    "{{7*7}}",
    "{% raw %}<script>window.PWNED=1</script>",
    "<%= window.PWNED=1 %>",
    "#{window.PWNED=1}",
    "javascript:window.PWNED=1",
    "data:text/html,<script>window.PWNED=1</script>",
    "https://evil.example/?q=1",
    "//evil.example/x",
    "url(https://evil.example/a.png)",
    "@import url(https://evil.example/a.css);",
    "expression(window.PWNED=1)",
    "<link rel=stylesheet href=https://evil.example/a.css>",
    "<style>*{display:none}</style>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href=https://evil.example/>",
    "<object data=https://evil.example/a.swf>",
    "<form action=https://evil.example/><button>",
    "$$\\href{javascript:window.PWNED=1}{x}$$",
    "[x](javascript:window.PWNED=1)",
    "![x](https://evil.example/a.png)",
    "=HYPERLINK(\"https://evil.example\",\"x\")",
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3+cmd|' /C calc'!A0",
    "__proto__",
    "constructor",
    "toString",
    "a\u0000b",
    "a\u0007b\u001b[31mred",
    "line\nbreak\ttab\r\n",
    "\u202egnp.exe",
    "\u2066isolated\u2069",
    "zero\u200bwidth\ufeff",
    "Z\u0351\u0346\u0300a\u0340\u035bl\u0341\u0346g\u0362o\u0489" * 8,
    "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "'; DROP TABLE users; --",
    "\" or 1=1 --",
    "../../../etc/passwd",
    "%3Cscript%3Ewindow.PWNED=1%3C/script%3E",
    "&lt;script&gt;window.PWNED=1&lt;/script&gt;",
    "&#60;script&#62;",
    "<" * 400,
    "W" * 3000,
    " " * 40 + "x",
    "null",
    "NaN",
    "-1e999",
]  # fmt: skip


def shown(text):
    """As `visible` in words.ts writes it."""
    import re

    unseen = (
        "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
    )
    return re.sub(unseen, lambda m: f"\u27e8{ord(m[0]):04X}\u27e9", text)


def test_hostile_text_stays_text_everywhere(notebook, desk, server_said):
    import json

    assert len(SCRIPTS) >= 50
    setup = SETUP.replace("PAYLOADS_JSON", repr(json.dumps(SCRIPTS)))
    book = notebook([setup, "explorer"])
    desk.set_width(1280, 1400)
    dialogs = []

    def dismiss(dialog):
        dialogs.append(dialog.message)
        dialog.dismiss()

    desk.page.on("dialog", dismiss)
    width = book.locator(".ps-explorer").bounding_box()["width"]

    book.locator(".ps-picker-input").click()
    book.locator(".ps-picker-list:not([aria-busy]) .ps-user").nth(11).wait_for()
    usernames = book.locator(".ps-user-username").evaluate_all("(l) => l.map(n => n.textContent)")
    rows = json.loads(book.run("import json; print(json.dumps(list(tenant.users().username)))"))
    assert usernames == [shown(name) for name in rows]
    for _ in range(12):
        book.page.keyboard.press("ArrowDown")
        book.page.keyboard.press("Enter")
    book.page.keyboard.press("Escape")
    book.locator(".ps-timeline .ps-count", has_text="12 users").wait_for()
    book.wait_idle()

    # every filter's list, every session's details, a hover over every lane and place
    for filter_button in book.locator(".ps-filter:visible").all():
        filter_button.click()
        book.page.keyboard.press("Escape")
    ids = json.loads(book.run("print(json.dumps(list(explorer.history.sessions.session_id)))"))
    for start in range(0, len(ids), 20):
        book.run(f"explorer.selected = tuple({ids[start : start + 20]!r})")
        book.wait_idle()
        book.locator(f'.ps-session[data-session="{ids[start]}"]').wait_for()
    facts = json.loads(book.run("print(json.dumps(explorer.details._facts))"))
    text = book.locator(".ps-details").evaluate("(n) => n.textContent")
    for one in facts:
        for label, value in one["facts"]:
            assert shown(label) in text
            if isinstance(value, str):
                assert shown(value) in text
    for selector in (".ps-timeline .ps-figure", ".ps-map .ps-figure"):
        box = book.locator(selector).bounding_box()
        for y in range(10, int(box["height"]), 24):
            for x in range(20, int(box["width"]), 60):
                book.page.mouse.move(box["x"] + x, box["y"] + y)

    assert desk.page.evaluate("() => window.PWNED") is None
    assert dialogs == []
    desk.page.remove_listener("dialog", dismiss)
    markup = (
        "script, img, iframe, object, embed, link, style, svg, math, video, form, meta, base, a"
    )
    widgets = book.locator(f".ps-explorer :is({markup}):not(.js-plotly-plot *)")
    assert widgets.count() == 0
    # plotly draws with svg and has links without an address for its buttons
    drawn = "script, img, iframe, object, embed, link, style, math, video, form, meta, base"
    pictures = book.locator(f".js-plotly-plot :is({drawn}, a[href], foreignObject)")
    assert pictures.count() == 0
    assert not desk.page_errors
    assert "Traceback" not in server_said()
    for name in ("timeline", "map", "table", "details", "picker", "filters"):
        box = book.locator(f".ps-explorer .ps-{name}").last.bounding_box()
        assert box["width"] <= width, name
        assert box["height"] < 700, name
    assert book.locator(".ps-explorer").bounding_box()["width"] == width
    book.picture("hostile")


def test_hostile_text_is_copied_without_formulas(notebook, desk):
    import json

    formulas = ['=HYPERLINK("x")', "+1", "-1", "@x", "tab\there", "line\nbreak"]
    setup = SETUP.replace("PAYLOADS_JSON", repr(json.dumps(formulas)))
    book = notebook([setup + "explorer.value = tuple(tenant.users(limit=2).user_id)", "explorer"])
    book.locator(".ps-table-row").first.wait_for()
    book.locator(".ps-table .ps-part-bar button", has_text="Copy").click()
    book.locator(".ps-table button", has_text="Copied").wait_for()
    lines = desk.page.evaluate("() => navigator.clipboard.readText()").split("\n")
    assert len(lines) == 1 + int(book.run("print(len(explorer.history))"))
    columns = lines[0].count("\t")
    assert all(line.count("\t") == columns for line in lines)
    cells = [cell for line in lines for cell in line.split("\t")]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]
