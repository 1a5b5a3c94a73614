"""The paragraph of a case: each thing once, counts that add up, and of which session it speaks."""

import re

import pytest
from world_of_carriers import World

import pingsessions_nb as ps
from pingsessions_nb.wording import several

TACOMA = {"city": "tacoma", "state": "washington", "country": "united states"}
LAGOS = {"city": "lagos", "state": "lagos", "country": "nigeria"}


def session(name, day, *places, system="Windows", user="ann"):
    """A session of an hour, with an event for each place, ten minutes apart."""
    events = [
        {"at": f"2026-03-{day:02}T09:{10 * n:02}:00.000Z", "remoteIp": ip, **place}
        for n, (ip, place) in enumerate(places)
    ]
    return {
        "id": name,
        "user": {"id": user},
        "createdAt": f"2026-03-{day:02}T09:00:00.000Z",
        "activeAt": f"2026-03-{day:02}T10:00:00.000Z",
        "locations": events,
        "browser": {"name": "Chrome"},
        "operatingSystem": {"name": system},
    }


def told(*sessions):
    """The case of the later ones of a user's sessions, after a week at home."""
    usual = [session(f"usual {day}", day, ("24.1.2.3", TACOMA)) for day in range(1, 8)]
    pages = [{"_embedded": {"sessions": [*usual, *sessions]}}]
    return ps.cases(ps.History.from_responses(pages))


HOP = ("24.1.2.3", TACOMA), ("90.1.2.9", LAGOS)


def test_what_is_of_another_session_says_when_that_was():
    found = told(
        session("hop", 8, *HOP),
        session("phone", 9, ("24.1.2.3", TACOMA), system="Android"),
    )
    assert len(found) == 1
    summary = found.loc[0, "summary"]
    assert summary.startswith("ann, 8 March 2026 at 09:10 UTC: One session was used in Tacoma")
    assert "Also, 9 March 2026 at 09:00 UTC: First session on Chrome on Android" in summary
    assert found.loc[0, "next_steps"].startswith("End the session now: whoever holds it stays")


def test_sessions_that_are_as_grave_are_counted():
    found = told(session("one", 8, *HOP), session("two", 9, *HOP), session("three", 10, *HOP))
    assert len(found) == 1
    assert "2 other sessions stand out as much." in found.loc[0, "summary"]
    assert found.loc[0, "next_steps"].startswith("End the 3 sessions now")


def test_a_phone_at_home_says_why_it_is_no_reason_for_alarm():
    found = told(session("phone", 9, ("24.1.2.3", TACOMA), system="Android"))
    assert found["severity"].tolist() == ["low"]
    assert found.loc[0, "summary"].endswith(
        "By itself that is no reason for alarm: people change their devices and browsers."
    )


@pytest.mark.parametrize("seed", [31, 32])
def test_nothing_is_said_twice_and_counts_add_up(seed):
    found = ps.cases(World(users=300, seed=seed).history)
    for case in found.itertuples():
        assert case.summary.startswith(f"{several(case.users)}, ")
        sentences = re.split(r"(?<=[.:]) (?=[A-Z])", case.summary)
        assert len(sentences) == len(set(sentences))
        assert ("What speaks against alarm:" in case.summary) <= (case.severity == "low")
        assert ("no reason for alarm" in case.summary) <= (case.severity == "low")
        again = case.summary.count("again and again") + case.summary.count("went between the two")
        assert again <= 2  # of the networks, and of the user
        appeared = re.search(r"([\d,]+) users appeared", case.summary)
        for number in re.findall(r"For (\d+) of them", case.summary):
            assert appeared is not None
            assert int(number) < int(appeared[1].replace(",", ""))
