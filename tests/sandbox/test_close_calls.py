"""What is hard to tell apart is as its words say, and the truth about it is the story's."""

from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

import pingsessions_nb.sandbox
from pingsessions_nb.sandbox import DEFAULT_NOW, SyntheticTenant
from pingsessions_nb.sandbox.activity import starts
from pingsessions_nb.sandbox.close_calls import CLOSE_CALLS
from pingsessions_nb.sandbox.geography import DAY, HOUR, cities, distance_km

ANCHOR = round(DEFAULT_NOW.timestamp() * 1000)
CITIES = {(each.name, each.state, each.country): each for each in cities()}
ATTACKS = {
    "nearby theft": {"geovelocity_anomaly", "user_location_anomaly"},
    "quiet spraying": {"user_velocity", "new_device", "user_location_anomaly"},
    "few proxies": {"ip_velocity"},
    "revived account": {"dormant_return", "new_device", "user_location_anomaly"},
}
USERS = 8_000


@pytest.fixture(scope="module")
def told():
    """Return the lives of those to whom it happens, by plot and group."""
    tenant = SyntheticTenant(users=USERS, seed=3)
    incidents = tenant._incidents
    lives = defaultdict(lambda: defaultdict(list))
    for index in incidents.victims():
        plan = incidents.plan(index)
        if plan.plot in CLOSE_CALLS:
            lives[plan.plot][plan.group].append(tenant._life(index))
    return {plot: list(groups.values()) for plot, groups in lives.items()}


def alone(told, plot):
    return [life for (life,) in told[plot]]


def sessions(life):
    return list(map(life.session, range(len(life.created))))


def added(life):
    """Return the sessions that the story added; an ordinary one's id is drawn from its ordinal."""
    created = set(starts(life.person, ANCHOR).created)
    return [each for each in sessions(life) if each.created not in created]


def city_of(event):
    return CITIES[event.place.city, event.place.state, event.place.country]


def test_they_are_as_rare_as_their_table_says(told):
    for plot, (per, size) in CLOSE_CALLS.items():
        groups = told[plot]
        assert len(groups) == per * USERS // 2_000
        assert {len(group) for group in groups} == {size}
    small = SyntheticTenant(users=333, seed=3)._incidents
    plots = {small.plan(index).plot for index in small.victims()}
    assert plots
    assert plots.isdisjoint(CLOSE_CALLS)


def test_only_an_attack_or_a_first_journey_has_rows(told):
    for plot, groups in told.items():
        kinds = {kind for group in groups for life in group for _, kind in life.truth}
        expected = {"user_location_anomaly"} if plot == "quick journey" else set()
        assert kinds == ATTACKS.get(plot, expected), plot


def test_a_day_out_is_a_drive_away_and_a_flight_as_fast_as_an_airliner(told):
    for life in alone(told, "day out"):
        (session,) = added(life)
        assert 30 <= distance_km(city_of(session.events[0]), life.person.home) <= 90
    for life in alone(told, "quick journey"):
        (session,) = added(life)
        left, landed = session.events[-2:]
        km = distance_km(city_of(left), city_of(landed))
        assert 500 < km / ((landed.at - left.at) / HOUR) < 960


def test_addresses_change_as_often_as_they_say(told):
    hopping = [
        {event.ip for session in added(life) for event in session.events}
        for life in alone(told, "hopping phone")
    ]
    assert {3, 4, 5} <= {len(each) for each in hopping} <= {3, 4, 5, 6, 7}
    for life in alone(told, "few proxies"):
        events = [event for session in added(life) for event in session.events]
        assert 5 <= len({event.ip for event in events}) <= 9
        assert max(each.at for each in events) - min(each.at for each in events) < HOUR


@pytest.mark.parametrize(
    ("plot", "fewest", "most"), [("shared hotspot", 2, 5), ("quiet spraying", 4, 7)]
)
def test_one_address_is_shared_by_some(told, plot, fewest, most):
    for group in told[plot]:
        seen = [(event.ip, life) for life in group for each in added(life) for event in each.events]
        assert len({address for address, _ in seen}) == 1
        assert fewest <= len({id(life) for _, life in seen}) <= most


def test_silence_is_as_long_as_it_says(told):
    for plot, least, most in (("long leave", 42, 80), ("revived account", 59, 95)):
        for life in alone(told, plot):
            (back,) = added(life)
            before = [
                event.at
                for each in sessions(life)
                for event in each.events
                if event.at < back.created
            ]
            assert least <= (back.created - max(before)) / DAY <= most, plot


def test_a_theft_nearby_happens_within_minutes(told):
    for life in alone(told, "nearby theft"):
        (stolen,) = added(life)
        ((before, after),) = [
            (a, b) for a, b in pairwise(stolen.events) if city_of(a) != city_of(b)
        ]
        assert 250 <= distance_km(city_of(before), city_of(after)) <= 1_500
        assert after.at - before.at < HOUR / 2


def test_gateways_and_browsers_are_other_than_usual(told):
    for life in alone(told, "distant gateway"):
        (session,) = added(life)
        assert city_of(session.events[0]) == life.person.home
        assert 46 <= distance_km(city_of(session.events[1]), life.person.home) <= 200
    for life in alone(told, "another browser"):
        (session,) = added(life)
        own = life.person.devices[0]
        assert session.system.name == own.system
        assert session.browser.name != own.browser


def test_intruders_seldom_imitate(told):
    imitated = Counter(
        each.system.name == life.person.devices[0].system
        for plot in ("quiet spraying", "revived account")
        for group in told[plot]
        for life in group
        for each in added(life)
    )
    assert imitated[False] > 5 * imitated[True]


def test_the_truth_asks_no_detector():
    folder = Path(pingsessions_nb.sandbox.__file__).parent
    modules = list(folder.glob("*.py"))
    assert len(modules) > 10
    assert not [
        path.name for path in modules if "pingsessions_nb.detectors" in path.read_text("utf-8")
    ]
