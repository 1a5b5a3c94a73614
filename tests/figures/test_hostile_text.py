"""What others named is text in every picture: no markup, nothing that acts unseen, no wall."""

import html
import re

import numpy as np
import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.wording import visible

HOSTILE = (
    "<b>Quiet</b><br>Harbour",
    '<a href="https://elsewhere.example/">press</a>',
    "<img src=x onerror=alert(2)>",
    "&lt;i&gt; &amp; &#60;script&#62;",
    "%{customdata[0]} %{y:.2f}",
    "$\\href{https://elsewhere.example/}{x}$",
    "fdp\u202eexe.tnemyap",
    "\x1b[2Jgone\x1b]0;title\x07",
    "zero\u200bwidth\ufeff and \u2067back\u2069",
    "first\nsecond\rthird\tfourth\x00",
    "Llanfair" * 125,
)
OURS = re.compile(r"</?b>|<br>|</?span( style=\"[^\"<>]*\")?>|</?i>")
READ = ("text", "hovertext", "name", "ticktext", "hovertemplate", "texttemplate")
LONGEST = 400  # letters of one line
UNSEEN = "[\x00-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u2069\ufeff]"


@pytest.fixture(scope="module")
def history():
    """Some users and their sessions: what is text in them is hostile, each row by another text."""
    own = ps.demo(users=len(HOSTILE), seed=7).history(None)
    ids = {"session_id", "user_id", "environment_id", "place_precision"}

    def poisoned(frame):
        rows = np.resize(np.array(HOSTILE, dtype=object), len(frame))
        attacks = pd.Series(rows, index=frame.index, dtype="str")
        texts = [name for name in frame if frame[name].dtype == "str" and name not in ids]
        return frame.assign(**{name: attacks.where(frame[name].notna()) for name in texts})

    # In order of the rows, so that each user and each place has one of the texts.
    locations = own.locations.drop_duplicates(["latitude", "longitude"])
    return ps.History(poisoned(own.users), poisoned(own.sessions), poisoned(locations))


@pytest.fixture(scope="module")
def signals(history):
    about = history.locations.dropna(subset=["latitude"]).head(len(HOSTILE))
    attacks = list(HOSTILE[: len(about)])
    return pd.DataFrame(
        {
            "kind": "geovelocity_anomaly",
            "severity": attacks,
            "user_id": about["user_id"],
            "session_id": about["session_id"],
            "at": about["at"],
            "summary": attacks,
            "from_place": about["place"].shift(),
            "to_place": about["place"],
        }
    )


def texts(node, name=""):
    """Every text of a figure that plotly reads, with its property's name."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from texts(value, key)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from texts(value, name)
    elif isinstance(node, str) and name in READ:
        yield name, node


def told_by(figure):
    """All that a figure says, once it is sure that every word of others' is text in it."""
    told = list(texts(figure.to_plotly_json()))
    for name, text in told:
        bare = OURS.sub("", text)
        assert not re.search(r"[<>$]", bare), (name, text)
        assert not re.search(r"&(?!(lt|gt|amp|#36|#37);)", bare), (name, text)
        assert not re.search(UNSEEN, bare), (name, text)
        assert "%{" not in bare or "template" in name, (name, text)
        longest = max(len(html.unescape(line)) for line in text.split("<br>"))
        assert longest <= LONGEST, (name, text)
    return " ".join(html.unescape(OURS.sub("", text)) for _, text in told)


def assert_tells_all(told):
    for attack in HOSTILE:
        assert visible(attack)[:25] in told, attack


@pytest.mark.parametrize("theme", ["auto", "dark"])
def test_a_map_shows_text(history, signals, theme):
    assert_tells_all(told_by(ps.map_figure(history, signals=signals, theme=theme)))


@pytest.mark.parametrize("color_by", ["browser", "country", "user"])
def test_a_timeline_shows_text(history, signals, color_by):
    figure = ps.timeline_figure(history, signals=signals, color_by=color_by)
    assert_tells_all(told_by(figure))


def test_a_live_map_shows_text(history, signals):
    world = ps.LocationMap(history, signals=signals)
    world.selected = history.sessions["session_id"].head(3)
    assert_tells_all(told_by(world.figure))
