"""Words to places: what IP geolocation writes, what falls back to what, and what never breaks."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pingsessions_nb as ps
from pingsessions_nb.places import distance_km, locate
from pingsessions_nb.places.locating import _distinct

WORDS = ["city", "state", "country"]
ADDED = ["latitude", "longitude", "place_precision", "place_radius_km", "place"]


def one(city, state, country):
    return locate(pd.DataFrame([(city, state, country)], columns=WORDS, dtype=object)).iloc[0]


@pytest.mark.parametrize(
    ("city", "state", "country", "place"),
    [
        ("tacoma", "washington", "united states", "Tacoma, Washington, US"),
        ("TACOMA", "WA", "US", "Tacoma, Washington, US"),
        ("tacoma", "us-wa", "usa", "Tacoma, Washington, US"),
        (" Tacoma ", "Washington State", "United States of America", "Tacoma, Washington, US"),
        ("munich", "bavaria", "germany", "Munich, Bavaria, DE"),
        ("münchen", "bayern", "de", "Munich, Bavaria, DE"),
        ("muenchen", "bavaria", "germany", "Munich, Bavaria, DE"),
        ("frankfurt am main", "hesse", "germany", "Frankfurt am Main, Hesse, DE"),
        ("frankfurt", "hessen", "germany", "Frankfurt am Main, Hesse, DE"),
        ("new york city", "new york", "united states", "New York City, New York, US"),
        ("new york", "ny", "u.s.a.", "New York City, New York, US"),
        ("washington d.c.", None, "us", "Washington, District of Columbia, US"),
        ("washington", "d.c.", "us", "Washington, District of Columbia, US"),
        (
            "washington",
            "district of columbia",
            "united states",
            "Washington, District of Columbia, US",
        ),
        ("saint louis", "missouri", "united states", "St. Louis, Missouri, US"),
        ("st. louis", "missouri", "united states", "St. Louis, Missouri, US"),
        ("st louis", "mo", "united states", "St. Louis, Missouri, US"),
        ("ft. worth", "texas", "united states", "Fort Worth, Texas, US"),
        ("fort worth", "texas", "united states", "Fort Worth, Texas, US"),
        ("mt. pleasant", "south carolina", "united states", "Mount Pleasant, South Carolina, US"),
        ("o fallon", "illinois", "united states", "O'Fallon, Illinois, US"),
        ("coeur d alene", "idaho", "united states", "Coeur d'Alene, Idaho, US"),
        ("sao paulo", "sao paulo", "brazil", "São Paulo, BR"),
        ("são paulo", "são paulo", "brazil", "São Paulo, BR"),
        ("paris", "ile-de-france", "france", "Paris, Île-de-France, FR"),
        ("zurich", "zurich", "switzerland", "Zürich, CH"),
        ("seoul", None, "korea, republic of", "Seoul, KR"),
        ("seoul", "seoul", "south korea", "Seoul, KR"),
        ("moscow", "moscow", "russian federation", "Moscow, RU"),
        ("london", "england", "united kingdom", "London, England, GB"),
        ("london", None, "england", "London, England, GB"),
        ("cardiff", "wales", "gb", "Cardiff, Wales, GB"),
        ("toronto", "on", "canada", "Toronto, Ontario, CA"),
        ("montreal", "quebec", "canada", "Montréal, Quebec, CA"),
        ("sydney", "nsw", "australia", "Sydney, New South Wales, AU"),
        ("ho chi minh city", None, "viet nam", "Ho Chi Minh City, VN"),
        ("bangalore", "karnataka", "india", "Bengaluru, Karnataka, IN"),
        ("kiev", None, "ukraine", "Kyiv, UA"),
        ("mexico", None, "mexico", "Mexico City, MX"),
        ("prague", None, "czech republic", "Prague, CZ"),
        # territories, as countries and as states
        ("san juan", None, "puerto rico", "San Juan, PR"),
        ("san juan", "puerto rico", "united states", "San Juan, PR"),
        ("saint-denis", "reunion", "france", "Saint-Denis, RE"),
        (
            "charlotte amalie",
            "virgin islands",
            "united states",
            "Charlotte Amalie, Saint Thomas Island, VI",
        ),
        ("abuja", "federal capital territory", "nigeria", "Abuja, FCT, NG"),
        ("hong kong", None, "hong kong", "Hong Kong, HK"),
        ("hong kong", "hong kong", "china", "Hong Kong, HK"),
        ("mexico city", "distrito federal", "mexico", "Mexico City, MX"),
        ("lyon", "rhone-alpes", "france", "Lyon, Auvergne-Rhône-Alpes, FR"),
        ("london", "greater london", "united kingdom", "London, England, GB"),
        ("graz", "steiermark", "österreich", "Graz, Styria, AT"),
        # places without states
        ("singapore", None, "singapore", "Singapore, SG"),
        ("singapore", "singapore", "singapore", "Singapore, SG"),
    ],
)
def test_a_city_as_ip_geolocation_writes_it(city, state, country, place):
    row = one(city, state, country)
    assert (row["place_precision"], row["place"]) == ("city", place)


def test_the_city_of_the_documented_example_is_where_it_is():
    row = one("tacoma", "washington", "united states")
    assert distance_km(row["latitude"], row["longitude"], 47.25, -122.44) < 25
    assert 5 <= row["place_radius_km"] <= 25


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("United States", "United States"),
        ("us", "United States"),
        ("USA", "United States"),
        ("the netherlands", "The Netherlands"),
        ("netherlands", "The Netherlands"),
        ("korea, democratic people's republic of", "North Korea"),
        ("iran, islamic republic of", "Iran"),
        ("tanzania, united republic of", "Tanzania"),
        ("lao people's democratic republic", "Laos"),
        ("côte d'ivoire", "Ivory Coast"),
        ("congo, the democratic republic of the", "Democratic Republic of the Congo"),
        ("congo", "Republic of the Congo"),
        ("türkiye", "Turkey"),
        ("taiwan, province of china", "Taiwan"),
        ("palestinian territory, occupied", "Palestinian Territory"),
        ("virgin islands, u.s.", "U.S. Virgin Islands"),
        ("curaçao", "Curacao"),
        ("st. kitts and nevis", "Saint Kitts and Nevis"),
        ("holy see (vatican city state)", "Vatican"),
        ("scotland", "Scotland, GB"),
        # as MaxMind writes them, and others
        ("congo republic", "Republic of the Congo"),
        ("democratic republic of congo", "Democratic Republic of the Congo"),
        ("hashemite kingdom of jordan", "Jordan"),
        ("republic of lithuania", "Lithuania"),
        ("st vincent and grenadines", "Saint Vincent and the Grenadines"),
        ("heard and mcdonald islands", "Heard Island and McDonald Islands"),
        ("u.s. outlying islands", "United States Minor Outlying Islands"),
        ("democratic republic of timor-leste", "Timor Leste"),
        ("kyrgyz republic", "Kyrgyzstan"),
        ("lao pdr", "Laos"),
        ("hong kong s.a.r.", "Hong Kong"),
        ("macao sar", "Macao"),
        ("bosnia", "Bosnia and Herzegovina"),
    ],
)
def test_a_country_as_ip_geolocation_writes_it(written, country):
    assert one(None, None, written)["place"] == country


@pytest.mark.parametrize(
    ("city", "state", "country", "precision", "place"),
    [
        # a city without a state is the largest of its name
        ("springfield", None, "united states", "city", "Springfield, Missouri, US"),
        ("springfield", "unknown", "united states", "city", "Springfield, Missouri, US"),
        ("valencia", "", "spain", "city", "Valencia, ES"),
        ("juarez", None, "mexico", "city", "Ciudad Juárez, Chihuahua, MX"),
        # a city that its state does not have, or that nobody knows
        ("tacoma", "texas", "united states", "state", "Texas, US"),
        ("qwertyville", "washington", "united states", "state", "Washington, US"),
        (None, "washington", "united states", "state", "Washington, US"),
        ("qwertyville", None, "united states", "country", "United States"),
        # a state that nobody knows counts as none; a county may be as wrong as the city
        ("tacoma", "ontario", "united states", "country", "United States"),
        ("tacoma", "puget sound", "united states", "city", "Tacoma, Washington, US"),
        ("springfield", "puget sound", "united states", "city", "Springfield, Missouri, US"),
        ("washington", "washington", "united states", "state", "Washington, US"),
        # a state spelt like the city: another country's, or one that is drawn elsewhere
        ("manchester", "manchester", "united kingdom", "city", "Manchester, England, GB"),
        ("taipei", "taipei city", "taiwan", "city", "Taipei, TW"),
        ("newport", "newport", "united kingdom", "city", "Newport, Wales, GB"),
        # without a country
        ("tacoma", "washington", None, "city", "Tacoma, Washington, US"),
        (None, "bavaria", None, "state", "Bavaria, DE"),
        ("qwertyville", "bavaria", None, "state", "Bavaria, DE"),
    ],
)
def test_the_most_precise_place_that_the_words_agree_on(city, state, country, precision, place):
    row = one(city, state, country)
    assert (row["place_precision"], row["place"]) == (precision, place)


@pytest.mark.parametrize(
    ("city", "state", "country"),
    [
        (None, None, None),
        ("", "", ""),
        ("tacoma", None, None),  # of which country?
        ("cordoba", "cordoba", "atlantis"),
        ("x", "y", "z"),
        ("n/a", "n/a", "n/a"),  # not Namibia
        (None, "punjab", None),  # India's or Pakistan's
        (47.25, -122.44, 840),
        (["tacoma"], {"a": 1}, b"united states"),
        ("<script>alert(1)</script>", "'; drop table", "\x00\ud800"),
        ("a" * 1_000_000, "|", "|||"),
    ],
)
def test_what_nobody_knows_is_na_everywhere(city, state, country):
    assert one(city, state, country)[ADDED].isna().all()


def test_radius_grows_as_precision_falls():
    rows = [one("houston", "texas", "us"), one(None, "texas", "us"), one(None, None, "us")]
    radii = [row["place_radius_km"] for row in rows]
    assert 5 <= radii[0] <= 50 < radii[1] < radii[2] < 5_000


def test_a_states_radius_holds_most_of_its_cities():
    cities = ["houston", "dallas", "austin", "san antonio", "lubbock", "corpus christi"]
    state = one(None, "texas", "us")
    for city in cities:
        row = one(city, "texas", "us")
        km = distance_km(*row[["latitude", "longitude"]], *state[["latitude", "longitude"]])
        assert km < state["place_radius_km"]


def test_rows_index_order_and_input_are_kept():
    frame = pd.DataFrame(
        {
            "at": [3, 1, 2, 4],
            "city": ["tacoma", "oslo", None, "tacoma"],
            "state": ["washington", None, None, "washington"],
            "country": ["united states", "norway", "chad", "united states"],
            "latitude": "replaced",
        },
        index=[7, 7, 5, -1],
    )
    before = frame.copy(deep=True)
    located = locate(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert located.index.tolist() == [7, 7, 5, -1]
    assert located["at"].tolist() == [3, 1, 2, 4]
    assert located["place"].tolist() == [
        "Tacoma, Washington, US",
        "Oslo, NO",
        "Chad",
        "Tacoma, Washington, US",
    ]


@pytest.mark.parametrize("rows", [[], [("tacoma", "washington", "us")], [(None, None, None)]])
def test_dtypes_are_those_promised_whatever_the_rows(rows):
    located = locate(pd.DataFrame(rows, columns=WORDS, dtype="str"))
    assert located[ADDED].dtypes.astype(str).to_dict() == {
        "latitude": "float64",
        "longitude": "float64",
        "place_precision": "str",
        "place_radius_km": "float64",
        "place": "str",
    }


@pytest.mark.parametrize("dtype", ["str", "object", "category", "string[pyarrow]"])
def test_any_kind_of_text_column_will_do(dtype):
    frame = pd.DataFrame([("oslo", None, "norway"), (None, None, None)], columns=WORDS, dtype=dtype)
    assert locate(frame)["place"].fillna("-").tolist() == ["Oslo, NO", "-"]


def test_missing_columns_are_named():
    with pytest.raises(ps.ConfigurationError, match="missing: state, country"):
        locate(pd.DataFrame({"city": ["oslo"]}))


SPELLINGS = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.sampled_from(["tacoma", "springfield", "washington", "texas", "us", "england", "bavaria"]),
    st.integers(),
)


@settings(max_examples=60)
@given(st.lists(st.tuples(SPELLINGS, SPELLINGS, SPELLINGS), max_size=12))
def test_each_row_is_located_as_if_it_were_alone(rows):
    frame = pd.DataFrame(rows, columns=WORDS, dtype=object)
    together = locate(frame)[ADDED]
    for i, row in enumerate(rows):
        pd.testing.assert_series_equal(together.iloc[i], one(*row)[ADDED], check_names=False)
    known = together["place_precision"].notna()
    assert together[known].notna().all(axis=None)
    assert together[~known].isna().all(axis=None)
    assert (together.loc[known, "latitude"].abs() <= 90).all()


def test_made_up_cities_are_not_found():
    rng = np.random.default_rng(7)
    letters = list("bcdfghjklmnpqrstvwxz")
    cities = ["".join(rng.choice(letters, 12)) for _ in range(20_000)]
    frame = pd.DataFrame({"city": cities, "state": None, "country": "united states"})
    assert (locate(frame)["place_precision"] == "country").all()


@pytest.mark.slow
def test_triples_stay_apart_where_their_number_passes_64_bits():
    numbers = pd.Series(np.arange(2_200_000)).astype("str")
    columns = [numbers, numbers.iloc[::-1].reset_index(drop=True), numbers]
    codes, distinct = _distinct(columns)
    assert codes.tolist() == list(range(2_200_000))
    assert [words[:1] + words[-1:] for words in distinct] == [
        ["0", "2199999"],
        ["2199999", "0"],
        ["0", "2199999"],
    ]


def test_importing_reads_no_data():
    code = (
        "import sys, pingsessions_nb.places\n"
        "from pingsessions_nb.places.gazetteer import gazetteer\n"
        "assert gazetteer.cache_info().currsize == 0\n"
        "assert not {'plotly', 'ipywidgets', 'pyarrow.parquet'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
