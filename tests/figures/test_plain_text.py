import pandas as pd
import pytest

from pingsessions_nb.figures.plotly_text import durations, plain, plain_series


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Chrome", "Chrome"),
        ("<b>bold</b>", "&lt;b&gt;bold&lt;/b&gt;"),
        ("&amp;", "&amp;amp;"),
        ("$x$", "&#36;x&#36;"),
        ("%{customdata}", "&#37;{customdata}"),
        ("a\nb\x00c", "a⟨000A⟩b⟨0000⟩c"),
        ("\u202egnp.exe", "⟨202E⟩gnp.exe"),
    ],
)
def test_markup_is_shown_as_it_is(text, shown):
    assert plain(text) == shown


def test_long_text_is_cut():
    assert plain("x" * 500, 10) == "x" * 9 + "…"


def test_missing_values_have_a_word():
    series = pd.Series(["a", None], index=[5, 7], dtype="str")
    assert plain_series(series, "nobody").to_dict() == {5: "a", 7: "nobody"}


def test_durations_have_two_units():
    seconds = [0, 59, 60, 95, 3600, 5400, 86400, 675_000, None]
    spans = pd.to_timedelta(pd.Series(seconds, dtype="float"), unit="s")
    assert durations(spans).tolist() == [
        *("0 s", "59 s", "1 min", "1 min 35 s", "1 h", "1 h 30 min", "1 d", "7 d 19 h", "unknown"),
    ]
