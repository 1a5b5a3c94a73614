"""Names, arguments and columns that other people's code relies on."""

import inspect

import pytest

import pingsessions_nb as ps

SIGNATURES = {
    "demo": ["users", "seed"],
    "connect": [
        *("environment_id", "client_id", "client_secret", "region", "auth_environment_id"),
        *("api_url", "auth_url"),
    ],
    "users_frame": ["responses"],
    "sessions_frame": ["responses"],
    "locations_frame": ["responses"],
    "read_history": ["path"],
    "locate": ["frame"],
    "signals": ["history"],
    "risk": ["history"],
    "cases": ["history"],
    "timeline_figure": ["history"],
    "map_figure": ["history"],
    "explore": ["source"],
    "redact": ["history", "key"],
    "report": ["source", "user", "path", "redact"],
    "UserPicker": ["tenant"],
    "SessionTimeline": ["history"],
    "LocationMap": ["history"],
    "SessionExplorer": ["source"],
    "Archive": ["path"],
    "History.from_responses": ["responses"],
    "Tenant.users": ["search", "filter", "population", "limit"],
    "Tenant.populations": [],
    "Tenant.history": ["users"],
    "Tenant.end_session": ["user_id", "session_id"],
    "Archive.record": ["history"],
    "Archive.history": ["users", "since", "until"],
    "Archive.sql": ["query"],
    "Archive.signals": ["client"],
    "Archive.cases": ["since", "client"],
}
SESSIONS = (
    "session_id, user_id, environment_id, created_at, active_at, last_sign_on_at, last_sign_on_ip, "
    "browser_name, browser_version, os_name, os_version, device_type, location_count"
)
LOCATIONS = (
    "session_id, user_id, at, remote_ip, city, state, country, latitude, longitude, "
    "place_precision, place_radius_km, place"
)
USERS = (
    "user_id, username, email, given_name, family_name, population_id, population_name, enabled, "
    "mfa_enabled, lifecycle_status, created_at, updated_at, last_sign_on_at, last_sign_on_ip"
)
SIGNALS = (
    "kind, severity, user_id, session_id, at, summary, within_session, from_place, to_place, "
    "distance_km, hours, speed_kmh, evidence"
)
CASES = (
    "case_id, rank, severity, users, user_ids, session_ids, kinds, started_at, last_at, score, "
    "summary, next_steps, evidence"
)


@pytest.fixture(scope="module")
def history():
    return ps.demo(users=60, seed=7).history()


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_public_call_takes_what_it_is_said_to_take(name):
    called = ps
    for part in name.split("."):
        called = getattr(called, part)
    parameters = inspect.signature(called).parameters
    assert [one for one in SIGNATURES[name] if one not in parameters] == []


@pytest.mark.parametrize(
    ("frame", "columns"),
    [("sessions", SESSIONS), ("locations", LOCATIONS), ("users", USERS)],
)
def test_a_frame_has_its_columns_and_types(history, frame, columns):
    found = getattr(history, frame)
    assert [name for name in columns.split(", ") if name not in found.columns] == []
    instants = [name for name in found.columns if name.endswith("_at") or name == "at"]
    assert {str(found[name].dtype) for name in instants} == {"datetime64[us, UTC]"}
    assert {str(found[name].dtype) for name in found.columns if name.endswith("_id")} == {"str"}


@pytest.mark.parametrize(("call", "columns"), [("signals", SIGNALS), ("cases", CASES)])
def test_findings_and_cases_have_their_columns(history, call, columns):
    found = getattr(ps, call)(history)
    assert len(found)
    assert [name for name in columns.split(", ") if name not in found.columns] == []


@pytest.mark.parametrize(
    "error",
    [
        *("ConfigurationError", "AuthenticationError", "PermissionDenied", "NotFound"),
        *("RateLimited", "ServiceUnavailable", "MalformedResponse", "ArchiveError"),
    ],
)
def test_every_error_is_a_ping_sessions_error(error):
    assert issubclass(getattr(ps, error), ps.PingSessionsError)


def test_every_public_name_is_there():
    assert [name for name in ps.__all__ if not hasattr(ps, name)] == []
    assert {name.partition(".")[0] for name in SIGNATURES} <= set(ps.__all__)


def test_an_archive_may_be_given_wherever_a_history_may():
    called = [getattr(ps, name) for name in ps.__all__ if callable(getattr(ps, name))]
    told = {
        one.__name__: inspect.signature(one).parameters["history"].annotation
        for one in called
        if not (inspect.isclass(one) and issubclass(one, Exception))
        and "history" in inspect.signature(one).parameters
    }
    assert len(told) > 8
    assert {name for name, type_ in told.items() if "HistoryLike" not in str(type_)} == set()
