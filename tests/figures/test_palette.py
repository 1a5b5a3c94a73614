"""Figures and widgets share their colours."""

import re
from pathlib import Path

import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.figures.palette import AUTO, DARK, LIGHT, palette, slots

THEME = Path(ps.__file__).parent / "widgets/frontend/src/styles/theme.css"
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
    css = THEME.read_text(encoding="utf-8")
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
    with pytest.raises(ConfigurationError, match="auto, light, dark"):
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


def _luminance(color):
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("ground", ["#ffffff", "#111111"])  # JupyterLab's
def test_a_figure_of_no_theme_is_legible_on_light_and_dark(ground):
    assert _contrast(AUTO.text, ground) >= 4
    for color in (*AUTO.categories, AUTO.warn, AUTO.accent):
        assert _contrast(color, ground) >= 3, color
