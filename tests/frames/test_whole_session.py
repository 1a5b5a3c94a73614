"""Every field that the API's pages list, and whether a session is live."""

import json

import pandas as pd
import pytest

import pingsessions_nb as ps

READ_AT = "2026-03-10T12:00:00Z"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
POLICY = {"id": "5ba7a8b3-0c1e-4a45-9f26-c0b9cf1b2d07", "type": "SIGN_ON"}
WHOLE = {
    "_links": {"self": {"href": "https://api.pingone.eu/v1/environments/e/users/u/sessions/s-1"}},
    "id": "s-1",
    "environment": {"id": "e-1"},
    "user": {"id": "u-1"},
    "createdAt": "2026-03-10T07:58:12.004Z",
    "activeAt": "2026-03-10T11:40:00.000Z",
    "expiresAt": "2026-03-10T12:10:00.000Z",
    "idleTimeoutInMinutes": "30",
    "userAgent": AGENT,
    "lastSignOn": {
        "at": "2026-03-10T07:58:11.900Z",
        "remoteIp": "198.51.100.77",
        "authenticators": ["pwd", "mfa"],
        "withAuthenticator": {
            "pwd": {"at": "2026-03-10T07:57:40.120Z", "policy": POLICY},
            "mfa": {"at": "2026-03-10T07:58:11.900Z", "policy": POLICY},
        },
    },
    "locations": [
        {
            "at": "2026-03-10T07:58:11.900Z",
            "remoteIp": "198.51.100.77",
            "city": "graz",
            "state": "styria",
            "region": "8",
            "country": "austria",
        }
    ],
    "browser": {"name": "Firefox", "version": "128.0"},
    "operatingSystem": {"name": "Linux", "version": "x86_64"},
    "device": {"type": "Other"},
}


def page(*sessions):
    return {"_embedded": {"sessions": list(sessions)}, "size": len(sessions)}


@pytest.mark.parametrize("more", [{}, {"x": 1}], ids=["exactly known", "with an unknown field"])
@pytest.mark.parametrize("raw", [True, False], ids=["raw", "decoded"])
def test_every_field_of_the_api_page_has_its_column(raw, more):
    response = page(WHOLE | more)
    sessions = ps.sessions_frame(json.dumps(response) if raw else response, read_at=READ_AT)
    row = sessions.iloc[0]
    assert row["expires_at"] == pd.Timestamp("2026-03-10T12:10:00Z")
    assert row["idle_timeout_minutes"] == 30
    assert row["user_agent"] == AGENT
    assert row["status"] == "live"
    assert row["authenticators"] == "pwd 2026-03-10T07:57:40.120Z, mfa 2026-03-10T07:58:11.900Z"
    # What the tidy column leaves out is there as it came, a column for all keys.
    further = [name for name in sessions if "." in name]
    assert further == ["lastSignOn.authenticators", "lastSignOn.withAuthenticator"]
    assert row["lastSignOn.withAuthenticator"]["mfa"]["policy"] == POLICY
    assert ps.locations_frame(page(WHOLE))["region"].tolist() == ["8"]
    assert ps.History.from_responses(response).problems.empty


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, None),
        ({"expiresAt": "2026-03-10T12:00:00.001Z"}, "live"),
        ({"expiresAt": "2026-03-10T12:00:00.000Z"}, "expired"),
        ({"activeAt": "2026-03-10T11:00:00Z"}, None),
        ({"idleTimeoutInMinutes": 60}, None),
        ({"activeAt": "2026-03-10T11:00:00.001Z", "idleTimeoutInMinutes": 60}, "live"),
        ({"activeAt": "2026-03-10T11:00:00Z", "idleTimeoutInMinutes": "60"}, "expired"),
        ({"activeAt": "2020-01-01T00:00:00Z", "idleTimeoutInMinutes": 144_000_000}, "live"),
        # What PingOne says of the end counts, whatever follows from the rest.
        (
            {
                "expiresAt": "2026-03-10T09:00:00Z",
                "activeAt": "2026-03-10T11:59:00Z",
                "idleTimeoutInMinutes": 30,
            },
            "expired",
        ),
    ],
)
def test_a_session_is_live_until_it_expires(fields, status):
    record = {"id": "s", "user": {"id": "u"}, **fields}
    history = ps.History.from_responses(page(record), read_at=READ_AT)
    assert history.read_at == pd.Timestamp(READ_AT)
    live = history.sessions.query("status == 'live'")
    expired = history.sessions.query("status == 'expired'")
    assert (len(live), len(expired)) == (int(status == "live"), int(status == "expired"))


def test_without_a_time_of_reading_it_is_now():
    soon = pd.Timestamp.now("UTC") + pd.Timedelta(hours=1)
    ended = pd.Timestamp.now("UTC") - pd.Timedelta(hours=1)
    response = page(
        {"id": "a", "user": {"id": "u"}, "expiresAt": soon.isoformat()},
        {"id": "b", "user": {"id": "u"}, "expiresAt": ended.isoformat()},
    )
    assert ps.sessions_frame(response)["status"].tolist() == ["live", "expired"]
    assert ps.History.from_responses(response).sessions["status"].tolist() == ["live", "expired"]


@pytest.mark.parametrize(
    ("written", "minutes"),
    [(30, 30), ("144000", 144_000), (45.0, 45), (" 15 ", 15), (0, 0), ("", None)],
)
def test_a_number_is_read_from_text_too(written, minutes):
    history = ps.History.from_responses(page(WHOLE | {"idleTimeoutInMinutes": written}))
    found = history.sessions["idle_timeout_minutes"]
    assert str(found.dtype) == "Int64"
    assert found.isna().all() if minutes is None else found.tolist() == [minutes]
    assert history.problems.empty


@pytest.mark.parametrize("written", ["soon", "1.5", 1.5, -1, "-1", True, 2**70, [30], "9" * 5000])
def test_what_is_no_number_of_minutes_is_a_problem(written):
    history = ps.History.from_responses(json.dumps(page(WHOLE | {"idleTimeoutInMinutes": written})))
    assert history.sessions["idle_timeout_minutes"].isna().all()
    assert history.problems["field"].tolist() == ["idleTimeoutInMinutes"]
    assert history.sessions["status"].notna().all()  # from expiresAt


@pytest.mark.parametrize(
    ("last_sign_on", "said"),
    [
        (None, None),
        ({}, None),
        ({"authenticators": ["otp"]}, "otp"),
        ({"authenticators": []}, None),
        ({"withAuthenticator": {"fido2": {}}}, "fido2"),
        ({"withAuthenticator": {"fido2": None, "pwd": {"at": "t"}}}, "fido2, pwd t"),
        ({"authenticators": [{"type": "PASSWORD", "at": "t"}, {"name": "x"}, 7]}, "PASSWORD t, x"),
        ({"authenticators": ["mfa"], "withAuthenticator": {"pwd": {"at": "t"}}}, "mfa, pwd t"),
        ({"authenticators": "pwd", "withAuthenticator": ["x"]}, "pwd, x"),
    ],
)
def test_authenticators_are_one_text_however_they_come(last_sign_on, said):
    found = ps.sessions_frame(page(WHOLE | {"lastSignOn": last_sign_on}))["authenticators"]
    assert found.isna().all() if said is None else found.tolist() == [said]


def test_joining_slices_and_saving_keep_the_time_of_reading(tmp_path):
    early = ps.History.from_responses(page(WHOLE), read_at="2026-03-10T12:05:00Z")
    other = WHOLE | {"id": "s-2", "user": {"id": "u-2"}, "expiresAt": "2026-03-11T00:00:00Z"}
    late = ps.History.from_responses(page(other), read_at="2026-03-10T12:30:00Z")
    assert early.sessions["status"].tolist() == ["live"]
    joined = ps.History.concat([late, early])
    assert joined.read_at == late.read_at
    assert joined.sessions.set_index("session_id")["status"].to_dict() == {
        "s-1": "expired",  # it was live when it was read, and since then its end has come
        "s-2": "live",
    }
    part = joined.for_users("u-2")
    assert part.read_at == late.read_at
    part.save(tmp_path / "part")
    loaded = ps.History.load(tmp_path / "part")
    assert loaded.read_at == late.read_at
    pd.testing.assert_frame_equal(loaded.sessions, part.sessions)
    assert ps.redact(joined).read_at == late.read_at


def test_a_time_of_reading_that_is_none_is_refused():
    with pytest.raises(ps.ConfigurationError, match=r"^read_at=1760000000 is not a time"):
        ps.History.from_responses(page(WHOLE), read_at=1_760_000_000)


def test_a_demo_is_read_when_it_is_and_not_today():
    tenant = ps.demo(users=3, seed=7)
    assert tenant.history().read_at == pd.Timestamp("2025-11-12T15:00Z")
