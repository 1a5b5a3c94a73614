import re
from pathlib import Path

import pytest

from pingsessions_nb import wording
from pingsessions_nb.wording import brief_duration, counted, kind_name, several, visible

PACKAGE = Path(wording.__file__).parent


@pytest.mark.parametrize("unseen", "\u202e\u2066\u200b\u200e\u200f\x1b\x9b\u2028\ufeff\u00ad\n")
def test_what_acts_unseen_is_shown(unseen):
    assert visible(f"a{unseen}b") == f"a⟨{ord(unseen):04X}⟩b"


def test_ordinary_text_of_any_script_stays():
    text = "Zoë O'Brien, 東京, الرياض, 👩\N{VARIATION SELECTOR-16}"
    assert visible(text) == text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (95, "1 min 35 s"),
        (3600, "1 h"),
        (5400, "1 h 30 min"),
        (86_400, "1 d"),
        (675_000, "7 d 19 h"),
    ],
)
def test_a_brief_duration_has_two_units(seconds, words):
    assert brief_duration(seconds) == words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (counted(1, "session"), "1 session"),
        (counted(2, "country", "countries"), "2 countries"),
        (counted(1, "country", "countries"), "1 country"),
        (several(["a", "b", "c", "d", "e"]), "a, b, c and 2 more"),
        (kind_name("ip_velocity"), "IP velocity"),
        (kind_name("another_kind"), "Another kind"),
    ],
)
def test_counts_lists_and_kinds_are_said_in_one_way(words, said):
    assert words == said


def test_nobody_counts_by_hand():
    """A plural made on the spot is how "1 others" comes about: `counted` says numbers of things."""
    by_hand = re.compile(
        r"""["']{1,2} if [^:}]* == 1 else ["']s["']|["']s["'] if [^:}]* else ["']{2}"""
    )
    found = [
        f"{path.relative_to(PACKAGE)}:{number}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if by_hand.search(line) and path.name != "wording.py"
    ]
    assert found == []
