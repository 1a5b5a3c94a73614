"""Distances against published ones, and what must hold on any sphere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pingsessions_nb.places import EARTH_RADIUS_KM, bearing, distance_km, great_circle

LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)

# Published distances: (lat1, lon1, lat2, lon2, km).
ON_A_SPHERE_OF_6371 = {
    "Nashville to Los Angeles": (36.12, -86.67, 33.94, -118.40, 2886.444),
    "Land's End to John o' Groats": (50.066389, -5.714722, 58.643889, -3.07, 968.9),
}
ON_THE_ELLIPSOID = {
    # Geoscience Australia's and Vincenty's test line; GRS 80 and WGS 84 agree to the millimetre.
    "Flinders Peak to Buninyong": (
        *(-37.9510334, 144.4248679),
        *(-37.6528211, 143.9264955),
        54.972271,
    ),
    "Land's End to John o' Groats": (50.066389, -5.714722, 58.643889, -3.07, 969.954),
    "pole to equator": (90.0, 0.0, 0.0, 0.0, 10_001.966),
}


@pytest.mark.parametrize("pair", ON_A_SPHERE_OF_6371.values(), ids=ON_A_SPHERE_OF_6371)
def test_known_pairs_on_a_sphere(pair):
    *points, km = pair
    assert distance_km(*points) * 6371 / EARTH_RADIUS_KM == pytest.approx(km, abs=0.06)


@pytest.mark.parametrize("pair", ON_THE_ELLIPSOID.values(), ids=ON_THE_ELLIPSOID)
def test_known_pairs_on_the_ellipsoid_are_within_its_flattening(pair):
    *points, km = pair
    assert distance_km(*points) == pytest.approx(km, rel=0.006)


def test_radius_is_the_mean_of_wgs_84():
    a, flattening = 6378.137, 1 / 298.257223563
    assert pytest.approx((2 * a + a * (1 - flattening)) / 3, abs=5e-5) == EARTH_RADIUS_KM


def test_arrays_broadcast_and_nan_stays_nan():
    km = distance_km(0.0, 0.0, [0.0, 0.0, np.nan], [0.0, 180.0, 0.0])
    np.testing.assert_allclose(km, [0.0, np.pi * EARTH_RADIUS_KM, np.nan])


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
def test_a_distance_is_one(lat1, lon1, lat2, lon2):
    km = distance_km(lat1, lon1, lat2, lon2)
    assert 0 <= km <= np.pi * EARTH_RADIUS_KM * (1 + 1e-12)
    assert km == pytest.approx(distance_km(lat2, lon2, lat1, lon1), abs=1e-6)
    assert distance_km(lat1, lon1, lat1, lon1) == 0


@pytest.mark.parametrize(
    ("points", "degrees"),
    [
        ((0, 0, 10, 0), 0),
        ((0, 0, 0, 10), 90),
        ((0, 0, -10, 0), 180),
        ((0, 0, 0, -10), 270),
        ((0, 179, 0, -179), 90),
        ((35, 45, 35, 135), 60.16),  # Baghdad to Osaka
        ((50.066389, -5.714722, 58.643889, -3.07), 9.1197),
    ],
)
def test_bearings(points, degrees):
    assert bearing(*points) == pytest.approx(degrees, abs=0.005)


@given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES, st.integers(2, 40))
def test_a_great_circle_is_the_shortest_way_in_equal_steps(lat1, lon1, lat2, lon2, n):
    lat, lon = great_circle(lat1, lon1, lat2, lon2, n)
    assert len(lat) == len(lon) == n
    assert distance_km([lat1, lat2], [lon1, lon2], lat[[0, -1]], lon[[0, -1]]).max() < 1e-3
    steps = distance_km(lat[:-1], lon[:-1], lat[1:], lon[1:])
    whole = float(distance_km(lat1, lon1, lat2, lon2))
    assert steps.sum() == pytest.approx(whole, abs=0.01)
    assert steps == pytest.approx(whole / (n - 1), abs=0.01)


def test_a_great_circle_over_the_antimeridian_does_not_jump():
    _, lon = great_circle(35.7, 139.7, 37.8, -122.4)  # Tokyo to San Francisco
    assert lon[0] == pytest.approx(139.7)
    assert lon[-1] == pytest.approx(360 - 122.4)
    assert np.abs(np.diff(lon)).max() < 10


def test_a_great_circle_has_two_ends():
    with pytest.raises(ValueError, match="at least its 2 ends"):
        great_circle(0, 0, 1, 1, n=1)
