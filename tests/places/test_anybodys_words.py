"""Words as vendors, formal lists and people abroad write them; how sure a place is; own words."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.places import distance_km, locate

WORDS = ["city", "state", "country"]


def one(city, state, country, **options):
    frame = pd.DataFrame([(city, state, country)], columns=WORDS, dtype=object)
    return locate(frame, **options).iloc[0]


def off_km(row, latitude, longitude):
    return float(distance_km(row["latitude"], row["longitude"], latitude, longitude))


@pytest.mark.parametrize(
    ("words", "latitude", "longitude"),
    [
        # second-level areas
        (("hasselt", "limburg", "belgium"), 50.93, 5.34),
        (("brugge", "west-vlaanderen", "belgium"), 51.21, 3.22),
        (("tagaytay", "cavite", "philippines"), 14.10, 120.94),
        (("truro", "cornwall", "united kingdom"), 50.26, -5.05),
        (("annecy", "haute-savoie", "france"), 45.90, 6.12),
        (("ennis", "county clare", "ireland"), 52.84, -8.98),
        (("siena", "provincia di siena", "italy"), 43.32, 11.33),
        # merged or renamed since
        (("ben tre", "ben tre", "viet nam"), 10.24, 106.38),
        (("metz", "lorraine", "france"), 49.12, 6.18),
        (("molde", "more og romsdal", "norway"), 62.74, 7.16),
        # adjectives, generic words, other romanisations
        (("poltava", "poltavska oblast", "ukraine"), 49.59, 34.55),
        (("ryazan", "ryazanskaya oblast'", "russian federation"), 54.63, 39.74),
        (("daejeon", "daejeon-gwangyeoksi", "korea (the republic of)"), 36.35, 127.38),
        (("lhasa", "xizang zizhiqu", "china"), 29.65, 91.10),
        (("tianjin", "tianjin shi", "china"), 39.14, 117.18),
        (("kostanay", "kostanay oblysy", "kazakhstan"), 53.21, 63.62),
        (("sapporo", "hokkaido", "japan"), 43.06, 141.35),
        (("nara", "nara-ken", "japan"), 34.69, 135.80),
        (("kyoto", "kyoto-fu", "japan"), 35.02, 135.75),
        # two letters for an umlaut, upper case
        (("tuebingen", "baden-wuerttemberg", "germany"), 48.52, 9.06),
        (("MOENCHENGLADBACH", "NORDRHEIN-WESTFALEN", "DE"), 51.19, 6.44),
        # native letters, and codes
        (("казань", "татарстан", "россия"), 55.79, 49.12),
        (("大阪市", "大阪府", "日本"), 34.69, 135.50),
        (("جدة", None, "السعودية"), 21.54, 39.17),
        (("θεσσαλονίκη", None, "ελλάδα"), 40.64, 22.93),
        (("부산", None, "대한민국"), 35.10, 129.03),
        (("lyon", "FR-ARA", "FRA"), 45.75, 4.85),
        (("porto alegre", "BR-RS", "BR"), -30.03, -51.23),
        # a hamlet that has a post office, and hardly people
        (("pie town", "new mexico", "united states"), 34.30, -108.13),
    ],
)
def test_a_city_in_anybodys_words(words, latitude, longitude):
    row = one(*words)
    assert row["place_precision"] == "city"
    assert off_km(row, latitude, longitude) <= 25


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("kingdom of sweden", "Sweden"),
        ("republic of korea (south korea)", "South Korea"),
        ("kingdom of the netherlands", "The Netherlands"),
        ("hong kong sar china", "Hong Kong"),
        ("the federal democratic republic of nepal", "Nepal"),
        ("french republic", "France"),
        ("republic of moldova", "Moldova"),
        ("congo (the democratic republic of the)", "Democratic Republic of the Congo"),
        ("democratic people's republic of korea", "North Korea"),
        ("republic of china", "Taiwan"),
        ("people's republic of china", "China"),
        ("trinidad and tobago", "Trinidad and Tobago"),
        ("brasilien", "Brazil"),
        ("ドイツ", "Germany"),
        ("भारत", "India"),
    ],
)
def test_a_country_by_its_formal_or_foreign_name(written, country):
    assert one(None, None, written)["place"] == country


@pytest.mark.parametrize("nothing", ["-", "(none)", "satellite provider", "eu", "ap", "reserved"])
def test_what_is_no_country_is_no_place(nothing):
    assert pd.isna(one(nothing, nothing, nothing)["place"])


@pytest.mark.parametrize(
    ("words", "latitude", "longitude"),
    [
        # the city is not in the state that is said
        (("kyiv", "kharkivska oblast", "ukraine"), 49.99, 36.23),
        (("omsk", "tverskaya oblast'", "russian federation"), 56.86, 35.91),
        # another town once bore the name, the hamlet is in no list
        (("lebanon", "minnesota", "united states"), 46.0, -94.6),
        # several towns of the state bear the name
        (("buchholz", "rheinland-pfalz", "germany"), 50.69, 7.39),
    ],
)
def test_a_wider_claim_rather_than_a_wrong_one(words, latitude, longitude):
    row = one(*words)
    assert off_km(row, latitude, longitude) <= row["place_radius_km"] + 25


def test_a_smaller_area_and_a_city_elsewhere_may_both_be_wrong():
    row = one("tacoma", "ontario county", "united states")
    assert (row["place_precision"], row["place"]) == ("country", "United States")
    row = one("buffalo", "ontario county", "united states")
    assert (row["place_precision"], row["place"]) == ("state", "New York, US")


def test_an_unknown_city_of_a_second_level_area_is_in_that_area():
    row = one("qwertydorp", "limburg", "belgium")
    assert row["place_precision"] == "state"
    assert row["place_radius_km"] < 60
    assert off_km(row, 50.98, 5.42) < 25


def test_the_radius_reaches_every_city_that_may_be_meant():
    alone, told = one("springfield", None, "us"), one("springfield", "illinois", "us")
    assert told["place_radius_km"] < 25
    assert off_km(alone, 39.80, -89.64) < alone["place_radius_km"]


def test_it_tells_which_words_it_read():
    read = one("tacoma", "puget sound", "united states", explain=True)
    assert (read["words_read"], read["words_unread"]) == ("tacoma, united states", "puget sound")
    read = one("qwertyville", "washington", "us", explain=True)
    assert (read["words_read"], read["words_unread"]) == ("washington, us", "qwertyville")
    read = one("tacoma", "washington", "us", explain=True)
    assert read["words_read"] == "tacoma, washington, us"
    assert pd.isna(read["words_unread"])
    assert "words_read" not in one("tacoma", "washington", "us")


def test_an_alias_gives_coordinates_or_other_words():
    aliases = {
        ("Head Office", None, "Belgium"): (50.85, 4.35),
        ("plant 2", None, None): (51.2, 4.4, 10),
        ("qwertyville", "wa", "us"): ("tacoma", "washington", "united states"),
    }
    row = one("HEAD OFFICE", None, "belgium", aliases=aliases)
    assert row[["latitude", "longitude", "place_radius_km"]].tolist() == [50.85, 4.35, 25]
    assert (row["place_precision"], row["place"]) == ("city", "HEAD OFFICE, belgium")
    assert one("plant 2", None, None, aliases=aliases)["place_radius_km"] == 10
    assert one("qwertyville", "wa", "us", aliases=aliases)["place"] == "Tacoma, Washington, US"
    assert one("qwertyville", "wa", "us")["place"] == "Washington, US"


def test_a_file_of_aliases(tmp_path):
    path = tmp_path / "places.csv"
    path.write_text(
        "city,state,country,latitude,longitude,place_radius_km,is_city,is_state,is_country\n"
        "head office,,belgium,50.85,4.35,,,,\n"
        "the plant,,,,,,Ghent,,Belgium\n"
        "still to do,,france,,,,,,\n",
        encoding="utf-8-sig",
    )
    assert one("head office", None, "belgium", aliases=path)["latitude"] == 50.85
    assert off_km(one("the plant", None, None, aliases=str(path)), 51.05, 3.72) < 25
    assert one("still to do", None, "france", aliases=path)["place"] == "France"


@pytest.mark.parametrize(
    "aliases",
    [
        {("x", None, None): "Paris"},
        {("x", None, None): (91, 0)},
        {("x", None, None): (None, None, None)},
        {("x",): (1, 2)},
        {"x": (1, 2)},
        pd.DataFrame({"city": ["x"], "latitude": ["north"], "longitude": [1]}),
        "no/such/file.csv",
    ],
)
def test_an_alias_that_says_no_place_is_told(aliases):
    with pytest.raises(ps.ConfigurationError, match=r"[Aa]lias|place"):
        one("x", None, None, aliases=aliases)


def story(*places):
    """Return a history of one user's session, at each of the places for ten minutes."""
    locations = [
        {
            "at": f"2026-01-01T08:{10 * i:02}:00.000Z",
            "remoteIp": f"203.0.113.{i + 1}",
            **dict(zip(WORDS, place, strict=True)),
        }
        for i, place in enumerate(places)
    ]
    session = {
        "id": "s1",
        "user": {"id": "u1"},
        "environment": {"id": "e1"},
        "createdAt": "2026-01-01T08:00:00.000Z",
        "activeAt": "2026-01-01T09:00:00.000Z",
        "locations": locations,
    }
    page = {"_embedded": {"sessions": [session]}, "count": 1, "size": 1}
    return ps.History.from_responses(json.dumps(page))


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (("genk", "limburg", "belgium"), ("paris", "ile-de-france", "france"), True),
        (
            ("saint paul", "minnesota", "united states"),
            ("franklin", "minnesota", "united states"),
            False,
        ),
    ],
)
def test_a_wrong_place_neither_hides_nor_invents_a_journey(first, second, found):
    kinds = ps.signals(story(first, second))["kind"].tolist()
    assert ("geovelocity_anomaly" in kinds) == found


def test_a_history_shows_its_unread_places_and_takes_an_analysts_words():
    home = ("tacoma", "washington", "united states")
    history = story(home, ("campus west", "washington", "united states"), (None, None, "norway"))
    unread = history.unread_places()
    assert unread["words_unread"].tolist() == ["campus west"]
    assert unread[["users", "sessions", "locations"]].iloc[0].tolist() == [1, 1, 1]
    assert "campus west" in history._repr_html_()
    placed = history.with_place_aliases(unread.assign(latitude=47.66, longitude=-117.43))
    assert placed.unread_places().empty
    assert placed.locations["place_precision"].tolist() == ["city", "city", "country"]
    assert history.locations["place_precision"].tolist() == ["city", "state", "country"]
    assert "unread_places" not in placed._repr_html_()
