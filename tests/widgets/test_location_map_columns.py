import numpy as np
import pandas as pd
import pytest
import traitlets

import pingsessions_nb as ps
from pingsessions_nb.widgets.map_land import land_columns

SEED_USER = "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"


@pytest.fixture(scope="module")
def history():
    return ps.demo(users=12, seed=7).history(None)


def test_places_are_where_the_history_says(history):
    data = ps.LocationMap(history)._data
    located = history.locations.dropna(subset=["latitude"])
    latitude = np.frombuffer(data["places"]["latitude"], "<f8")
    place = np.frombuffer(data["events"]["place"], "<u4")
    assert sorted(latitude[place]) == sorted(located["latitude"])
    distinct = located.drop_duplicates(["latitude", "longitude", "place_precision"])
    assert len(latitude) == len(distinct)
    assert data["unplaced"] == len(history.locations) - len(located)


def test_events_are_in_order_of_time_for_each_user(history):
    events = ps.LocationMap(history)._data["events"]
    user = np.frombuffer(events["user"]["codes"], f"<i{events['user']['width']}")
    at = np.frombuffer(events["at"], "<f8")
    same = user[1:] == user[:-1]
    assert (np.diff(at)[same] >= 0).all()
    assert (~same).sum() + 1 == len(set(user))


def test_impossible_journeys_point_at_places(history):
    located = history.locations.dropna(subset=["place"]).drop_duplicates("place")
    first, second = located["place"].iloc[:2]
    signals = pd.DataFrame(
        {
            "kind": ["geovelocity_anomaly", "geovelocity_anomaly", "new_device"],
            "severity": "high",
            "session_id": located["session_id"].iloc[0],
            "at": located["at"].iloc[0],
            "summary": "Too fast.",
            "from_place": [first, "Atlantis", first],
            "to_place": [second, second, second],
        }
    )
    sent = ps.LocationMap(history, signals=signals)._signals
    assert sent["count"] == 2
    start, end = (np.frombuffer(sent[name], "<i4") for name in ("from", "to"))
    assert start[1] == -1
    assert end[0] == end[1] >= 0
    assert start[0] != end[0]


def test_land_is_sent_whole_and_small():
    land = land_columns()
    for scale, least in (("coarse", 3_000), ("fine", 40_000)):
        points = np.frombuffer(land[scale]["land"]["points"], "<i2").reshape(-1, 2)
        ends = np.frombuffer(land[scale]["land"]["ends"], "<u4")
        assert ends[-1] == len(points) > least
        assert np.abs(points[:, 0]).max() <= 18_000
        assert np.abs(points[:, 1]).max() <= 9_000
    size = sum(
        len(part) for s in ("coarse", "fine") for kind in land[s].values() for part in kind.values()
    )
    assert size < 700_000


def test_tiles_are_off_until_asked_for_and_name_their_makers():
    world = ps.LocationMap()
    assert world.tiles == ""
    world.tiles = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
    assert world.tile_attribution == "© OpenStreetMap contributors"


@pytest.mark.parametrize(
    "address",
    [
        "http://tile.openstreetmap.org/{z}/{x}/{y}.png",  # in the clear
        "https://tile.openstreetmap.org/{z}/{x}.png",
        "javascript:alert('{z}{x}{y}')",
        "somewhere",
    ],
)
def test_an_address_of_no_tiles_is_refused_with_a_sentence(address):
    with pytest.raises(traitlets.TraitError, match="is no address of map tiles; give one with"):
        ps.LocationMap(tiles=address)
