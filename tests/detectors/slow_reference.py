"""The signals as their definitions say them: one user, one event, one pair at a time."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from itertools import pairwise

from pingsessions_nb.coded.device_families import family
from pingsessions_nb.detectors.thresholds import read_thresholds
from pingsessions_nb.places import distance_km


class User:
    """A user's events and sessions in order of time."""

    def __init__(self, history, user_id, networks):
        rows = history.locations[history.locations["user_id"] == user_id]
        rows = rows.dropna(subset=["at"]).sort_values(
            ["at", "session_id", "remote_ip", "place", "latitude", "longitude"]
        )
        self.everywhere = list(rows.drop_duplicates().itertuples())
        self.events = [
            row
            for row in self.everywhere
            if not any(within(row.remote_ip, network) for network in networks)
        ]
        self.placed = [row for row in self.events if row.latitude == row.latitude]
        own = history.sessions[history.sessions["user_id"] == user_id]
        own = own.dropna(subset=["created_at"]).sort_values(["created_at", "session_id"])
        self.sessions = list(own.drop_duplicates("session_id").itertuples())

    def strange(self, session, limits):
        """Tell whether a session's device was never where the user's other devices were."""
        mine = device_of(session)
        days = {row.created_at.date() for row in self.sessions if device_of(row) == mine}
        of_session = {row.session_id: device_of(row) for row in self.sessions}
        spots = [
            (of_session[row.session_id], row) for row in self.placed if row.session_id in of_session
        ]
        pairs = [(a, b) for x, a in spots for y, b in spots if x == mine != y]
        far = all(least_km(a, b) > limits.location_radius_km for a, b in pairs)
        return bool(pairs) and far and len(days) <= 2

    def settled(self, baseline):
        return self.sessions[baseline].created_at if len(self.sessions) > baseline else None


def within(text, network):
    try:
        return ipaddress.ip_address(text) in network
    except ValueError:
        return False


def is_whole(text):
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return False


def device_of(row):
    values = (row.browser_name, row.os_name, row.device_type)
    names = ("browser_name", "os_name", "device_type")
    return tuple(
        family(name, value) if isinstance(value, str) else None
        for name, value in zip(names, values, strict=True)
    )


def one_address(text):
    """An address, of IPv6 its /64."""
    if not is_whole(text) or ":" not in text:
        return text
    return str(ipaddress.ip_network(f"{text}/64", strict=False))


def least_km(one, other):
    if one.country == other.country and isinstance(one.country, str):
        if "country" in (one.place_precision, other.place_precision):
            return 0.0
        same_state = one.state == other.state and isinstance(one.state, str)
        if "state" in (one.place_precision, other.place_precision) and same_state:
            return 0.0
    km = distance_km(one.latitude, one.longitude, other.latitude, other.longitude)
    return max(0.0, float(km) - one.place_radius_km - other.place_radius_km)


def geovelocity_anomaly(user, limits):
    yield from impossible_journeys(user.placed, limits)
    for session_id in {row.session_id for row in user.placed}:
        own = [row for row in user.placed if row.session_id == session_id]
        yield from impossible_journeys(own, limits)


def impossible_journeys(events, limits):
    for place, (before, after) in enumerate(pairwise(events)):
        earlier = [before]
        exact = [each for each in events[: place + 1] if each.place_precision == "city"]
        if before.place_precision != "city" and exact:
            earlier.append(exact[-1])
        for start in earlier:
            km = least_km(start, after)
            hours = (after.at - start.at).total_seconds() / 3600
            if hours > limits.geovelocity_hours:
                continue
            if km > limits.min_distance_km and km > limits.max_speed_kmh * hours:
                yield after.session_id


def user_location_anomaly(user, limits):
    settled = user.settled(limits.baseline_sessions)
    strange = {row.session_id for row in user.sessions if user.strange(row, limits)}
    for number, here in enumerate(user.placed):
        past = user.placed[:number]
        late = settled is not None and here.at >= settled
        if past and (late or here.session_id in strange):
            nearest = min(0.0 if is_same(here, each) else least_km(here, each) for each in past)
            if nearest > limits.location_radius_km:
                yield here.session_id


def is_same(one, other):
    return (one.latitude, one.longitude) == (other.latitude, other.longitude)


def new_device(user, limits):
    for number, row in enumerate(user.sessions):
        if number < limits.baseline_sessions and not user.strange(row, limits):
            continue
        like = unlike = False
        for past in user.sessions[:number]:
            pairs = list(zip(device_of(row), device_of(past), strict=True))
            known = [(a, b) for a, b in pairs if a and b]
            differs = any(a != b for a, b in known)
            unlike |= differs
            like |= not differs and any(a and a == b for a, b in pairs[:2])
        if unlike and not like:
            yield row.session_id


def ip_velocity(user, limits):
    events = [row for row in user.events if is_whole(row.remote_ip)]
    for last in events:
        window = [
            row
            for row in events
            if 0 <= (last.at - row.at).total_seconds() <= limits.ip_velocity_hours * 3600
        ]
        if len({one_address(row.remote_ip) for row in window}) >= limits.ip_velocity_addresses:
            yield from (row.session_id for row in window)


def dormant_return(user, limits):
    for number, row in enumerate(user.sessions[1:], 1):
        last = max(
            time
            for past in user.sessions[:number]
            for time in (past.created_at, past.active_at, past.last_sign_on_at)
            if time == time
        )
        earlier = {past.session_id for past in user.sessions[:number]}
        last = max([last, *(each.at for each in user.everywhere if each.session_id in earlier)])
        if (row.created_at - last).total_seconds() >= limits.dormant_days * 86_400:
            yield row.session_id


def user_velocity(users, limits):
    came = {}
    for user_id, user in users.items():
        settled = user.settled(limits.user_velocity_sessions)
        first = {}
        for row in user.events:
            if is_whole(row.remote_ip):
                first.setdefault(one_address(row.remote_ip), row.at)
        for address, at in first.items():
            if settled is not None and at >= settled:
                came.setdefault(address, []).append((at, user_id))
    for address, visits in came.items():
        for last, _ in visits:
            window = [
                (at, user_id)
                for at, user_id in visits
                if 0 <= (last - at).total_seconds() <= limits.user_velocity_hours * 3600
            ]
            if len(window) >= limits.user_velocity_users:
                start = last - timedelta(hours=limits.user_velocity_hours)
                for _, user_id in window:
                    for row in users[user_id].events:
                        if one_address(row.remote_ip) == address and start <= row.at <= last:
                            yield user_id, row.session_id


OF_ONE_USER = (geovelocity_anomaly, user_location_anomaly, new_device, ip_velocity, dormant_return)


def slow_signals(history, **thresholds):
    """Return what `signals` should find, as a set of user, session and kind."""
    limits = read_thresholds(thresholds)
    networks = limits.known_networks.named.values()
    ids = set(history.sessions["user_id"].dropna()) | set(history.locations["user_id"].dropna())
    users = {user_id: User(history, user_id, networks) for user_id in ids}
    found = {
        (user_id, session_id, find.__name__)
        for user_id, user in users.items()
        for find in OF_ONE_USER
        for session_id in find(user, limits)
    }
    return found | {(*each, "user_velocity") for each in user_velocity(users, limits)}
