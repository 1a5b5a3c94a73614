"""The thresholds of all detectors: names, defaults, what they may be."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from pingsessions_nb.arguments import given_number
from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.history import History
from pingsessions_nb.known_networks import KnownNetworks

KINDS = (
    "geovelocity_anomaly",
    "user_location_anomaly",
    "new_device",
    "ip_velocity",
    "user_velocity",
    "dormant_return",
    "session_replay",
)
_HALF_ROUND_THE_EARTH_KM = 20_015.0
_MONTH_HOURS = 31 * 24.0


def _number(default: float, least: float, most: float, unit: str) -> Any:  # noqa: ANN401
    return field(default=default, metadata={"least": least, "most": most, "unit": unit})


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What counts as a finding.

    Attributes
    ----------
    kinds : tuple of str
        Which kinds of signal to look for.
    known_networks : KnownNetworks
        Given as `known_networks.KnownNetworks` takes them; without any, those of the history. A
        VPN says nothing of where the user is: geovelocity and location leave it out. An office
        says exactly where. Velocities leave out both.
    baseline_sessions : int
        How many of a user's first sessions teach what is usual. They raise no finding that
        compares with habits (`user_location_anomaly`, `new_device`), except for what happens on a
        stranger's device.
    max_speed_kmh : float
        Faster journeys are impossible, as with PingOne Protect. Airliners cruise at about 900
        km/h, airport to airport.
    min_distance_km : float
        Shorter journeys are never reported: geolocation of addresses can be wrong by that much.
    geovelocity_hours : float
        A journey that took longer is never impossible.
    location_radius_km : float
        A place within this distance of one where the user was before is usual.
    ip_velocity_addresses, ip_velocity_hours : int, float
        This many different addresses of one user within this many hours are a finding.
    user_velocity_users, user_velocity_hours : int, float
        This many users who are new to one address within this many hours are a finding.
    user_velocity_sessions : int
        A user's first sessions, this many, are new everywhere and do not count.
    dormant_days : float
        A return after this many days without activity is a finding.
    """

    kinds: tuple[str, ...] = KINDS
    known_networks: KnownNetworks = field(default_factory=KnownNetworks)
    baseline_sessions: int = _number(5, 1, 1_000_000, "sessions")
    max_speed_kmh: float = _number(1_000.0, 1.0, 1e9, "km/h")
    min_distance_km: float = _number(100.0, 0.0, _HALF_ROUND_THE_EARTH_KM, "km")
    geovelocity_hours: float = _number(24.0, 1 / 3600, _MONTH_HOURS, "hours")
    location_radius_km: float = _number(50.0, 0.0, _HALF_ROUND_THE_EARTH_KM, "km")
    ip_velocity_addresses: int = _number(6, 2, 1_000_000, "addresses")
    ip_velocity_hours: float = _number(1.0, 1 / 3600, _MONTH_HOURS, "hours")
    user_velocity_users: int = _number(5, 2, 1_000_000, "users")
    user_velocity_sessions: int = _number(1, 0, 1_000_000, "sessions")
    user_velocity_hours: float = _number(1.0, 1 / 3600, _MONTH_HOURS, "hours")
    dormant_days: float = _number(60.0, 1 / 24, 36_500.0, "days")


def thresholds_for(history: History, given: Mapping[str, object]) -> Thresholds:
    """Check thresholds; known networks that are not given are the history's own."""
    if given.get("known_networks") is None:
        given = {**given, "known_networks": history.known_networks}
    return read_thresholds(given)


def read_thresholds(given: Mapping[str, object]) -> Thresholds:
    """Check thresholds as somebody gave them.

    Where a name is unknown or a value out of range, a `ConfigurationError` says what would do.
    """
    known = {each.name: each for each in fields(Thresholds)}
    checked: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"There are {', '.join(known)}."
            msg = f"There is no threshold {name!r}. {hint}"
            raise ConfigurationError(msg)
        if name == "kinds":
            checked[name] = _kinds(value)
        elif name == "known_networks":
            checked[name] = KnownNetworks(value)
        else:
            checked[name] = given_number(
                name, value, **known[name].metadata, whole=known[name].type == "int"
            )
    return Thresholds(**checked)


def _kinds(value: object) -> tuple[str, ...]:
    asked = (value,) if isinstance(value, str) else value
    some = isinstance(asked, list | tuple | set | frozenset) and asked
    if not some or any(kind not in KINDS for kind in some):
        msg = f"kinds names some of {', '.join(KINDS)}, not {value!r}."
        raise ConfigurationError(msg)
    return tuple(kind for kind in KINDS if kind in some)
