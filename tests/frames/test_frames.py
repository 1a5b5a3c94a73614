"""The frames of the contract, from pages as PingOne sends them and as it should not."""

import json
from datetime import datetime

import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.frames import typed_values
from pingsessions_nb.places import distance_km

ANN = "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"
UTC_TIME = "datetime64[us, UTC]"
SESSION_DTYPES = {
    "session_id": "str",
    "user_id": "str",
    "environment_id": "str",
    "created_at": UTC_TIME,
    "active_at": UTC_TIME,
    "last_sign_on_at": UTC_TIME,
    "last_sign_on_ip": "str",
    "browser_name": "str",
    "browser_version": "str",
    "os_name": "str",
    "os_version": "str",
    "device_type": "str",
    "location_count": "int64",
    "expires_at": UTC_TIME,
    "idle_timeout_minutes": "Int64",
    "user_agent": "str",
    "status": "str",
    "authenticators": "str",
}
LOCATION_DTYPES = {
    "session_id": "str",
    "user_id": "str",
    "at": UTC_TIME,
    "remote_ip": "str",
    "city": "str",
    "state": "str",
    "region": "str",
    "country": "str",
    "latitude": "float64",
    "longitude": "float64",
    "place_precision": "str",
    "place_radius_km": "float64",
    "place": "str",
}
USER_DTYPES = {
    "user_id": "str",
    "username": "str",
    "email": "str",
    "given_name": "str",
    "family_name": "str",
    "population_id": "str",
    "population_name": "str",
    "enabled": "boolean",
    "mfa_enabled": "boolean",
    "lifecycle_status": "str",
    "created_at": UTC_TIME,
    "updated_at": UTC_TIME,
    "last_sign_on_at": UTC_TIME,
    "last_sign_on_ip": "str",
}


def session(**fields):
    return {"id": "s", "user": {"id": "u"}, **fields}


def page(*sessions):
    return {"_embedded": {"sessions": list(sessions)}}


def dtypes(frame):
    return {name: str(dtype) for name, dtype in frame.dtypes.items()}


# The published example's page, as the documentation of the API has it.
TACOMA = {"remoteIp": "174.xx.xx.xxx", "city": "tacoma", "state": "washington"} | {
    "country": "united states"
}


def published(session_id, created, active, signed_on, times):
    base = "https://api.pingone.com/v1/environments/abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
    return {
        "_links": {
            "self": {"href": f"{base}/users/{ANN}/sessions/{session_id}"},
            "environment": {"href": base},
            "user": {"href": f"{base}/users/{ANN}"},
        },
        "id": session_id,
        "environment": {"id": "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"},
        "user": {"id": ANN},
        "createdAt": created,
        "activeAt": active,
        "locations": [{"at": at, **TACOMA} for at in times],
        "lastSignOn": {"remoteIp": "174.xx.xx.xxx", "at": signed_on},
        "browser": {"name": "Chrome", "version": "83.0.4103"},
        "operatingSystem": {"name": "Mac OS X", "version": "10.13.6"},
        "device": {"type": "Other"},
    }


PUBLISHED = {
    "_links": {"self": {"href": "https://api.pingone.com/v1/…/sessions"}},
    "_embedded": {
        "sessions": [
            published(
                "465b7031-292f-4641-941f-e21240a88a43",
                "2020-07-22T19:26:10.680Z",
                "2020-07-22T19:26:55.666Z",
                "2020-07-22T19:26:55.665Z",
                ["2020-07-22T19:26:55.666Z"],
            ),
            published(
                "9729e107-bb00-4c46-8b49-7c0c1d51761c",
                "2020-07-22T22:21:31.693Z",
                "2020-07-30T18:51:39.384Z",
                "2020-07-30T18:51:01.887Z",
                [
                    "2020-07-22T22:21:42.384Z",
                    "2020-07-22T22:27:35.705Z",
                    "2020-07-30T18:51:01.887Z",
                    "2020-07-30T18:51:39.384Z",
                ],
            ),
        ]
    },
    "count": 2,
    "size": 2,
}


@pytest.mark.parametrize("raw", [True, False], ids=["raw", "decoded"])
def test_the_published_page_gives_its_values(raw):
    response = json.dumps(PUBLISHED, indent=4).encode() if raw else PUBLISHED
    sessions, locations = ps.sessions_frame(response), ps.locations_frame(response)

    assert dtypes(sessions) == SESSION_DTYPES
    assert list(sessions) == list(SESSION_DTYPES)
    assert sessions["session_id"].str[:4].tolist() == ["9729", "465b"]  # newest first
    newest = sessions.iloc[0]
    assert newest["created_at"] == pd.Timestamp("2020-07-22T22:21:31.693Z")
    assert newest["active_at"] == pd.Timestamp("2020-07-30T18:51:39.384Z")
    assert newest["last_sign_on_at"] == pd.Timestamp("2020-07-30T18:51:01.887Z")
    assert newest["last_sign_on_ip"] == "174.xx.xx.xxx"
    assert newest["browser_name"] == "Chrome"
    assert newest["browser_version"] == "83.0.4103"
    assert newest["os_name"] == "Mac OS X"
    assert newest["os_version"] == "10.13.6"
    assert newest["device_type"] == "Other"
    assert sessions["location_count"].tolist() == [4, 1]

    assert dtypes(locations) == LOCATION_DTYPES
    assert list(locations) == list(LOCATION_DTYPES)
    assert locations["at"].is_monotonic_increasing  # oldest first
    assert locations["session_id"].str[:4].tolist() == ["465b"] + ["9729"] * 4
    assert (locations["place"] == "Tacoma, Washington, US").all()
    near = distance_km(locations["latitude"], locations["longitude"], 47.25, -122.44)
    assert (near <= 25).all()


def test_no_responses_give_empty_frames_of_the_same_columns():
    assert dtypes(ps.sessions_frame([])) == SESSION_DTYPES
    assert dtypes(ps.locations_frame([])) == LOCATION_DTYPES
    assert dtypes(ps.users_frame([])) == USER_DTYPES
    assert dtypes(ps.sessions_frame(page())) == SESSION_DTYPES
    assert dtypes(ps.locations_frame(page(session()))) == LOCATION_DTYPES


def test_everything_but_ids_may_be_absent_or_null():
    fields = [name for name in PUBLISHED["_embedded"]["sessions"][0] if name not in ("id", "user")]
    for response in (page(session()), page(session(**dict.fromkeys(fields)))):
        frame = ps.sessions_frame(json.dumps(response))
        assert dtypes(frame) == SESSION_DTYPES
        assert frame.iloc[0].dropna().to_dict() == {
            "session_id": "s",
            "user_id": "u",
            "location_count": 0,
        }


def test_users_come_in_order_of_appearance_and_their_sessions_newest_first():
    def made(number, user, day):
        created = f"2026-01-{day:02d}T00:00:00.000Z" if day else None
        return {"id": str(number), "user": {"id": user}, "createdAt": created}

    rows = [made(1, "b", 1), made(2, "a", 2), made(3, "b", 3), made(4, "b", 0), made(5, "b", 3)]
    frame = ps.sessions_frame([page(*rows[:2]), page(*rows[2:])])
    assert frame["session_id"].tolist() == ["3", "5", "1", "4", "2"]


def test_an_unknown_field_becomes_a_column_named_by_its_path():
    methods = [{"type": "PASSWORD"}, {"type": "MFA"}]
    record = session(
        rounds=30,
        kept=True,
        weight=0.5,
        lastSignOn={"at": "2026-01-01T00:00:00Z", "authenticators": methods},
        policy={"id": "p", "rules": {"max": 2**70}},
        locations=[{"city": "tacoma", "asn": {"number": 7}}],
    )
    frame = ps.sessions_frame(json.dumps(page(session(id="bare"), record)))
    row = frame.set_index("session_id").loc["s"]
    assert row["lastSignOn.authenticators"] == methods
    assert row["policy.rules.max"] == 2**70
    extras = {name: dtype for name, dtype in dtypes(frame).items() if name not in SESSION_DTYPES}
    assert extras == {
        "rounds": "Int64",
        "kept": "boolean",
        "weight": "float64",
        "lastSignOn.authenticators": "object",
        "policy.id": "str",
        "policy.rules.max": "object",
    }
    locations = ps.locations_frame(page(record))
    assert locations["asn.number"].tolist() == [7]


def test_an_unknown_field_cannot_take_the_name_of_a_column():
    record = session(user_id="forged", locations=[TACOMA | {"latitude": "north"}])
    sessions, locations = ps.sessions_frame(page(record)), ps.locations_frame(page(record))
    assert sessions["user_id"].tolist() == ["u"]
    assert sessions["sent.user_id"].tolist() == ["forged"]
    assert locations["latitude"].round().tolist() == [47]
    assert locations["sent.latitude"].tolist() == ["north"]


def test_a_thousand_unknown_fields_are_added_at_once(monkeypatch):
    one_by_one = []
    put = pd.DataFrame.__setitem__
    monkeypatch.setattr(
        pd.DataFrame, "__setitem__", lambda *given: one_by_one.append(given[1]) or put(*given)
    )
    record = session(**{f"field{number}": number for number in range(1000)})
    frame = ps.sessions_frame(page(record))
    assert frame.shape == (1, len(SESSION_DTYPES) + 1000)
    assert frame["field999"].tolist() == [999]
    assert not [name for name in one_by_one if name.startswith("field")]


def test_two_fields_of_one_dotted_path_lose_neither():
    history = ps.History.from_responses(
        '{"id":"s","user":{"id":"u"},"activeAt":null,"a.b":1,"a":{"b":2}}'
    )
    assert history.sessions["a.b"].tolist() == [1]
    assert history.problems[["session_id", "field", "value"]].to_numpy().tolist() == [
        ["s", "a.b", "2"]
    ]


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2020-07-22T19:26:10.680Z", "2020-07-22 19:26:10.680"),
        ("2020-07-22T19:26:10Z", "2020-07-22 19:26:10"),
        ("2020-07-22T19:26Z", "2020-07-22 19:26"),
        ("2020-07-22t19:26:10.68z", "2020-07-22 19:26:10.680"),
        ("2020-07-22 19:26:10.6804567Z", "2020-07-22 19:26:10.680456"),
        ("2020-07-22T19:26:10.680999999Z", "2020-07-22 19:26:10.680999"),
        ("2020-07-22T19:26:10.680", "2020-07-22 19:26:10.680"),
        ("2020-07-22T19:26:10.680+02:00", "2020-07-22 17:26:10.680"),
        ("2020-07-22T19:26:10-0330", "2020-07-22 22:56:10"),
        ("2020-07-22T19:26:10.5-01", "2020-07-22 20:26:10.5"),
        ("0001-01-01T00:00:00.000Z", "0001-01-01"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31 23:59:59.999"),
        ("0000-01-01T00:00:00.000Z", None),
        ("2020-02-30T00:00:00.000Z", None),
        ("2020-02-20T24:00:00.000Z", None),
        ("2020-06-30T23:59:60.000Z", None),
        ("9999-12-31T23:59:59.999-01:00", None),
        ("2020-07-22", None),
        ("1595446015666", None),
        ("٢٠٢٠-07-22T19:26:10.680Z", None),
    ],
)
def test_a_time_is_read_however_iso_8601_writes_it(written, utc):
    others = "2021-01-01T00:00:00.000Z"
    history = ps.History.from_responses(
        page(session(createdAt=written, activeAt=others), session(id="t", createdAt=others))
    )
    found = history.sessions.set_index("session_id")["created_at"]
    assert found["t"] == pd.Timestamp(others)
    if utc is None:
        assert found["s"] is pd.NaT
        assert history.problems["field"].tolist() == ["createdAt"]
    else:
        assert found["s"].tz_localize(None) == pd.Timestamp(utc).as_unit("us")
        assert history.problems.empty


def test_times_without_a_fraction_or_missing_ones_leave_the_others_in_bulk(monkeypatch):
    """Java's Instant drops a fraction of zero: one time in a thousand is shorter."""
    alone = []
    monkeypatch.setattr(typed_values, "_instant", lambda text: alone.append(text) or instant(text))
    instant = datetime.fromisoformat
    usual = ["2020-07-22T19:26:10Z", "2020-07-22T19:26:10.6Z", "2020-07-22T19:26:10.680Z"]
    usual += ["2020-07-22T19:26:10.680999Z", None, ""]
    odd = ["2020-07-22T19:26:10.680+02:00"]
    column, bad = typed_values.time_column(usual + odd)
    assert alone == odd
    assert bad == []
    expected = [None if not text else instant(text) for text in usual + odd]
    assert column.to_pylist() == expected


def test_blank_text_is_missing():
    frame = ps.sessions_frame(page(session(browser={"name": "", "version": "1"}, note="")))
    assert frame["browser_name"].isna().all()
    assert "note" not in frame


def test_half_a_surrogate_pair_costs_its_value_only():
    raw = rb'{"id":"s","user":{"id":"u"},"browser":{"name":"\ud800","version":"1"},"x":"\udfff"}'
    history = ps.History.from_responses(raw)
    assert history.sessions["browser_name"].isna().all()
    assert history.sessions["browser_version"].tolist() == ["1"]
    assert history.problems["field"].tolist() == ["browser.name", "x"]


def test_two_names_that_are_written_alike_lose_neither():
    raw = rb'{"id":"s","user":{"id":"u"},"activeAt":null,"x\ud800":1,"x\\ud800":2}'
    history = ps.History.from_responses(raw)
    assert history.sessions["x\\ud800"].tolist() == [1]
    assert history.problems[["field", "value"]].to_numpy().tolist() == [["x\\ud800", "2"]]


def test_a_value_of_any_depth_ends_in_a_frame_or_a_malformed_response():
    ends = set()
    for depth in range(900, 1010, 2):  # about Python's limit, where reading just succeeds
        for field in ("browser", "createdAt", "x"):
            raw = f'{{"id":"s","user":{{"id":"u"}},"{field}":{"[" * depth + "]" * depth}}}'
            try:
                ends.add(len(ps.History.from_responses(raw)))
            except ps.MalformedResponse:
                ends.add("refused")
    assert ends == {1, "refused"}


def test_of_a_key_that_comes_twice_the_last_counts_on_both_ways():
    usual = b'{"id":"s","user":{"id":"u"},"browser":{"name":"A","name":"B"}}'
    unusual = usual[:-1] + b',"x":1}'
    for raw in (usual, unusual):
        assert ps.sessions_frame(raw)["browser_name"].tolist() == ["B"]


def test_users_have_their_columns():
    record = {
        "_links": {"self": {"href": "x"}},
        "id": ANN,
        "environment": {"id": "e"},
        "username": "ann",
        "email": "ann@example.org",
        "name": {"given": "Ann", "family": "Dow", "formatted": "Ann Dow"},
        "population": {"id": "p"},
        "_embedded": {"population": {"_links": {}, "id": "p", "name": "Staff"}},
        "enabled": True,
        "mfaEnabled": False,
        "lifecycle": {"status": "ACCOUNT_OK"},
        "createdAt": "2020-07-22T19:26:10.680Z",
        "updatedAt": "2020-07-23T19:26:10.680Z",
        "lastSignOn": {"at": "2020-07-24T19:26:10.680Z", "remoteIp": "174.xx.xx.xxx"},
        "account": {"status": "OK", "canAuthenticate": True},
    }
    frame = ps.users_frame(json.dumps({"_embedded": {"users": [record, {"id": "bare"}]}}))
    assert dtypes(frame) == USER_DTYPES | {
        "environment.id": "str",
        "name.formatted": "str",
        "account.status": "str",
        "account.canAuthenticate": "boolean",
    }
    first = frame.iloc[0]
    assert first["population_name"] == "Staff"
    assert first["mfa_enabled"] is False or not first["mfa_enabled"]
    assert first["last_sign_on_at"] == pd.Timestamp("2020-07-24T19:26:10.680Z")
    assert frame.iloc[1].dropna().to_dict() == {"user_id": "bare"}


def test_a_problem_of_a_user_says_so_even_if_the_user_has_no_id():
    users = [{"username": 5, "createdAt": "never"}, None]
    history = ps.History.from_responses({"_embedded": {"users": users}})
    fields = ["users.username", "_embedded.users[1]", "users.createdAt"]
    assert history.problems["field"].tolist() == fields


def test_one_large_page_is_read_like_many_small_ones():
    sessions = [session(id=str(n), activeAt="2026-01-01T00:00:00.000Z") for n in range(5000)]
    sessions[7]["x"] = 1  # takes the lenient way, in the midst of the others
    sessions[8] = None
    small = ps.sessions_frame([page(one) for one in sessions])
    for large in (
        json.dumps(page(*sessions)),
        json.dumps([page(*sessions[:3000]), page(*sessions[3000:])]).encode(),
        "\n".join(json.dumps(one) for one in sessions if one).encode(),
    ):
        pd.testing.assert_frame_equal(ps.sessions_frame(large), small)


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (b"", "is empty"),
        (b"<html>Bad gateway</html>", "is not JSON: expecting value at line 1, column 1"),
        (b'{"_embedded": {"sessions": [', "is not JSON"),
        (b'{"_embedded": {"ses', "is not JSON: unterminated string starting at line 1, column 16"),
        (b'{"_embedded": {"sessions": [{"id": NaN}]}}', "NaN is not a JSON value"),
        (b'{"id": "\xff"}', "is not text in UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"null", "is null"),
        (None, "is null"),
        (7, "is a number"),
        ([3], "is a number"),
        ([[page(), "x"]], "has an element 1 which is text"),
        ({}, "has no _embedded"),
        ({"_embedded": None}, "null as its _embedded"),
        ({"_embedded": []}, "a list as its _embedded"),
        ({"_embedded": {"sessions": None}}, "null as its _embedded.sessions"),
        (
            {"_embedded": {"sessions": {}}},
            "has an object as its _embedded.sessions, where a list belongs",
        ),
        ({"_embedded": {"populations": []}}, "is a page of populations"),
        (
            {"id": "c", "code": "ACCESS_FAILED", "message": "No.", "details": [{"message": "Why"}]},
            "ACCESS_FAILED: No. Why",
        ),
        ({"_embedded": {"users": [{"id": "u"}]}}, "give them to ps.users_frame"),
    ],
)
def test_what_is_no_page_is_a_malformed_response(response, words):
    with pytest.raises(ps.MalformedResponse, match=r"^(The r|R|These r)esponse") as error:
        ps.sessions_frame(response)
    assert words in str(error.value)


def test_sessions_given_for_users_are_refused():
    with pytest.raises(ps.MalformedResponse, match=r"give them to ps\.sessions_frame"):
        ps.users_frame(page(session()))
