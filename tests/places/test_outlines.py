"""The outlines that maps draw: whole, on the map, and what they claim to be."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest

from pingsessions_nb.places import borders, countries, country_labels, land
from pingsessions_nb.places.antimeridian import cut
from pingsessions_nb.places.outlines import DATA

RESOLUTIONS = ("110m", "50m")


def rings(collection):
    for feature in collection["features"]:
        for polygon in feature["geometry"]["coordinates"]:
            yield from polygon


def inside(ring, lon, lat):
    crossings = 0
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > lat) != (y2 > lat):
            crossings += lon < x1 + (lat - y1) * (x2 - x1) / (y2 - y1)
    return crossings % 2 == 1


def on_land(collection, lon, lat):
    return sum(inside(ring, lon, lat) for ring in rings(collection)) % 2 == 1


@pytest.mark.parametrize("resolution", RESOLUTIONS)
@pytest.mark.parametrize("outlines", [land, countries])
def test_rings_are_closed_and_on_the_map(outlines, resolution):
    collection = outlines(resolution)
    assert collection["type"] == "FeatureCollection"
    for ring in rings(collection):
        assert len(ring) >= 4
        assert ring[0] == ring[-1]
        lon, lat = np.array(ring).T
        assert np.abs(lon).max() <= 180
        assert np.abs(lat).max() <= 90
        # No edge runs from one side of the map to the other, but for Antarctica's at the pole.
        jumps = np.abs(np.diff(lon)) > 90
        assert (lat[:-1][jumps] == -90).all()


@pytest.mark.parametrize("resolution", RESOLUTIONS)
@pytest.mark.parametrize(
    ("name", "lon", "lat", "dry"),
    [
        ("Chicago", -88.5, 41.8, True),
        ("Moscow", 37.6, 55.8, True),
        ("Chukotka, east of the antimeridian", -173.0, 65.5, True),
        ("Chukotka, west of it", 178.0, 67.5, True),
        ("Uluru", 131.0, -25.3, True),
        ("the South Pole", 20.0, -89.0, True),
        ("the Caspian", 51.0, 41.5, False),
        ("the Atlantic", -40.0, 30.0, False),
        ("the Pacific at the antimeridian", 179.9, 10.0, False),
        ("the Bering Sea", -179.0, 58.0, False),
    ],
)
def test_land_is_where_land_is(resolution, name, lon, lat, dry):
    assert on_land(land(resolution), lon, lat) is dry, name


def test_countries_are_named():
    names = {feature["properties"]["name"] for feature in countries("110m")["features"]}
    assert {"France", "Japan", "Brazil", "Antarctica"} <= names
    assert len(names) == 177


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_borders_are_within_land_and_no_coast(resolution):
    (feature,) = borders(resolution)["features"]
    lines = feature["geometry"]["coordinates"]
    assert feature["geometry"]["type"] == "MultiLineString"
    assert any(abs(lat - 49) < 0.02 and -123 < lon < -95 for line in lines for lon, lat in line)
    # Australia has coasts, but no neighbour on land.
    assert not any(112 < lon < 154 and -44 < lat < -10.6 for line in lines for lon, lat in line)


def test_labels_lie_in_their_countries():
    labels = country_labels().set_index("name")
    assert labels["area"].is_monotonic_decreasing
    assert labels.dtypes.astype(str).tolist() == ["float64", "float64", "float64"]
    assert labels.index[:2].tolist() == ["Russia", "Antarctica"]
    for feature in countries()["features"]:
        name = feature["properties"]["name"]
        if name in {"Russia", "France", "Brazil", "India", "Australia", "Germany", "Egypt"}:
            where = labels.loc[name]
            assert on_land({"features": [feature]}, where["longitude"], where["latitude"])
    # Egypt has 1,010,408 km² of the Earth's 510,072,000.
    assert labels.loc["Egypt", "area"] == pytest.approx(1_010_408 / 510_072_000, rel=0.05)


def test_what_is_given_may_be_changed_without_harm():
    land()["features"].clear()
    assert land()["features"]


def test_an_unknown_resolution_is_refused():
    with pytest.raises(ValueError, match=r"110m or 50m; there is no '10m'"):
        land("10m")


def test_files_are_small():
    assert (DATA / "outlines-110m.json.gz").stat().st_size < 60_000
    assert (DATA / "outlines-50m.json.gz").stat().st_size < 500_000
    assert len(json.dumps(land(), separators=(",", ":"))) < 100_000


def test_a_square_over_the_antimeridian_is_cut_in_two():
    square = np.array([[170, -10], [-170, -10], [-170, 10], [170, 10], [170, -10]], float)
    pieces = cut([square])
    spans = sorted((piece[0][:, 0].min(), piece[0][:, 0].max()) for piece in pieces)
    assert spans == [(-180, -170), (170, 180)]


def test_a_ring_around_a_pole_is_closed_by_way_of_it():
    lon = np.array([-180, -90, 0, 90, 180], float)
    (piece,) = cut([np.column_stack([lon, np.full(5, 80.0)])])
    assert inside(piece[0].tolist(), 10, 85)
    assert not inside(piece[0].tolist(), 10, 75)
