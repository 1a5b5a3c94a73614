"""The synthetic tenant itself: determinism, time, people, and what it costs."""

import time
from datetime import datetime, timedelta

import pytest

from pingsessions_nb.sandbox import DEFAULT_NOW, SyntheticTenant, scim


def sessions(tenant, user_id):
    return tenant.sessions(user_id)["_embedded"]["sessions"]


def test_same_seed_same_people_another_seed_others():
    one, same, other = (SyntheticTenant(users=40, seed=seed) for seed in (1, 1, 2))
    assert list(one.users) == list(same.users)
    assert one.truth.equals(same.truth)
    for user in one.users:
        assert one.sessions(user["id"]) == same.sessions(user["id"])
    assert {user["id"] for user in one.users[1:]}.isdisjoint(user["id"] for user in other.users[1:])
    assert one.users[0]["id"] == other.users[0]["id"]


def test_another_moment_shows_a_prefix_of_the_same_record():
    tenant = SyntheticTenant(users=30, seed=3)
    later = tenant.at(tenant.now + timedelta(days=90))
    for user in tenant.users[1:]:
        now = tenant.full_record(user["id"])["_embedded"]["sessions"][::-1]
        then = later.full_record(user["id"])["_embedded"]["sessions"][::-1]
        assert len(then) >= len(now)
        for early, late in zip(now, then, strict=False):
            assert early["id"] == late["id"]
            places = early.get("locations", [])
            assert places == late.get("locations", [])[: len(places)]
        moments = [session["activeAt"] for session in now]
        assert all(datetime.fromisoformat(moment) <= tenant.now for moment in moments)
    with pytest.raises(ValueError, match="within 100 days"):
        tenant.at(tenant.now + timedelta(days=400))
    with pytest.raises(ValueError, match="time zone"):
        tenant.at(datetime(2025, 11, 1))


def test_who_reads_once_a_day_misses_nothing():
    tenant = SyntheticTenant(users=60, seed=9)
    start = tenant.now - timedelta(days=60)
    first = tenant.at(start)
    kept = {}
    for day in range(91):
        today = tenant.at(start + timedelta(days=day))
        for user in tenant.users[1:]:
            for session in sessions(today, user["id"]):
                facts, places = kept.get(session["id"], (None, {}))
                places |= {place["at"]: place for place in session.get("locations", ())}
                kept[session["id"]] = (session, places)
    forgotten = 0
    for user in tenant.users[1:]:
        before = {each["id"] for each in first.full_record(user["id"])["_embedded"]["sessions"]}
        everything = today.full_record(user["id"])["_embedded"]["sessions"]
        forgotten += max(0, len(everything) - 10)
        for session in everything:
            if session["id"] in before:
                continue
            facts, places = kept[session["id"]]
            assert facts["activeAt"] == session["activeAt"]
            assert facts.get("lastSignOn") == session.get("lastSignOn")
            assert list(places.values()) == session.get("locations", [])
    assert forgotten > 1000


def test_ids_and_usernames_read_backwards_in_a_tenant_of_a_million():
    begun = time.process_time()
    tenant = SyntheticTenant(users=1_000_000)
    for index in (1, 2, 77_777, 999_999):
        user = tenant.users[index]
        assert tenant.index_of(user["id"]) == tenant.index_of(user["id"].upper()) == index
        wanted = scim.parse(f'username eq "{user["username"]}"')
        assert tenant.find(wanted, None, -1, 10) == ([index], False)
    assert tenant.index_of("5b0c9a52-0d4f-4c55-9d3e-2f1f0b6c7a10") is None
    assert tenant.index_of("nonsense") is None
    page, more = tenant.find(scim.parse('name.family sw "Sato"'), None, -1, 200)
    assert page == []
    page, more = tenant.find(scim.parse('name.given eq "Mei"'), None, -1, 200)
    assert len(page) == 200
    assert more
    assert time.process_time() - begun < 3


def test_people_are_many_sided():
    tenant = SyntheticTenant(users=1_500, seed=4)
    countries, zones, addresses, absent = set(), set(), set(), set()
    versions = {}
    for user in tenant.users[1:]:
        zones.add(user.get("timezone"))
        for session in sessions(tenant, user["id"]):
            absent |= {
                *("browser", "operatingSystem", "device", "locations", "lastSignOn", "userAgent"),
                *("expiresAt", "idleTimeoutInMinutes"),
            } - session.keys()
            name = session.get("browser", {}).get("name")
            versions.setdefault((user["id"], name), set()).add(
                session.get("browser", {}).get("version")
            )
            for place in session.get("locations", ()):
                countries.add(place["country"])
                addresses.add(place["remoteIp"])
                absent |= {field for field, value in place.items() if value is None}
    assert len(countries) > 40
    assert len(zones) > 40
    assert None in zones
    assert absent == {
        *("browser", "operatingSystem", "device", "locations", "lastSignOn", "userAgent"),
        *("remoteIp", "city", "state", "region", "country"),
    }
    assert any(address and address.endswith(".xx.xx.xxx") for address in addresses)
    assert any(address and ":" in address for address in addresses)
    assert any(len(known) > 1 for (_, name), known in versions.items() if name)
    families = {user["name"]["family"] for user in tenant.users}
    assert any(not family.isascii() for family in families)


def test_small_tenants_are_tenants_too():
    for users in (1, 2, 6, 7, 8, 13, 24):
        tenant = SyntheticTenant(users=users)
        assert len(list(tenant.users)) == users
        assert set(tenant.truth["user_id"]) <= {user["id"] for user in tenant.users}
    with pytest.raises(ValueError, match="at least one user"):
        SyntheticTenant(users=0)
    with pytest.raises(ValueError, match="time zone"):
        SyntheticTenant(now=DEFAULT_NOW.replace(tzinfo=None))


@pytest.mark.slow
def test_two_thousand_users_cost_less_than_three_seconds():
    tenant = SyntheticTenant(users=2_000)
    begun = time.process_time()
    for index in range(2_000):
        tenant.sessions(tenant._directory.user_id(index))
    assert time.process_time() - begun < 3


def test_unknown_user():
    tenant = SyntheticTenant(users=2)
    with pytest.raises(KeyError):
        tenant.sessions("5b0c9a52-0d4f-4c55-9d3e-2f1f0b6c7a10")
    assert not tenant.end_session(tenant.users[1]["id"], "nothing")
