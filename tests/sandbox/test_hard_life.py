"""The hard life is as its words say, at the rates of its table, and so are its incidents."""

from collections import defaultdict
from itertools import pairwise

import pytest

from pingsessions_nb.sandbox import DEFAULT_NOW, SyntheticTenant
from pingsessions_nb.sandbox.activity import starts
from pingsessions_nb.sandbox.geography import DAY, HOUR, cities, distance_km
from pingsessions_nb.sandbox.hard_life import HARD_LIFE

ANCHOR = round(DEFAULT_NOW.timestamp() * 1000)
CITIES = {(each.name, each.state, each.country): each for each in cities()}
USERS = 2_000
NOISE = 10


@pytest.fixture(scope="module")
def tenant():
    return SyntheticTenant(users=USERS, seed=4, noise=NOISE)


@pytest.fixture(scope="module")
def told(tenant):
    """The lives of those to whom it happens, by plot and group."""
    incidents = tenant._incidents
    lives = defaultdict(lambda: defaultdict(list))
    for index in incidents.victims():
        plan = incidents.plan(index)
        if plan.plot in HARD_LIFE:
            lives[plan.plot][plan.group].append(tenant._life(index))
    return {plot: list(groups.values()) for plot, groups in lives.items()}


def sessions(life):
    return list(map(life.session, range(len(life.created))))


def added(life):
    created = set(starts(life.person, ANCHOR).created)
    return [each for each in sessions(life) if each.created not in created]


def city_of(event):
    return CITIES[event.place.city, event.place.state, event.place.country]


def network_of(event):
    return event.ip.rpartition(".")[0]


def test_they_are_as_many_as_the_table_and_the_noise_say(told):
    for plot, (per, size) in HARD_LIFE.items():
        noise = 1 if plot == "young takeover" else NOISE
        assert len(told[plot]) == noise * per * USERS // 20_000
        assert {len(group) for group in told[plot]} == {size}
    quiet = SyntheticTenant(users=USERS, seed=4)
    assert len(list(tenant_victims(quiet))) < 100
    with pytest.raises(ValueError, match="a noise of at least 1"):
        SyntheticTenant(noise=0)


def tenant_victims(tenant):
    return tenant._incidents.victims()


def test_more_noise_is_no_more_incidents(tenant):
    def kinds(of):
        planted = of.truth[~of.truth["kind"].eq("user_location_anomaly")]
        return planted["kind"].value_counts().to_dict()

    assert kinds(tenant) == kinds(SyntheticTenant(users=USERS, seed=4))


def test_only_a_takeover_has_rows(told):
    for plot, groups in told.items():
        kinds = {kind for group in groups for life in group for _, kind in life.truth}
        young = {"new_device", "user_location_anomaly"}
        assert kinds == (young if plot == "young takeover" else set()), plot


def test_a_carrier_surfaces_far_away_every_day(told):
    for group in told["far carrier"]:
        hops = [
            [(a, b) for each in added(life) for a, b in pairwise(each.events)] for life in group
        ]
        assert {len(each) for each in hops} == {9}
        for a, b in (pair for each in hops for pair in each):
            assert 150 <= distance_km(city_of(a), city_of(b)) <= 600
            assert b.at - a.at < HOUR
        assert len({network_of(b) for each in hops for _, b in each}) == 1


def test_a_relay_shows_a_user_in_several_cities_through_networks_of_all(told):
    for group in told["privacy relay"]:
        away = [
            event
            for life in group
            for each in added(life)
            for event in each.events
            if city_of(event) != life.person.home
        ]
        assert len({network_of(event) for event in away}) <= 3
        assert len(away) > 3 * len(group)


def test_software_is_named_otherwise_or_seen_in_an_app(told, tenant):
    week_before = tenant.now.timestamp() * 1_000 - 9 * DAY
    fresh = {"macOS", "windows", "Microsoft Edge", "Chrome ", "Safari Mobile"}
    for (life,) in told["renamed software"]:
        named = [
            each.created for each in sessions(life) if {each.browser.name, each.system.name} & fresh
        ]
        assert min(named) > week_before
    for (life,) in told["in-app view"]:
        (session,) = added(life)
        assert "View" in session.browser.name
        assert session.device == life.person.devices[1].kind


def test_an_office_has_one_address_and_travellers(told):
    for group in told["office nobody named"]:
        events = [event for life in group for each in added(life) for event in each.events]
        assert len({event.ip for event in events}) == 1
        homes = [distance_km(life.person.home, city_of(events[0])) for life in group]
        assert sum(300 <= km <= 1_200 for km in homes) == 2
        assert homes.count(0) == 6


def test_short_histories_are_short(told, tenant):
    now = tenant.now.timestamp() * 1_000
    for plot, most in (("short history", 8), ("young takeover", 4)):
        for (life,) in told[plot]:
            begun = [each.created for each in sessions(life) if each.created <= now]
            assert 0 < len(begun) <= most, plot
            assert now - begun[0] < 10 * DAY
