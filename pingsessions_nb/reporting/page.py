"""HTML out of templates: everything escaped, everything inside, and nothing else allowed to run."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
import pandas as pd
from markupsafe import Markup

from pingsessions_nb.reporting.packed_plotly import (
    SHARED_FILE,
    packed_plotly,
    plotly_hash,
    source_hash,
)
from pingsessions_nb.reporting.page_style import page_style
from pingsessions_nb.reporting.verdict import signed
from pingsessions_nb.wording import shortened, visible

_HERE = Path(__file__).parent
_LONGEST_TEXT = 1_000  # characters of a cell or a sentence; ours have some hundred

# Nothing is fetched, embedded, sent or navigated to. What runs is what this file came with: its
# hash is named. Plotly's rules go into sheets that are empty; its bold text has styles of its own.
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src {styles}; style-src-attr 'unsafe-inline'; "
    "img-src data: blob:; base-uri 'none'; form-action 'none'"
)


def render(template: str, *, shares: bool = False, **context: Any) -> str:
    """Fill a template of ``templates/``; all that is put in is escaped.

    Parameters
    ----------
    template : str
    shares : bool
        Whether plotly is in a file beside the page, `packed_plotly.SHARED_FILE`.
    context
        What the template asks for. With ``data``, the page gets the timeline and the map.

    Returns
    -------
    str
        A page that needs nothing else.
    """
    program = page_script() if "data" in context else ""
    sheet = page_style()
    scripts = [source_hash(program), plotly_hash()] if program else ["'none'"]
    # From disk, no name of a source is one file's own; a page has no other script to ask for.
    scripts += ["'self'", "file:"] if program and shares else []
    policy = _POLICY.format(
        scripts=" ".join(scripts), styles=f"{source_hash(sheet)} {source_hash('')}"
    )
    return (
        _environment()
        .get_template(template)
        .render(
            {"time_zone": "UTC", **context, "data": Markup(context.get("data", ""))},  # noqa: S704
            policy=policy,
            program=Markup(program),  # noqa: S704 - ours
            sheet=Markup(sheet),  # noqa: S704 - ours
            plotly="" if shares or not program else Markup(packed_plotly()),  # noqa: S704 - ours
            plotly_file=SHARED_FILE if shares else "",
        )
    )


@cache
def page_script() -> str:
    """Return the page's script, built from the front end's ``report/``."""
    return (_HERE / "static" / "report_page.js").read_text(encoding="utf-8")


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
    environment.filters |= {"short": _short, "iso": iso, "minute": _minute, "day": _day}
    environment.filters |= {"zone": _zone}
    environment.filters |= {"thousands": "{:,}".format, "signed": signed}
    return environment


def _finalize(value: object) -> object:
    if value is None:
        return ""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return visible(shortened(value, _LONGEST_TEXT))


def _short(text: str | None) -> str:
    return text[:8] if text else "without an id"


def iso(instant: pd.Timestamp) -> str:
    """Write an instant as ISO 8601 in UTC, to the millisecond."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


@jinja2.pass_context
def _minute(context: jinja2.runtime.Context, instant: pd.Timestamp) -> str:
    return f"{_day(context, instant)}, {instant.astimezone(_clock(context)):%H:%M}"


@jinja2.pass_context
def _day(context: jinja2.runtime.Context, instant: pd.Timestamp) -> str:
    shown = instant.astimezone(_clock(context))
    return f"{shown.day} {shown:%b %Y}"


def _clock(context: jinja2.runtime.Context) -> ZoneInfo:
    return ZoneInfo(context["time_zone"])


def _zone(name: str) -> str:
    return name if name == "UTC" else f"{name.replace('_', ' ')} time"
