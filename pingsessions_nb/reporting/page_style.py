"""A report's style sheet: its colours are the figures', light or dark as its reader wants it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pingsessions_nb.figures.palette import DARK, FONT, LIGHT, Palette

_SHEET = Path(__file__).parent / "static" / "page.css"


@cache
def page_style() -> str:
    """Return the style sheet of a page."""
    dark = "@media screen and (prefers-color-scheme: dark)"
    tokens = [
        f":root {{ --ps-font: {FONT}; --ps-radius: 6px; {_tokens(LIGHT)} }}",
        f"{dark} {{ :root {{ {_tokens(DARK)} }} }}",
    ]
    return "\n".join([*tokens, _SHEET.read_text(encoding="utf-8")])


def _tokens(colors: Palette) -> str:
    *categories, other = colors.categories
    named = {
        "bg": colors.background,
        "text": colors.text,
        "text-muted": colors.muted,
        "line": colors.line,
        "grid": colors.grid,
        "accent": colors.accent,
        "warn": colors.warn,
        **{f"cat-{number}": color for number, color in enumerate(categories)},
        "cat-other": other,
        "bg-sunken": f"color-mix(in srgb, {colors.text} 5%, {colors.background})",
        "accent-soft": f"color-mix(in srgb, {colors.accent} 15%, {colors.background})",
        "warn-soft": f"color-mix(in srgb, {colors.warn} 12%, {colors.background})",
    }
    return " ".join(f"--ps-{name}: {value};" for name, value in named.items())
