"""Options that several verbs have: where PingOne is, and the company's own networks."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

from pingsessions_nb.errors import ConfigurationError


def add_addresses(verb: argparse.ArgumentParser) -> None:
    """Add what says where PingOne is, for whoever is not simply in a region."""
    verb.add_argument("--region", help="region, if not in PINGONE_REGION_CODE")
    verb.add_argument("--api-url", help="address of the API, for a gateway or the sandbox")
    verb.add_argument("--auth-url", help="address of the token endpoint, for a custom domain")


def add_known_networks(verb: argparse.ArgumentParser) -> None:
    """Add the option that names the company's own networks."""
    verb.add_argument(
        "--known-network",
        action="append",
        default=[],
        metavar="NAME=RANGE[@PLACE]",
        help="a VPN, such as VPN=198.51.100.0/28, which says nothing of where users are; or an "
        "office, such as 'HQ=203.0.113.0/29@Munich, Bavaria, Germany', which says exactly where",
    )


def told_networks(told: Iterable[str]) -> dict[str, Any]:
    """Return the networks that the command line names, as `known_networks` takes them.

    Raises
    ------
    ConfigurationError
        Where one is not written as ``NAME=RANGE``.
    """
    networks: dict[str, Any] = {}
    for each in told:
        name, equals, cidr = each.partition("=")
        if not (name.strip() and equals and cidr.strip()):
            msg = f"--known-network {each!r} is not NAME=RANGE, such as VPN=198.51.100.0/28."
            raise ConfigurationError(msg)
        cidr, at, place = cidr.partition("@")
        networks[name.strip()] = _office(cidr, place) if at else cidr.strip()
    return networks


def _office(cidr: str, place: str) -> dict[str, str]:
    """Describe an office from ``City, State, Country``, where the state may be left out."""
    city, _, rest = place.partition(",")
    state, _, country = rest.rpartition(",")
    words = {"city": city.strip(), "state": state.strip(), "country": country.strip()}
    return {"range": cidr.strip(), "kind": "office", **{k: w for k, w in words.items() if w}}
