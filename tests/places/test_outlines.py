"""The outlines that maps draw: whole, wound as maps want it, and what they claim to be."""

from __future__ import annotations

import numpy as np
import pytest

from pingsessions_nb.places import borders, country_labels, lakes, land
from pingsessions_nb.places.outlines import DATA

RESOLUTIONS = ("110m", "50m")


def parts(lines):
    """Split at the gaps, the last row being one."""
    ends = np.flatnonzero(np.isnan(lines[:, 0]))
    assert ends[-1] == len(lines) - 1
    starts = np.concatenate([[0], ends[:-1] + 1])
    return [lines[start:end].astype(float) for start, end in zip(starts, ends, strict=True)]


def windings(ring, lon, lat):
    """How often a ring goes around a point, seen from it: where it lies on the right, -1."""
    phi, away = np.radians(ring[:, 1]), np.radians(ring[:, 0] - lon)
    here = np.radians(lat)
    east = np.sin(away) * np.cos(phi)
    north = np.cos(here) * np.sin(phi) - np.sin(here) * np.cos(phi) * np.cos(away)
    turned = np.unwrap(np.arctan2(north, east))
    return round((turned[-1] - turned[0]) / (2 * np.pi))


def dry(lon, lat, resolution):
    inside = sum(windings(ring, lon, lat) for ring in parts(land(resolution)))
    wet = sum(windings(ring, lon, lat) for ring in parts(lakes(resolution)))
    return inside - wet


@pytest.mark.parametrize("resolution", RESOLUTIONS)
@pytest.mark.parametrize("outlines", [land, lakes])
def test_rings_are_closed_and_of_the_earth(outlines, resolution):
    for ring in parts(outlines(resolution)):
        assert len(ring) >= 4
        assert (ring[0] == ring[-1]).all()
        assert np.abs(ring[:, 0]).max() <= 180
        assert np.abs(ring[:, 1]).max() <= 90


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_land_is_where_land_is(resolution):
    # On a sphere a ring also goes around what lies opposite: all of these have the sea there.
    for lon, lat in ((-88.5, 41.8), (37.6, 55.8), (-173.0, 65.5), (178.0, 67.5), (131.0, -25.3)):
        assert dry(lon, lat, resolution) == -1
    for lon, lat in ((51.0, 41.5), (179.9, 10.0), (-179.0, 58.0), (-30.0, 40.0)):
        assert dry(lon, lat, resolution) == 0


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_borders_are_within_land_and_no_coast(resolution):
    lon, lat = borders(resolution).T
    assert ((np.abs(lat - 49) < 0.02) & (lon > -123) & (lon < -95)).any()
    # Australia has coasts, but no neighbour on land.
    assert not ((lon > 112) & (lon < 154) & (lat > -44) & (lat < -10.6)).any()


def test_labels_lie_in_their_countries():
    labels = country_labels().set_index("name")
    assert labels["area"].is_monotonic_decreasing
    assert labels.index[:2].tolist() == ["Russia", "Antarctica"]
    assert len(labels) == 177
    # Egypt has 1,010,408 km² of the Earth's 510,072,000.
    assert labels.loc["Egypt", "area"] == pytest.approx(1_010_408 / 510_072_000, rel=0.05)
    assert labels.loc["Egypt", "latitude"] == pytest.approx(26.5, abs=1)


def test_an_unknown_resolution_is_refused():
    with pytest.raises(ValueError, match=r"110m or 50m; there is no '10m'"):
        land("10m")


def test_what_is_given_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        land()[0] = 0


def test_files_are_small():
    assert (DATA / "outlines-110m.json.gz").stat().st_size < 60_000
    assert (DATA / "outlines-50m.json.gz").stat().st_size < 500_000
