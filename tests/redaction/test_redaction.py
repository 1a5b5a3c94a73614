"""ps.redact: nobody is named, the same names the same, and what was done is said."""

from __future__ import annotations

import ipaddress
import json
import uuid

import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.detectors import signals
from pingsessions_nb.redaction import redact_words

FRAMES = ("users", "sessions", "locations", "failures", "problems")
KEY = "e3a91c5508d7f26b4410"
USER = "8b9c9a1e-3b3c-4f5e-9a55-1c2d3e4f5a6b"


@pytest.fixture(scope="module")
def tenant():
    return ps.demo(users=60, seed=11)


@pytest.fixture(scope="module")
def history(tenant):
    return tenant.history()


def told(history: ps.History) -> str:
    """Everything that is in the frames, column names included."""
    return "\n".join(
        getattr(history, name)
        .to_json(orient="split", date_format="iso", force_ascii=False)
        .replace("\\/", "/")
        for name in FRAMES
    )


def originals(history: ps.History) -> set[str]:
    """Every identifier, name, e-mail and whole address."""
    users, sessions, locations = history.users, history.sessions, history.locations
    columns = [
        *(users[name] for name in ("user_id", "username", "email", "population_id")),
        *(users[name] for name in ("name.formatted", "last_sign_on_ip", "environment.id")),
        *(sessions[name] for name in ("session_id", "user_id", "environment_id")),
        *(sessions["last_sign_on_ip"], locations["remote_ip"]),
        *(locations["session_id"], locations["user_id"]),
    ]
    found = set(pd.concat(columns).dropna())
    return {text for text in found if "xx" not in text}  # masked addresses stay masked


def page(session: dict, user: str = USER) -> dict:
    return {
        "_embedded": {
            "sessions": [
                {"id": "aaaaaaaa-0000-4000-8000-000000000001", "user": {"id": user}, **session}
            ]
        }
    }


def test_nothing_that_names_anybody_is_left(history):
    text = told(ps.redact(history, key=KEY))
    assert len(originals(history)) > 600
    assert [one for one in originals(history) if one in text] == []
    names = history.users[["given_name", "family_name"]].stack()
    redacted = ps.redact(history, key=KEY).users[["given_name", "family_name"]].stack()
    assert set(names) & set(redacted) == set()


def test_one_key_agrees_and_two_do_not(history):
    first, again, other = (ps.redact(history, key=key) for key in (KEY, KEY.encode(), KEY[::-1]))
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(first, name), getattr(again, name))
    for column in ("user_id", "session_id", "environment_id"):
        assert set(first.sessions[column]) & set(other.sessions[column]) == set()
    for column in ("user_id", "username", "email", "family_name", "population_name"):
        assert set(first.users[column].dropna()) & set(other.users[column].dropna()) == set()
    assert set(ps.redact(history).users["user_id"]) & set(first.users["user_id"]) == set()


def test_a_part_redacted_alone_has_the_pseudonyms_of_the_whole(history):
    some = history.users["user_id"].iloc[5]
    alone = ps.redact(history.for_users(some), key=KEY)
    within = ps.redact(history, key=KEY).for_users(alone.user_ids[0])
    pd.testing.assert_frame_equal(alone.sessions, within.sessions)
    pd.testing.assert_frame_equal(alone.locations, within.locations)


def test_frames_keep_their_shape_and_still_belong_together(history):
    redacted = ps.redact(history, key=KEY)
    for name in FRAMES:
        before, after = getattr(history, name), getattr(redacted, name)
        assert len(before) == len(after)
        assert set(after.columns) <= set(before.columns)
        assert (before[list(after.columns)].dtypes == after.dtypes).all()
        # Some states are in no gazetteer, and no region is.
        same = [name for name in after.columns if name not in ("state", "region")]
        assert (before[same].isna() == after[same].isna()).all().all()
    assert set(redacted.locations["session_id"]) <= set(redacted.sessions["session_id"])
    assert redacted.sessions["user_id"].isin(redacted.users["user_id"]).all()
    ids = redacted.users["user_id"]
    assert ids.is_unique
    assert (redacted.users["username"].str[5:13] == ids.str[:8]).all()
    assert redacted.label(ids.iloc[0]) == redacted.users["username"].iloc[0]
    pd.testing.assert_series_equal(redacted.sessions["active_at"], history.sessions["active_at"])


def test_addresses_are_cut_to_their_network(history):
    addresses = history.locations["remote_ip"].dropna()
    redacted = ps.redact(history).locations["remote_ip"].dropna()
    for before, after in zip(addresses, redacted, strict=True):
        if "xx" in before:
            assert after == before
        else:
            network = ipaddress.ip_network(after)
            assert network.prefixlen == (24 if network.version == 4 else 48)
            assert ipaddress.ip_address(before) in network


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:aaaa:bbbb::77", "2001:db8:aaaa::/48"),
        ("174.xx.xx.xxx", "174.xx.xx.xxx"),
        ("10.*.*.*", "10.*.*.*"),
        ("fe80::1%ann", "fe80::/48"),
        ("ann@example.org", "redacted"),
        ("203.0.113.77:443", "redacted"),
        ("xx.ann", "redacted"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
    ],
)
def test_addresses_of_every_kind(before, after):
    history = ps.History.from_responses(
        page({"lastSignOn": {"remoteIp": before}, "locations": [{"remoteIp": before}]})
    )
    redacted = ps.redact(history)
    assert redacted.sessions["last_sign_on_ip"].tolist() == [after]
    assert redacted.locations["remote_ip"].tolist() == [after]


def test_cities_are_coarsened_with_their_coordinates():
    where = {"city": "tacoma", "state": "washington", "country": "united states"}
    history = ps.History.from_responses(page({"locations": [where]}))
    kept, state, country = (
        ps.redact(history, cities=cities).locations.iloc[0]
        for cities in ("keep", "state", "country")
    )
    assert kept["place"] == "Tacoma, Washington, US"
    assert kept["latitude"] == history.locations["latitude"].iloc[0]
    assert state["place"] == "Washington, US"
    assert state["place_precision"] == "state"
    assert pd.isna(state["city"])
    assert country["place"] == "United States"
    assert country[["city", "state"]].isna().all()
    assert len({kept["latitude"], state["latitude"], country["latitude"]}) == 3


def test_words_that_no_gazetteer_knows_could_be_anything_and_go():
    where = {"city": "ann's flat", "state": "washington", "country": "united states"}
    location = ps.redact(ps.History.from_responses(page({"locations": [where]}))).locations.iloc[0]
    assert pd.isna(location["city"])
    assert location["place"] == "Washington, US"
    where = {"city": "tacoma", "state": "ann@example.org", "country": "ann"}
    location = ps.redact(ps.History.from_responses(page({"locations": [where]}))).locations.iloc[0]
    assert "ann" not in json.dumps(location.astype(str).to_dict())


def test_further_fields_failures_and_problems_are_scrubbed():
    history = ps.History.from_responses(
        page(
            {
                "createdAt": "the day ann@example.org came",
                "userAgent": "Mozilla of Ann",
                "ann": {"example": 7},
                "browser": {"name": "Chrome for <ann@example.org>", "version": "of Ann"},
                "device": {"type": "Ann's phone"},
                "lastSignOn": {"authenticators": [{"name": "Ann"}]},
            },
        )
    )
    history.failures = pd.DataFrame(
        {
            "user_id": ["ann@example.org"],
            "error": ["No user has the id, username or e-mail 'ann@example.org'."],
            "status": pd.array([404], dtype="Int64"),
            "code": ["NOT_FOUND"],
        }
    ).astype({"user_id": "str", "error": "str", "code": "str"})
    assert "ann" in told(history).casefold()
    redacted = ps.redact(history)
    assert "ann" not in told(redacted).casefold()
    assert redacted.failures["error"].tolist() == ["Could not be read (HTTP 404, NOT_FOUND)."]
    assert redacted.problems["field"].tolist() == history.problems["field"].tolist()
    assert redacted.redaction.dropped == 2
    assert "2 further fields" in str(redacted.redaction)


def test_the_statement_says_what_was_done(history):
    assert history.redaction is None
    given = ps.redact(history, key=KEY, cities="country").redaction
    assert "Who has the key" in str(given)
    assert "known to the country" in str(given)
    assert "not kept" in str(ps.redact(history).redaction)
    part = ps.redact(history, key=KEY).for_users(ps.redact(history, key=KEY).user_ids[:3])
    assert part.redaction is not None
    assert ps.History.concat([part, part]).redaction == part.redaction
    assert ps.History.concat([part, history]).redaction is None


def test_findings_of_the_original_name_nobody_either(tenant, history):
    found = signals(history, known_networks=tenant.known_networks)
    redacted = ps.redact(history, key=KEY, cities="country")
    words = redact_words(found, history, redacted)
    assert found["kind"].nunique() >= 4
    pd.testing.assert_frame_equal(
        words[["kind", "severity", "at", "distance_km"]],
        found[["kind", "severity", "at", "distance_km"]],
    )
    assert (words.dtypes == found.dtypes).all()
    assert set(words["session_id"]) <= set(redacted.sessions["session_id"])
    text = words.to_json(orient="split", date_format="iso", force_ascii=False).replace("\\/", "/")
    assert [one for one in originals(history) if one in text] == []
    cities = history.locations.loc[history.locations["place_precision"] == "city", "place"]
    assert [place for place in cities.unique() if place.count(",") == 2 and place in text] == []


@pytest.mark.parametrize(
    "told",
    [
        "Chrome (203.0.113.77)",
        f"App {uuid.UUID(int=1 << 64)}",
        "Kim Berg",
        "Chrome for Kim",
        "kimbrowser 7",
        "Windows 10 of Kim",
        "Chrome 203.0.113.77.1.1.1",
        "Firefox\u200b",
    ],
)
@pytest.mark.parametrize("what", ["browser", "operatingSystem"])
def test_a_name_that_is_no_known_products_goes(what, told):
    history = ps.History.from_responses(page({what: {"name": told, "version": "1"}}))
    column = {"browser": "browser_name", "operatingSystem": "os_name"}[what]
    assert ps.redact(history).sessions[column].str.fullmatch("product-[0-9a-f]{10}").all()


@pytest.mark.parametrize(
    ("told", "version"),
    [
        ("Edge", "126.0.2592.81"),
        ("Chrome Mobile  iOS", "125.0"),
        ("Windows 11 Pro", "10.0.22631"),
        ("MAC OS X 10.15.7", "10_15_7"),
        ("Ubuntu 24.04 LTS", "24.04"),
        ("HeadlessChrome", "115.0.0-beta2"),
        ("Linux", "x86_64"),
        ("Apple Safari", "17.4"),
        ("Mail", "16.0"),
    ],
)
def test_a_known_product_stays(told, version):
    names = {"name": told, "version": version}
    history = ps.History.from_responses(page({"browser": names, "operatingSystem": names}))
    kept = ps.redact(history).sessions.iloc[0]
    assert {kept["browser_name"], kept["os_name"]} == {told}
    assert {kept["browser_version"], kept["os_version"]} == {version}


@pytest.mark.parametrize(
    "version", ["7 of Kim", "2026-kim", "198.51.100.7", "1" * 40, "kim", "1.2.3.4.5.6.7.8"]
)
def test_a_version_that_is_none_goes(version):
    history = ps.History.from_responses(page({"browser": {"name": "Chrome", "version": version}}))
    assert ps.redact(history).sessions["browser_version"].str.startswith("product-").all()


@pytest.mark.parametrize("key", ["k7#", "correct horse", b"fifteen bytes..", "a" * 64, "ab" * 30])
def test_a_key_that_can_be_guessed_is_refused_and_a_good_one_is_told_of(history, key):
    with pytest.raises(ps.ConfigurationError, match=r"secrets\.token_hex\(32\)") as error:
        ps.redact(history, key=key)
    assert str(key) not in str(error.value)
    import secrets

    assert ps.redact(history.for_sessions([]), key=secrets.token_hex(32)) is not None


def test_words_are_replaced_whole():
    history = ps.History.from_responses(
        page({"locations": [{"remoteIp": "192.0.2.1"}], "device": {"type": "Pixel 8"}})
    )
    frame = pd.DataFrame(
        {"summary": ["192.0.2.1 and 192.0.2.10: 192.0.2.1, on PIXEL 8 or Pixel 80."]}
    )
    said = redact_words(frame, history, ps.redact(history))["summary"].iloc[0]
    assert said.startswith("192.0.2.0/24 and 192.0.2.10: 192.0.2.0/24, on device-")
    assert said.endswith("or Pixel 80.")


@pytest.mark.parametrize("wrong", [{"key": ""}, {"key": b""}, {"key": 7}, {"cities": "town"}])
def test_a_wrong_argument_is_said(history, wrong):
    with pytest.raises(ps.ConfigurationError, match=r"key is a text|cities is 'keep'"):
        ps.redact(history, **wrong)


def test_an_empty_history_can_be_redacted():
    redacted = ps.redact(ps.History.from_responses([]))
    assert len(redacted) == 0
    assert redacted.redaction is not None


def test_what_was_redacted_is_still_known_after_saving(history, tmp_path):
    redacted = ps.redact(history, key=KEY, cities="state")
    loaded = ps.History.load(redacted.save(tmp_path / "kept"))
    assert loaded.redaction == redacted.redaction
    assert ps.History.load(history.save(tmp_path / "plain")).redaction is None


@pytest.mark.parametrize("cities", ["keep", "country"])
def test_findings_name_no_address_in_any_spelling_and_no_office(cities):
    """Findings write addresses in their canonical form, and offices by their city."""
    at = "2026-03-02T09:{:02}:00.000Z".format
    spelt = [f"2001:DB8:77:{n:x}:0:0:0:5" for n in range(1, 9)]
    words = {"city": "lagos", "state": "lagos", "country": "nigeria"}
    places = [{"at": at(n), "remoteIp": ip, **words} for n, ip in enumerate(spelt)]
    places += [
        {"at": at(20), "remoteIp": "192.0.2.5"},
        {"at": at(30), "remoteIp": "::FFFF:8.9.7.6"},
    ]
    places[-1] |= words
    one = {"id": "s-1", "user": {"id": "u-1"}, "createdAt": at(0), "activeAt": at(30)}
    history = ps.History.from_responses(
        [{"_embedded": {"sessions": [{**one, "locations": places}]}}]
    )
    office = {"range": "192.0.2.0/28", "kind": "office", "city": "munich", "country": "germany"}
    history.known_networks = {"HQ": office}
    found = ps.signals(history)
    assert set(found["kind"]) == {"geovelocity_anomaly", "ip_velocity"}
    told = (
        redact_words(found, history, ps.redact(history, cities=cities))
        .astype({"evidence": "str"})
        .to_csv()
    )
    for secret in ("192.0.2.5", "8.9.7.6", *(f"77:{n:x}:" for n in range(1, 9))):
        assert secret in found.to_csv()
        assert secret not in told
    assert ("Munich" in told) == (cities == "keep")
