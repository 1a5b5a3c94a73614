"""Figures and widgets share their colours."""

import re

import pandas as pd
import pytest

from pingsessions_nb.figures.palette import DARK, LIGHT, palette, slots
from pingsessions_nb.widgets.assets import STATIC

TOKENS = {
    "bg": "background",
    "text": "text",
    "text-muted": "muted",
    "line": "line",
    "grid": "grid",
    "accent": "accent",
    "warn": "warn",
    "land": "land",
    "land-line": "land_line",
    "water": "water",
}


def tokens(selector):
    css = (STATIC / "theme.css").read_text(encoding="utf-8")
    block = re.search(rf"^{re.escape(selector)} \{{(.*?)^\}}", css, re.MULTILINE | re.DOTALL)[1]
    # `var(--jp-…, #123456)` falls back to the colour that stands alone.
    return dict(re.findall(r"--ps-([\w-]+):[^;#]*(#[0-9a-f]{6})\)?;", block))


@pytest.mark.parametrize(
    ("selector", "colors"), [(".ps-widget", LIGHT), (".ps-widget.ps-dark", DARK)]
)
def test_the_palette_is_the_style_sheets(selector, colors):
    named = tokens(selector)
    assert {name: named[name] for name in TOKENS} == {
        name: getattr(colors, attribute) for name, attribute in TOKENS.items()
    }
    expected = tuple(named[f"cat-{slot}"] for slot in [*range(7), "other"])
    assert colors.categories == expected


def test_an_unknown_theme_is_refused():
    with pytest.raises(ValueError, match="'light' or 'dark'"):
        palette("sepia")


def test_the_commonest_seven_have_a_colour_each():
    values = pd.Series([name for k, name in enumerate("abcdefghi") for _ in range(9 - k)] + [None])
    slot, legend = slots(values.astype("str"))
    assert [name for _, name in legend] == [*"abcdefg", "2 others and unknown"]
    assert set(slot[values == "a"]) == {0}
    assert set(slot[values.isin(["h", "i"]) | values.isna()]) == {7}


def test_colours_do_not_depend_on_the_order_of_rows():
    values = pd.Series(["b", "a", "c", "a", "c"], dtype="str")
    assert slots(values)[1] == slots(values[::-1])[1] == [(0, "a"), (1, "c"), (2, "b")]


def test_no_values_at_all():
    slot, legend = slots(pd.Series([None, None], dtype="str"))
    assert list(slot) == [7, 7]
    assert legend == [(7, "Unknown")]
