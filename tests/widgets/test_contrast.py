"""What is written and drawn can be told from its ground: WCAG 2.2 AA, light and dark."""

import re
import sys
from pathlib import Path

import pytest

import pingsessions_nb as ps

THEME = Path(ps.__file__).parent / "widgets/frontend/src/styles/theme.css"
THEMES = Path(sys.prefix) / "share/jupyter/lab/themes/@jupyterlab"
TEXT, SHAPE = 4.5, 3.0  # success criteria 1.4.3 and 1.4.11
GROUNDS = ("bg", "bg-raised", "bg-sunken")
PAIRS = [
    *((TEXT, ink, ground) for ink in ("text", "text-muted", "warn") for ground in GROUNDS),
    *((TEXT, ink, ground) for ink in ("text", "text-muted") for ground in ("accent-soft",)),
    *((TEXT, ink, "warn-soft") for ink in ("text", "warn")),
    *((TEXT, "accent", ground) for ground in GROUNDS),
    (TEXT, "on-accent", "accent"),
    *((TEXT, ink, ground) for ink in ("text", "text-muted") for ground in ("land", "water")),
    *((SHAPE, f"cat-{slot}", "bg") for slot in (*range(7), "other")),
    *((SHAPE, ink, ground) for ink in ("warn", "accent") for ground in ("bg", "land", "water")),
]


def properties(css, selector):
    """Custom properties of the first rule for a selector."""
    body = re.search(rf"(?:^|\}}|\n|\s){re.escape(selector)}\s*{{(.*?)}}", css, re.DOTALL)[1]
    body = re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL)
    return dict(re.findall(r"(--[\w-]+)\s*:\s*([^;]+)", body))


def resolved(value, known):
    """A value with its ``var()`` replaced; an unknown name gives its fallback."""
    while match := re.search(r"var\((--[\w-]+)\s*(?:,\s*([^()]*(?:\([^()]*\))?[^()]*))?\)", value):
        value = value.replace(match[0], known.get(match[1]) or match[2] or "")
    return value.strip()


def rgba(text):
    """Red, green, blue of 0 to 255 and the opacity."""
    named = {"white": "#ffffff", "black": "#000000"}
    text = named.get(text, text)
    if text.startswith("#"):
        digits = text[1:] if len(text) == 7 else "".join(2 * digit for digit in text[1:])
        return (*(int(digits[at : at + 2], 16) for at in (0, 2, 4)), 1.0)
    red, green, blue, *opacity = map(float, re.findall(r"[\d.]+", text))
    return red, green, blue, *(opacity or [1.0])


def luminance(color):
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [part / 255 for part in color]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(ink, ground):
    """Contrast ratio of an ink, maybe see-through, on an opaque ground."""
    *under, opaque = rgba(ground)
    assert opaque == 1, ground
    *over, opacity = rgba(ink)
    seen = [a * opacity + b * (1 - opacity) for a, b in zip(over, under, strict=True)]
    lighter, darker = sorted((luminance(seen), luminance(under)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def tokens(theme, host):
    """The design tokens under JupyterLab's theme, or where there is none."""
    css = THEME.read_text(encoding="utf-8")
    known = {}
    if host == "jupyterlab":
        path = THEMES / f"theme-{theme}-extension" / "index.css"
        known |= dict(re.findall(r"(--jp-[\w-]+)\s*:\s*([^;}]+)", path.read_text(encoding="utf-8")))
    known |= properties(css, ".ps-widget")
    if theme == "dark":
        known |= properties(css, ".ps-widget.ps-dark")
    return {name: resolved(value, known) for name, value in known.items() if name[:5] == "--ps-"}


def test_black_on_white_is_21():
    assert contrast("#000000", "white") == pytest.approx(21)
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)  # WCAG's own example
    assert contrast("rgba(0, 0, 0, 0.5)", "#fff") == pytest.approx(
        contrast("#808080", "#fff"), 0.01
    )


@pytest.mark.parametrize("host", ["alone", "jupyterlab"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_can_be_told_apart(theme, host):
    found = tokens(theme, host)
    poor = [
        f"{ink} {found[f'--ps-{ink}']} on {ground} {found[f'--ps-{ground}']}: {ratio:.2f} < {least}"
        for least, ink, ground in PAIRS
        if (ratio := contrast(found[f"--ps-{ink}"], found[f"--ps-{ground}"])) < least
    ]
    assert not poor, "\n".join(poor)
