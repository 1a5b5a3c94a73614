"""HTML out of templates: everything escaped, everything inside, and nothing else allowed to run."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from pingsessions_nb.reporting.verdict import signed
from pingsessions_nb.widgets.assets import script, style
from pingsessions_nb.widgets.timeline import TIMELINE_SCRIPTS, TIMELINE_STYLES
from pingsessions_nb.wording import visible

MAP_SCRIPTS = (
    "theme.js",
    "elements.js",
    "canvas_data.js",
    "canvas_time.js",
    "canvas.js",
    "canvas_controls.js",
    "map_sphere.js",
    "map_land.js",
    "map_model.js",
    "map_tiles.js",
    "map_view.js",
    "map_labels.js",
    "map_draw.js",
    "map_facts.js",
    "map_hit.js",
    "map_input.js",
    "map.js",
)
MAP_STYLES = ("canvas.css", "map.css")
_HERE = Path(__file__).parent
_DARK_TOKENS = re.compile(r"\.ps-widget\.ps-dark \{(?P<tokens>[^}]*)\}")
_EXPORT_DEFAULT = re.compile(r"^export default ", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|let|function|class|async)", re.MULTILINE)

# Nothing is fetched, embedded, sent or navigated to. What runs is what this file came with: its
# hash is named. Styles are set by scripts through the object model, which needs no permission.
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src {styles}; img-src data:; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)


def render(template: str, **context: Any) -> str:  # noqa: ANN401
    """Fill a template of ``templates/``; all that is put in is escaped.

    Parameters
    ----------
    template : str
    context
        What the template asks for. With ``data``, the page gets the timeline and the map.

    Returns
    -------
    str
        A page that needs nothing else.
    """
    program = page_script() if "data" in context else ""
    sheet = page_style()
    policy = _POLICY.format(scripts=_hash(program) if program else "'none'", styles=_hash(sheet))
    return (
        _environment()
        .get_template(template)
        .render(
            context,
            policy=policy,
            program=Markup(program),  # noqa: S704 - ours
            sheet=Markup(sheet),  # noqa: S704 - ours
        )
    )


@cache
def page_script() -> str:
    """Join the page's scripts: the two widgets' front ends, each in a scope of its own."""
    parts = ["theme.js", "canvas_data.js", "canvas_time.js"]
    ours = [str(_HERE / "static" / name) for name in ("model.js", "choosing.js", "page.js")]
    scopes = [
        f"const psTimeline = {_scope(script(*TIMELINE_SCRIPTS))};",
        f"const psMap = {_scope(script(*MAP_SCRIPTS))};",
        f"{_scope(script(*parts, *ours))}(psTimeline, psMap);",
    ]
    return "\n".join(['"use strict";', *scopes])


@cache
def page_style() -> str:
    """Join the page's style sheets; the theme's dark tokens apply where the reader wants dark."""
    sheet = style(*TIMELINE_STYLES, *MAP_STYLES[1:])
    dark = _DARK_TOKENS.search(sheet)
    assert dark is not None  # noqa: S101 - theme.css has them, or is not itself
    page = (_HERE / "static" / "page.css").read_text(encoding="utf-8")
    return "\n".join(
        [
            sheet,
            "@media screen and (prefers-color-scheme: dark) "
            f"{{ .ps-page:not(.ps-printing) {{{dark['tokens']}}} }}",
            page,
        ]
    )


def _scope(module: str) -> str:
    """Make a module a function's body; what it exports by default is what the function returns."""
    body = _EXPORT_DEFAULT.sub("return ", _EXPORT.sub("", module))
    return f"(() => {{\n{body}\n}})()"


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"short": _short, "iso": _iso, "minute": _minute, "day": _day}
    environment.filters |= {"thousands": "{:,}".format, "signed": signed}
    return environment


def _finalize(value: Any) -> Any:  # noqa: ANN401 - whatever a template puts in
    if value is None:
        return ""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _short(text: str | None) -> str:
    return text[:8] if text else "without an id"


def _iso(instant: pd.Timestamp) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _minute(instant: pd.Timestamp) -> str:
    return f"{_day(instant)}, {instant:%H:%M}"


def _day(instant: pd.Timestamp) -> str:
    return f"{instant.day} {instant:%b %Y}"
