"""The truth about the incidents is complete: what its words say, read off the API's view alone.

Close calls and the hard life are left out: there, the truth is the story's; `test_close_calls` and
`test_hard_life` look at them.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from itertools import pairwise

import pandas as pd
import pytest

from pingsessions_nb.sandbox import SyntheticTenant
from pingsessions_nb.sandbox.close_calls import CLOSE_CALLS
from pingsessions_nb.sandbox.geography import cities, distance_km
from pingsessions_nb.sandbox.hard_life import HARD_LIFE

CITIES = {(each.name, each.state, each.country): each for each in cities()}
KINDS = {
    "geovelocity_anomaly",
    "user_location_anomaly",
    "new_device",
    "ip_velocity",
    "user_velocity",
    "dormant_return",
}
BASELINE = 5
HOUR = timedelta(hours=1)


class View:
    """One user's sessions as the API shows them, oldest first, and what they say."""

    def __init__(self, tenant, user_id):
        self.user_id = user_id
        networks = [
            ip_network(told if isinstance(told, str) else told["range"])
            for told in tenant.known_networks.values()
        ]
        self.sessions = tenant.sessions(user_id)["_embedded"]["sessions"][::-1]
        everywhere = sorted(
            (datetime.fromisoformat(place["at"]), rank, session["id"], place)
            for rank, session in enumerate(self.sessions)
            for place in session.get("locations", ())
        )
        self.events = [each for each in everywhere if not known(each[3]["remoteIp"], networks)]
        self.placed = placed(self.events)
        self.placed_everywhere = placed(everywhere)

    def jumps(self):
        for (before, _, _, a), (at, _, session_id, b) in pairwise(self.placed):
            km = distance_km(a, b)
            yield session_id, km, km / max((at - before) / HOUR, 1e-9)

    def far_places(self):
        past = []
        for _, rank, session_id, here in self.placed_everywhere:
            far = all(distance_km(here, each) > 700 for each in past)
            if rank >= BASELINE and far and here.country not in {each.country for each in past}:
                yield session_id
            past.append(here)

    def unusual_places(self):
        past = []
        for _, rank, session_id, here in self.placed_everywhere:
            if rank >= BASELINE and all(distance_km(here, each) > 51 for each in past):
                yield session_id
            past.append(here)

    def new_devices(self):
        past = set()
        for rank, session in enumerate(self.sessions):
            kind = (
                session.get("browser", {}).get("name"),
                session.get("operatingSystem", {}).get("name"),
            )
            if None in kind:
                continue
            if rank >= BASELINE and kind not in past:
                yield session["id"]
            past.add(kind)

    def bursts(self):
        for at, _, _, _ in self.events:
            window = [event for event in self.events if at <= event[0] <= at + HOUR]
            yield len({event[3]["remoteIp"] for event in window}), {event[2] for event in window}

    def returns(self):
        active = [datetime.fromisoformat(each["activeAt"]) for each in self.sessions]
        for rank, session in enumerate(self.sessions[1:], 1):
            created = datetime.fromisoformat(session["createdAt"])
            yield session["id"], created - max(active[:rank])


def placed(events):
    return [
        (at, rank, session_id, CITIES[place["city"], place["state"], place["country"]])
        for at, rank, session_id, place in events
        if place["city"] is not None
    ]


def known(address, networks):
    if address is None or "x" in address:
        return False
    return any(ip_address(address) in network for network in networks)


def crowds(views):
    """Yield the sessions of each hour in which one address is new to several users."""
    touched = defaultdict(list)
    for view in views:
        first = {}
        for at, _, session_id, place in view.events:
            if place["remoteIp"] and "x" not in place["remoteIp"]:
                first.setdefault(place["remoteIp"], (at, session_id, view.user_id))
        for address, seen in first.items():
            touched[address].append(seen)
    for seen in touched.values():
        for start, _, _ in seen:
            window = [each for each in seen if start <= each[0] <= start + HOUR]
            if len({user_id for _, _, user_id in window}) >= 6:
                yield from ((user_id, session_id) for _, session_id, user_id in window)


def in_close_calls(tenant):
    """Return the ids of the users to whom something happens that is hard to tell apart."""
    incidents = tenant._incidents
    return {
        tenant._directory.user_id(index)
        for index in incidents.victims()
        if incidents.plan(index).plot in CLOSE_CALLS | HARD_LIFE
    }


def read_off(tenant, left_out):
    """Return the truth as the words of the incidents' module define it, and the near misses."""
    found = {kind: set() for kind in KINDS}
    fastest, most_addresses, longest = 0.0, 0, timedelta()
    views = [View(tenant, user["id"]) for user in tenant.users[1:] if user["id"] not in left_out]
    for view in views:
        for session_id, km, speed in view.jumps():
            if km > 2_000 and speed > 1_500:
                found["geovelocity_anomaly"].add((view.user_id, session_id))
            elif km > 50:
                fastest = max(fastest, speed)
        found["user_location_anomaly"] |= {(view.user_id, each) for each in view.far_places()}
        assert set(view.far_places()) == set(view.unusual_places()), view.user_id
        found["new_device"] |= {(view.user_id, each) for each in view.new_devices()}
        for addresses, sessions in view.bursts():
            if addresses >= 10:
                found["ip_velocity"] |= {(view.user_id, each) for each in sessions}
            elif not any((view.user_id, each) in found["ip_velocity"] for each in sessions):
                most_addresses = max(most_addresses, addresses)
        for session_id, gap in view.returns():
            if gap >= timedelta(days=60):
                found["dormant_return"].add((view.user_id, session_id))
            else:
                longest = max(longest, gap)
    found["user_velocity"] = set(crowds(views))
    return found, fastest, most_addresses, longest


@pytest.mark.parametrize(
    ("users", "seed"),
    [
        (50, 7),
        (200, 7),
        (600, 3),
        *(pytest.param(2_000, seed, marks=pytest.mark.slow) for seed in range(100, 110)),
    ],
)
def test_truth_is_what_its_words_say(users, seed):
    tenant = SyntheticTenant(users=users, seed=seed)
    left_out = in_close_calls(tenant)
    truth = tenant.truth[~tenant.truth["user_id"].isin(left_out)]
    assert set(truth["kind"]) == KINDS
    assert not truth.duplicated().any()
    found, fastest, most_addresses, longest = read_off(tenant, left_out)
    for kind in KINDS:
        rows = truth[truth["kind"] == kind]
        assert found[kind] == set(zip(rows["user_id"], rows["session_id"], strict=True)), kind
    assert fastest < 900
    assert most_addresses <= 4
    assert longest <= timedelta(days=45)


def test_theft_lies_within_the_places_that_the_api_keeps():
    tenant = SyntheticTenant(users=400, seed=11)
    stolen = 0
    for user_id, session_id in _rows(tenant.truth, "geovelocity_anomaly"):
        view = View(tenant, user_id)
        inside = [event for event in view.placed if event[2] == session_id]
        places = {event[3] for event in inside}
        if len(places) == 2:
            stolen += 1
            assert max(distance_km(a, b) for a in places for b in places) > 2_000
            gaps = [b[0] - a[0] for a, b in pairwise(inside) if a[3] != b[3]]
            assert gaps[0] < timedelta(minutes=41)
    assert stolen


def test_truth_keeps_to_what_has_happened_and_is_in_view():
    tenant = SyntheticTenant(users=400, seed=5)
    assert set(tenant.full_truth["session_id"]) > set(tenant.truth["session_id"])
    before = tenant.at(tenant.now - timedelta(days=3))
    merged = before.truth.merge(tenant.truth, on="session_id")
    assert merged.empty
    for user_id, session_id in _rows(tenant.truth, "new_device"):
        kept = tenant.sessions(user_id)["_embedded"]["sessions"]
        assert session_id in {session["id"] for session in kept}
    forgotten = tenant.full_truth[~tenant.full_truth["session_id"].isin(tenant.truth["session_id"])]
    row = forgotten.iloc[0]
    kept = tenant.sessions(row["user_id"])["_embedded"]["sessions"]
    everything = tenant.full_record(row["user_id"])["_embedded"]["sessions"]
    assert row["session_id"] not in {session["id"] for session in kept}
    assert row["session_id"] in {session["id"] for session in everything}


def test_truth_is_a_frame_of_strings_even_where_nothing_happens():
    truth = SyntheticTenant(users=1).truth
    assert truth.empty
    assert list(truth.columns) == ["user_id", "session_id", "kind"]
    assert all(isinstance(dtype, pd.StringDtype) for dtype in truth.dtypes)


def _rows(truth, kind):
    rows = truth[truth["kind"] == kind]
    return zip(rows["user_id"], rows["session_id"], strict=True)
