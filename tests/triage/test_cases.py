"""`cases`: what belongs together, how grave it is, what speaks against, and in whose words."""

import json

import pandas as pd
import pytest
from measure import measured
from world_of_carriers import World
from world_of_offices import World as WorldOfOffices
from world_of_roamers import World as WorldOfRoamers

import pingsessions_nb as ps
from pingsessions_nb.triage import COLUMNS


@pytest.fixture(scope="module")
def world():
    return World(users=400, seed=101)


@pytest.fixture(scope="module")
def found(world):
    return ps.cases(world.history)


def test_the_columns_are_those_promised(found):
    assert list(found) == list(COLUMNS)
    dtypes = {name: str(dtype) for name, dtype in found.dtypes.items()}
    assert {name for name, dtype in dtypes.items() if dtype == "str"} == {
        *("case_id", "severity", "summary", "next_steps"),
    }
    assert dtypes["started_at"] == dtypes["last_at"] == "datetime64[us, UTC]"
    assert (dtypes["rank"], dtypes["score"]) == ("int64", "float64")
    nothing = ps.cases(ps.History.from_responses([]))
    assert nothing.empty
    assert nothing.dtypes.astype(str).to_dict() == dtypes


def test_every_rank_explains_itself(found):
    assert found["rank"].tolist() == list(range(1, len(found) + 1))
    assert found["case_id"].is_unique
    grave = found["severity"].map({"high": 2, "medium": 1, "low": 0})
    assert grave.is_monotonic_decreasing
    for _, of in found.groupby(grave):
        assert of["score"].is_monotonic_decreasing
    for told, score in zip(found["evidence"], found["score"], strict=True):
        assert sum(told["score_parts"].values()) == pytest.approx(score, abs=1e-3)
        assert json.loads(json.dumps(told)) == told


def test_each_finding_is_in_one_case(found, world):
    findings = ps.signals(world.history)
    told = [
        (each["user_id"], each["session_id"], each["kind"])
        for evidence in found["evidence"]
        for each in evidence["findings"]
    ]
    rows = findings[["user_id", "session_id", "kind"]].itertuples(index=False, name=None)
    assert sorted(told) == sorted(rows)


def test_a_spray_is_one_case_of_many_users(found, world):
    sprayed = set(world.truth.query("incident == 'spray'")["user_id"])
    case = found[found["kinds"].map(lambda kinds: "user_velocity" in kinds)]
    assert len(case) == 1
    assert set(case["user_ids"].iloc[0]) == sprayed
    assert case["severity"].tolist() == ["high"]
    summary, steps = case["summary"].iloc[0], case["next_steps"].iloc[0]
    assert f"{len(sprayed)} users appeared at" in summary
    assert f"End the {len(sprayed)} sessions now" in steps
    assert "Block " in steps
    assert "none was ever seen there before" in summary


def test_the_first_cases_are_right_and_few(found, world):
    told = measured(found, world)
    assert told["at 10"] >= 0.9
    assert told["far replay"] == told["spray"] == 1
    assert told["any"] >= 0.72
    assert told["urgent a week"] <= 60
    assert told["high a week"] <= 25


LEAST = {"at 10": 0.85, "at 20": 0.85, "at 50": 0.65, "spray": 0.8, "any": 0.72}
LEAST |= {"far replay": 0.93, "far takeover": 0.93, "same country": 0.75}
WORLDS = {
    "carriers": (World, LEAST),
    "offices": (WorldOfOffices, LEAST),
    # Half of its thieves come through homes of the country's own providers, and three in ten of
    # their victims are hardly known.
    "roamers": (WorldOfRoamers, LEAST | {"same country": 0.4, "far takeover": 0.75, "any": 0.65}),
}


def test_offices_that_nobody_named_and_carriers_raise_few_alarms():
    world = WorldOfOffices(users=400, seed=102)
    told = measured(ps.cases(world.history), world)
    assert told["at 10"] >= 0.8
    assert told["far replay"] >= 0.8
    assert told["spray"] >= 0.8
    assert told["urgent a week"] <= 75  # two sprays and 51 other incidents a thousand users


def test_a_vpn_of_many_a_meeting_and_masked_addresses_raise_few_alarms():
    world = WorldOfRoamers(users=800, seed=103)
    told = measured(ps.cases(world.history), world)
    assert told["at 10"] >= 0.8
    assert told["far replay"] >= 0.8
    assert told["spray"] >= 0.8
    assert told["urgent a week"] <= 60


@pytest.mark.slow
@pytest.mark.parametrize("name", WORLDS)
def test_targets_hold_on_seeds_that_nobody_looked_at(name):
    world_of, least = WORLDS[name]
    told = []
    for seed in range(3001, 3005):
        world = world_of(users=2500, seed=seed)
        told.append(measured(ps.cases(world.history), world))
    means = pd.DataFrame(told).mean()
    assert (means[list(least)] >= pd.Series(least)).all(), means
    assert means["urgent a week"] <= 60


def test_the_same_in_any_order_of_rows(found, world):
    history = world.history
    shuffled = ps.History(
        history.users,
        history.sessions.sample(frac=1, random_state=1, ignore_index=True),
        history.locations.sample(frac=1, random_state=1, ignore_index=True),
    )
    pd.testing.assert_frame_equal(ps.cases(shuffled), found)


def test_what_was_benign_demotes_its_like_and_says_so(found, world):
    first = found[found["session_ids"].map(len) == 1].iloc[0]
    verdicts = pd.DataFrame({"case_id": [first["case_id"]], "verdict": ["benign"]})
    again = ps.cases(world.history, verdicts=verdicts).set_index("case_id")
    case = again.loc[first["case_id"]]
    assert case["severity"] == "low"
    assert case["evidence"]["verdict"] == "benign"
    assert "judged benign" in case["summary"]
    others = again.drop(index=first["case_id"])["severity"]
    assert others.equals(found.set_index("case_id")["severity"].reindex(others.index))
    by_session = pd.DataFrame({"session_id": [first["session_ids"][0]], "verdict": ["benign"]})
    same = ps.cases(world.history, verdicts=by_session).set_index("case_id")
    assert same.loc[first["case_id"], "severity"] == "low"


def hops(user, ip):
    """A user's usual days at home in Tacoma, then a session that goes on in Lagos."""
    home = {"remoteIp": f"24.1.{len(user)}.3", "city": "tacoma", "state": "washington"}
    home["country"] = "united states"
    lagos = {"remoteIp": ip, "city": "lagos", "state": "lagos", "country": "nigeria"}
    for day in range(1, 9):
        at = [f"2026-03-0{day}T09:{minute}:00.000Z" for minute in ("00", "30")]
        places = [home, lagos if day == 8 else home]
        yield {
            "id": f"{user} {day}",
            "user": {"id": user},
            "createdAt": at[0],
            "activeAt": at[1],
            "locations": [{"at": t, **where} for t, where in zip(at, places, strict=True)],
            "browser": {"name": "Chrome"},
            "operatingSystem": {"name": "Windows"},
        }


def test_a_benign_network_is_one_for_whoever_comes_through_it():
    sessions = [*hops("ann", "90.1.2.9"), *hops("bo", "90.1.2.200"), *hops("eve l", "90.1.3.9")]
    history = ps.History.from_responses([{"_embedded": {"sessions": sessions}}])

    def severities(verdicts=None):
        found = ps.cases(history, verdicts=verdicts).explode("session_ids")
        return found.set_index("session_ids")[["severity", "summary"]]

    assert set(severities()["severity"]) == {"high"}
    told = severities(pd.DataFrame({"session_id": ["ann 8"], "verdict": ["benign"]}))
    assert told["severity"].to_dict() == {"ann 8": "low", "bo 8": "low", "eve l 8": "high"}
    assert "judged benign" in told.loc["bo 8", "summary"]


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        (pd.DataFrame({"case_id": ["x"]}), "verdicts is a frame with case_id or session_id"),
        (pd.DataFrame({"case_id": ["x"], "verdict": ["bad"]}), "one of true, benign, unsure, not"),
    ],
)
def test_verdicts_of_no_use_are_refused_with_a_sentence(world, verdicts, sentence):
    with pytest.raises(ps.ConfigurationError, match=sentence):
        ps.cases(world.history, verdicts=verdicts)


def test_a_demo_tenant_names_its_users():
    tenant = ps.demo(users=200, seed=7)
    found = ps.cases(tenant.history())
    names = set(tenant.users()["username"])
    assert {name for users in found["users"] for name in users} <= names
    assert found.loc[0, "summary"].startswith(found.loc[0, "users"][0])


def test_likely_networks_are_the_offices_that_nobody_named(world):
    found = ps.likely_networks(world.history)
    assert found["address"].str.startswith("61.7.").sum() == 4
    assert found["address"].str.startswith("61.7.").head(4).all()
    world_with = world.history.for_users(list(world.history.user_ids))
    world_with.known_networks = {"HQ": found.loc[0, "range"]}
    assert found.loc[0, "address"] not in set(ps.likely_networks(world_with)["address"])
