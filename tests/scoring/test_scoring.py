"""`risk` against examples worked out by hand, and against a slow reading of its formula."""

import math
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.addresses import networks, whole
from pingsessions_nb.scoring import FEATURES, WEIGHTS, RiskModel, risk
from pingsessions_nb.scoring.features import LEVELS

TACOMA = ("tacoma", "washington", "united states")
SEATTLE = ("seattle", "washington", "united states")
LONDON = ("london", "england", "united kingdom")
LAGOS = ("lagos", "lagos", "nigeria")
CHROME = ("Chrome", "1", "Windows", "10", "Other")
COLUMNS = [
    "user_id",
    "session_id",
    "at",
    "score",
    "probability",
    "user",
    *FEATURES,
    "reasons",
    "username",
]


def iso(hour):
    return f"{datetime(2026, 3, 2) + timedelta(hours=hour):%Y-%m-%dT%H:%M:%S}.000Z"


def event(hour, ip="1.1.1.1", place=TACOMA):
    return {"at": iso(hour), "remoteIp": ip, **dict(zip(["city", "state", "country"], place))}  # noqa: B905


def session(user, name, hour, *events, device=CHROME):
    browser, version, system, system_version, kind = device
    return {
        "id": name,
        "user": {"id": user},
        "createdAt": iso(hour),
        "activeAt": iso(hour + 2),
        "locations": list(events),
        "browser": {"name": browser, "version": version},
        "operatingSystem": {"name": system, "version": system_version},
        "device": {"type": kind},
    }


def history(*sessions):
    return ps.History.from_responses([{"_embedded": {"sessions": list(sessions)}}])


SAFARI = ("Safari", "26", "Mac OS X", "10.15", "Other")
FIVE = (
    session("ann", "a1", 0, event(0)),
    session("ann", "a2", 10, event(10)),
    session(
        *("ann", "a3", 20),
        event(20, "1.1.1.9", SEATTLE),
        device=("Chrome", "2", "Windows", "10", "Other"),
    ),
    session("bob", "b1", 5, event(5, "2.2.2.2", LONDON), device=SAFARI),
    session("bob", "b2", 15, event(15, "2.2.2.2", LONDON), device=SAFARI),
)


def scored(some, **options):
    return risk(some, **{"baseline_sessions": 1, **options}).set_index("session_id")


def test_an_example_worked_out_by_hand():
    found = scored(history(*FIVE)).loc["a3"]
    # Address: never 1.1.1.9 before, but twice of two its network, and its country. Of the five
    # events 1 has this address, 3 this network, 3 this country; 2 networks and 2 countries make
    # room for 5 unseen addresses.
    address = (0.6 * 1 / (5 + 5) + 0.3 * 3 / 5 + 0.1 * 3 / 5) / (0.6 * 0 + 0.3 * 1 + 0.1 * 1)
    assert found["address"] == pytest.approx(math.log(address))
    # Place: a new city in a known state, with the same counts.
    assert found["place"] == pytest.approx(math.log(0.75))
    # Browser: a new version, 1 of 5 (and 3 unseen), of the known browser, 3 of 5.
    browser = (2 / 3 * 1 / (5 + 3) + 1 / 3 * 3 / 5) / (1 / 3)
    assert found["browser"] == pytest.approx(math.log(browser))
    # System: as always, 3 of 5 (and 3 unseen).
    assert found["os"] == pytest.approx(math.log(2 / 3 * 3 / (5 + 3) + 1 / 3 * 3 / 5))
    # Device: everybody's, 5 of 5 (and 1 unseen).
    assert found["device"] == pytest.approx(math.log(5 / 6))
    # One of two users, and two of five sessions before.
    assert found["user"] == pytest.approx(math.log((1 / 2) / (2 / 5)))
    odds = 0.75 * 0.75 * 0.85 * 0.45 * (5 / 6) * 1.25
    assert found["score"] == pytest.approx(math.log(odds))
    assert found["probability"] == pytest.approx(odds / (1 + odds))
    assert found["reasons"] == (
        "New to this user: an address in a known network, a city in a known state, another version "
        "of the browser. As before: system, type of device."
    )


def test_what_a_user_never_had_counts_four_times():
    taken = session(
        *("ann", "taken", 30),
        event(30, "9.9.9.9", LAGOS),
        device=("Firefox", "1", "Ubuntu", None, "Phone"),
    )
    found = scored(history(*FIVE, taken)).loc["taken"]
    assert found[list(FEATURES)].tolist() == pytest.approx([math.log(4)] * 5)
    assert found["reasons"] == (
        "New to this user: an address in a new country, a country, a browser, a system, "
        "a type of device."
    )


# The strangest address and the strangest place are those of different events.
MOVING = session(
    *("ann", "moving", 30),
    event(30, "9.9.9.9"),
    event(30.5, "1.1.1.1", LAGOS),
    event(31, "1.1.1.8", SEATTLE),
)


def test_a_feature_left_out_adds_nothing():
    whole_score = scored(history(*FIVE, MOVING))
    for name in FEATURES:
        others = [other for other in FEATURES if other != name]
        less = scored(history(*FIVE, MOVING), features=others)
        assert name not in less
        expected = whole_score["score"] - whole_score[name]
        pd.testing.assert_series_equal(
            less["score"].sort_index(), expected.sort_index(), check_names=False
        )
        only = scored(history(*FIVE, MOVING), features=name)
        pd.testing.assert_series_equal(only[name].sort_index(), whole_score[name].sort_index())


def test_contributions_add_up_to_the_score():
    found = risk(demo().history(None))
    parts = found[["user", *FEATURES]].sum(axis=1, skipna=False)
    pd.testing.assert_series_equal(found["score"], parts, check_names=False)
    assert found["score"].notna().sum() > 500


def demo():
    return ps.demo(users=200, seed=3)


def test_takeovers_are_among_the_highest_scores():
    tenant = demo()
    found = risk(tenant.history(None))
    planted = tenant.truth.groupby("session_id")["kind"].agg(set)
    taken = [
        name for name, kinds in planted.items() if {"new_device", "user_location_anomaly"} <= kinds
    ]
    assert len(taken) >= 9
    assert set(taken) <= set(found["session_id"].head(len(taken) + 5))


def test_a_session_taken_over_half_way_is_seen_by_its_strangest_event():
    stolen = session("ann", "stolen", 30, event(30), event(30.5, "9.9.9.9", LAGOS), event(31))
    found = scored(history(*FIVE, stolen)).loc["stolen"]
    assert found["address"] == found["place"] == pytest.approx(math.log(4))


def test_the_first_sessions_have_no_score_and_come_last():
    found = risk(history(*FIVE), baseline_sessions=2)
    assert found["score"].notna().tolist() == [True, False, False, False, False]
    assert found["session_id"][0] == "a3"
    assert set(found["reasons"][1:]) == {
        "One of the first known sessions of this user, with which later ones are compared."
    }
    assert risk(history(*FIVE))["score"].isna().all()


def test_masked_addresses_are_never_as_before():
    masked = [session("ann", f"s{n}", n, event(n, "174.xx.xx.xxx")) for n in range(3)]
    found = scored(history(*masked))
    assert found.loc[["s1", "s2"], "address"].tolist() == [0.0, 0.0]
    assert "address" not in found.loc["s2", "reasons"]
    assert found.loc["s2", "place"] < 0


def test_what_is_unknown_adds_nothing():
    nothing = (None, None, None, None, None)
    bare = [session("ann", f"s{n}", n, device=nothing) for n in range(2)]
    found = scored(history(*bare))
    assert found.loc["s1", list(FEATURES)].tolist() == [0.0] * 5
    assert found.loc["s1", "score"] == found.loc["s1", "user"]
    assert found.loc["s1", "reasons"].startswith("PingOne says nothing")


def test_one_user_fitted_on_the_tenant_has_the_tenant_s_scores():
    tenant = demo().history(None)
    everybody = risk(tenant)
    user = tenant.user_ids[5]
    expected = everybody[everybody["user_id"] == user].reset_index(drop=True)
    pd.testing.assert_frame_equal(risk(tenant.for_users(user), fit=tenant), expected)
    ids = tenant.user_ids
    parts = [tenant.for_users(ids[:50]), tenant.for_users(ids[50:51]), tenant.for_users(ids[51:])]
    model = RiskModel.joined(RiskModel.of(part) for part in parts)
    pd.testing.assert_frame_equal(risk(tenant.for_users(user), fit=model), expected)
    summed = RiskModel.of(parts[0]) + RiskModel.of(parts[1]) + RiskModel.of(parts[2])
    pd.testing.assert_frame_equal(risk(tenant.for_users(user), fit=summed), expected)


def test_a_population_that_never_had_a_value_still_gives_a_score():
    found = risk(history(*FIVE[:3]), fit=history(*FIVE[3:]), baseline_sessions=1)
    assert np.isfinite(found["score"][:2]).all()
    assert np.isfinite(risk(history(*FIVE), fit=history(), baseline_sessions=1)["score"][:3]).all()


def test_the_order_and_repetition_of_rows_make_no_difference():
    tenant = demo().history(None)
    chance = np.random.default_rng(1)
    frames = [
        pd.concat([frame, frame.head(50)]).sample(frac=1, random_state=chance, ignore_index=True)
        for frame in (tenant.sessions, tenant.locations)
    ]
    pd.testing.assert_frame_equal(risk(ps.History(tenant.users, *frames)), risk(tenant))


@pytest.mark.parametrize("some", [history(), history(FIVE[0])], ids=["empty", "one session"])
def test_columns_keep_their_dtypes(some):
    found = risk(some)
    assert list(found) == COLUMNS
    dtypes = {name: str(dtype) for name, dtype in found.dtypes.items()}
    texts = {"user_id", "session_id", "reasons", "username"}
    assert {name for name, dtype in dtypes.items() if dtype == "str"} == texts
    assert dtypes["at"] == "datetime64[us, UTC]"
    assert {dtypes[name] for name in COLUMNS if name not in {*texts, "at"}} == {"float64"}


def test_all_missing_gives_no_rows():
    whole_history = history(*FIVE)
    frames = [
        frame.assign(
            **{
                name: frame[name].mask(frame[name].notna())
                for name in frame
                if name != "location_count"
            }
        )
        for frame in (whole_history.sessions, whole_history.locations)
    ]
    assert risk(ps.History(whole_history.users, *frames)).empty


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"features": ["ip"]}, "features names some of address, place, browser, os, device"),
        ({"features": []}, "features names some of"),
        ({"features": None}, "features names some of"),
        ({"features": [["address"]]}, "features names some of"),
        ({"baseline_sessions": 0}, "baseline_sessions is a whole number"),
    ],
)
def test_options_out_of_range_are_refused_with_a_sentence(options, sentence):
    with pytest.raises(ps.ConfigurationError, match=sentence):
        risk(history(), **options)


@pytest.mark.parametrize("wrong", [None, history(*FIVE).sessions, "ann"])
def test_what_is_no_history_is_refused_with_a_sentence(wrong):
    sentence = f"A history is needed, .*, not a value of type {type(wrong).__name__}"
    with pytest.raises(ps.ConfigurationError, match=sentence):
        risk(wrong)
    with pytest.raises(ps.ConfigurationError, match=sentence):
        ps.signals(wrong)
    if wrong is not None:
        with pytest.raises(ps.ConfigurationError, match=sentence):
            risk(history(*FIVE), fit=wrong, baseline_sessions=1)


def slow_contribution(name, seen, value, everybody):
    """Say the formula for one value: earlier values of the user, this one, all of everybody."""
    mine = population = 0.0
    compared = False
    for depth, weight in enumerate(WEIGHTS[name]):
        past = [each[depth] for each in seen if each[depth] is not None]
        if value[depth] is None or not past:
            continue
        compared = True
        mine += weight * past.count(value[depth]) / len(past)
        all_of = [each[depth] for each in everybody if each[depth] is not None]
        coarser = sum(
            len({each[other] for each in everybody} - {None})
            for other in range(1, len(LEVELS[name]))
        )
        unseen = 1 + coarser if depth == 0 else 0
        population += weight * all_of.count(value[depth]) / (len(all_of) + unseen)
    if not compared:
        return 0.0
    return math.log(population / mine) if mine else math.log(4)


def test_the_scores_are_those_of_a_slow_reading_of_the_formula():
    some = ps.demo(users=25, seed=9).history(None)
    found = scored(some)
    sessions = some.sessions.sort_values("created_at", kind="stable")
    events = some.locations.sort_values("at", kind="stable")

    def missing(value):
        return None if value is None or value != value else value

    def of_session(row):
        browser, version = missing(row.browser_name), missing(row.browser_version)
        system, system_version = missing(row.os_name), missing(row.os_version)
        return {
            "browser": (version and (browser, version), browser),
            "os": (system_version and (system, system_version), system),
            "device": (missing(row.device_type),),
        }

    def of_event(row):
        texts = pd.array([row.remote_ip], dtype="str").__arrow_array__().combine_chunks()
        texts = texts.cast("large_string")
        ip = row.remote_ip if whole(texts)[0] else None
        city, state, country = (missing(getattr(row, n)) for n in ("city", "state", "country"))
        return {
            "address": (ip, ip and networks(texts)[0].as_py(), ip and country),
            "place": (city and (city, state, country), state and (state, country), country),
        }

    rows = [(row, of_session(row)) for row in sessions.itertuples()]
    visits = [(row, of_event(row)) for row in events.itertuples()]
    checked = 0
    for row, facts in rows:
        before = [past for past, _ in rows if past.user_id == row.user_id]
        number = [past.session_id for past in before].index(row.session_id)
        if number == 0:
            continue
        for name in ("browser", "os", "device"):
            past = [f[name] for p, f in rows if p.user_id == row.user_id][:number]
            expected = slow_contribution(name, past, facts[name], [f[name] for _, f in rows])
            assert found.loc[row.session_id, name] == pytest.approx(expected), (row, name)
        own = [(p, f) for p, f in visits if p.user_id == row.user_id]
        sums = [
            sum(
                slow_contribution(
                    name,
                    [f[name] for _, f in own[:place]],
                    facts_here[name],
                    [f[name] for _, f in visits],
                )
                for name in ("address", "place")
            )
            for place, (here, facts_here) in enumerate(own)
            if here.session_id == row.session_id
        ]
        got = found.loc[row.session_id, ["address", "place"]].sum()
        assert got == pytest.approx(max(sums, default=0.0)), row
        checked += 1
    assert checked > 100
