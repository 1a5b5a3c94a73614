"""Frames against a reading of the same pages that is slow and obvious."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pingsessions_nb as ps

SESSION_FIELDS = {
    "session_id": ("id", "text"),
    "user_id": ("user.id", "text"),
    "environment_id": ("environment.id", "text"),
    "created_at": ("createdAt", "time"),
    "active_at": ("activeAt", "time"),
    "last_sign_on_at": ("lastSignOn.at", "time"),
    "last_sign_on_ip": ("lastSignOn.remoteIp", "text"),
    "browser_name": ("browser.name", "text"),
    "browser_version": ("browser.version", "text"),
    "os_name": ("operatingSystem.name", "text"),
    "os_version": ("operatingSystem.version", "text"),
    "device_type": ("device.type", "text"),
    "expires_at": ("expiresAt", "time"),
    "idle_timeout_minutes": ("idleTimeoutInMinutes", "number"),
    "user_agent": ("userAgent", "text"),
}
LOCATION_FIELDS = {
    "at": ("at", "time"),
    "remote_ip": ("remoteIp", "text"),
    "city": ("city", "text"),
    "state": ("state", "text"),
    "region": ("region", "text"),
    "country": ("country", "text"),
}
OBJECTS = {path.split(".")[0] for path, _ in SESSION_FIELDS.values() if "." in path}
NOT_TIMES = ["yesterday", "2020-02-30T00:00:00.000Z", "2020-07-22", "1595446015", "T", "24:00"]
MISSING = object()
READ_AT = datetime(2026, 3, 1, tzinfo=UTC)


# --- the reference ---------------------------------------------------------------------------


def lookup(record, path):
    for key in path.split("."):
        if not isinstance(record, dict):
            return None
        record = record.get(key)
    return record


def as_time(value):
    if not isinstance(value, str) or value in NOT_TIMES:
        return None
    time = datetime.fromisoformat(value)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def as_number(value):
    if isinstance(value, str):
        value = int(value) if re.fullmatch("[0-9]{1,9}", value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= 10**9 and value == int(value) else None


def as_cell(value, kind):
    if kind == "time":
        return as_time(value)
    if kind == "number":
        return as_number(value)
    return value if isinstance(value, str) and value != "" else None


def flat(value, path=""):
    if isinstance(value, dict) and value:
        found = {}
        for key, inner in value.items():
            found |= flat(inner, f"{path}.{key}" if path else key)
        return found
    return {path: value} if value is not None and value != "" else {}


def unknown(record, fields, skipped):
    known = {path for path, _ in fields.values()}
    objects = {path.split(".")[0] for path in known if "." in path}
    rest = {}
    for key, value in record.items():
        if key in skipped or key in known or (key in objects and not isinstance(value, dict)):
            continue
        for path, leaf in flat(value, key).items():
            of_known = any(path == name or path.startswith(f"{name}.") for name in known)
            if not of_known and not (key in objects and path == key):
                rest[path] = leaf
    return rest


def in_order(rows, time, *, newest_first):
    users = []
    for row in rows:
        if row["user_id"] not in users:
            users.append(row["user_id"])
    ordered = []
    for user in users:
        own = [row for row in rows if row["user_id"] == user]
        timed = [row for row in own if row[time] is not None]
        sign = -1 if newest_first else 1
        timed.sort(key=lambda row: sign * row[time].timestamp())
        ordered += timed + [row for row in own if row[time] is None]
    return ordered


def status(row):
    end = row["expires_at"]
    if end is None and row["idle_timeout_minutes"] is not None and row["active_at"] is not None:
        # Past the calendar's end, which Python cannot say and nobody will see.
        minutes = row["idle_timeout_minutes"]
        late = datetime.max.replace(tzinfo=UTC) - row["active_at"] < timedelta(minutes=minutes)
        end = (
            datetime.max.replace(tzinfo=UTC)
            if late
            else row["active_at"] + timedelta(minutes=minutes)
        )
    return {} if end is None else {"status": "live" if end > READ_AT else "expired"}


def reference(pages):
    sessions, locations = [], []
    for page in pages:
        for record in page["_embedded"]["sessions"]:
            row = {c: as_cell(lookup(record, p), k) for c, (p, k) in SESSION_FIELDS.items()}
            listed = record.get("locations")
            listed = [x for x in listed if isinstance(x, dict)] if isinstance(listed, list) else []
            row["location_count"] = len(listed)
            row |= status(row)
            row |= unknown(record, SESSION_FIELDS, {"_links", "locations"})
            sessions.append(row)
            for place in listed:
                event = {"session_id": row["session_id"], "user_id": row["user_id"]}
                event |= {c: as_cell(lookup(place, p), k) for c, (p, k) in LOCATION_FIELDS.items()}
                locations.append(event | unknown(place, LOCATION_FIELDS, set()))
    users = [row["user_id"] for row in sessions]
    locations.sort(key=lambda row: users.index(row["user_id"]))
    return (
        in_order(sessions, "created_at", newest_first=True),
        in_order(locations, "at", newest_first=False),
    )


def rows_of(frame, dropped=()):
    rows = []
    for record in frame.drop(columns=list(dropped)).to_dict("records"):
        rows.append(
            {
                name: value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
                for name, value in record.items()
                if isinstance(value, list | dict) or not pd.isna(value)
            }
        )
    return rows


def without_missing(rows):
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


# --- pages -----------------------------------------------------------------------------------

texts = st.text(st.characters(codec="utf-8"), max_size=8)
zones = st.one_of(
    st.none(), st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
)
usual_times = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(
    lambda t: f"{t:%Y-%m-%dT%H:%M:%S}.{t.microsecond // 1000:03d}Z"
)
odd_times = st.builds(
    lambda t, zone, spec: t.replace(tzinfo=zone).isoformat(timespec=spec),
    st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)),
    zones,
    st.sampled_from(["minutes", "seconds", "milliseconds", "microseconds"]),
)
leaves = st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False))
anything = st.recursive(
    leaves | texts | st.none(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
not_objects = st.one_of(leaves, texts, st.lists(leaves, max_size=2))
# Prefixed, so that no key collides with another one's dotted path, which is tested elsewhere.
extras = st.dictionaries(st.from_regex("x[a-z]{0,2}", fullmatch=True), anything, max_size=2)


def maybe(good, bad):
    """A field: there or absent, null, good, or bad."""
    return st.one_of(good, good, good, st.just(MISSING), st.none(), bad)


def objects(fields):
    return st.builds(
        lambda known, rest: {k: v for k, v in known.items() if v is not MISSING} | rest,
        st.fixed_dictionaries(fields),
        extras | st.just({}),
    )


not_text = st.one_of(leaves, st.lists(leaves, max_size=1), st.just({}), st.just({"a": 1}))
text = maybe(texts, not_text)
time = maybe(usual_times | odd_times, st.sampled_from(NOT_TIMES) | not_text)
minutes = st.integers(0, 2**31) | st.sampled_from(
    ["144000", "0", "x", "-5", 30.0, 1.5, True, 2**70]
)
place_fields = {"at": time, "remoteIp": text, "city": text, "state": text, "country": text}
place_fields |= {"region": text}
software = maybe(objects({"name": text, "version": text}), not_objects)
user = st.sampled_from([{"id": "ann"}, {"id": "bob"}, {"id": "eve"}])
odd_sessions = objects(
    {
        "_links": st.just({"self": {"href": "https://example.org"}}),
        "id": text,
        "environment": maybe(objects({"id": text}), not_objects),
        "user": maybe(user, not_objects),
        "createdAt": time,
        "activeAt": time,
        "lastSignOn": maybe(objects({"at": time, "remoteIp": text}), not_objects),
        "browser": software,
        "operatingSystem": software,
        "device": maybe(objects({"type": text}), not_objects),
        "expiresAt": time,
        "idleTimeoutInMinutes": maybe(minutes, not_text),
        "userAgent": text,
        "locations": maybe(
            st.lists(objects(place_fields) | st.none() | leaves, max_size=3), leaves | texts
        ),
    }
)
usual_software = st.fixed_dictionaries({"name": texts, "version": texts})
usual_sessions = st.fixed_dictionaries(
    {
        "_links": st.just({"self": {"href": "https://example.org"}}),
        "id": texts,
        "user": user,
        "createdAt": usual_times,
        "activeAt": usual_times,
        "locations": st.lists(
            st.fixed_dictionaries({"at": usual_times}, optional={"city": texts, "state": texts}),
            max_size=3,
        ),
    },
    optional={
        "browser": usual_software,
        "operatingSystem": usual_software,
        "expiresAt": usual_times,
        "idleTimeoutInMinutes": st.integers(0, 10**6).map(str),
        "userAgent": texts,
    },
)
pages = st.lists(
    st.builds(
        lambda sessions: {"_embedded": {"sessions": sessions}, "size": len(sessions)},
        st.lists(usual_sessions, max_size=4) | st.lists(odd_sessions | usual_sessions, max_size=4),
    ),
    max_size=4,
)
forms = st.sampled_from(["dicts", "compact", "pretty", "text", "lines", "list"])


def written(found, form):
    if form == "dicts":
        return found
    if form == "lines":
        return "\n".join(json.dumps(page) for page in found).encode()
    if form == "list":
        return json.dumps(found)
    if form == "text":
        return [json.dumps(page, ensure_ascii=False) for page in found]
    return [json.dumps(page, indent=2 if form == "pretty" else None).encode() for page in found]


PLACES = ("latitude", "longitude", "place_precision", "place_radius_km", "place")


def check(found, form):
    if not found and form == "lines":
        return
    expected_sessions, expected_locations = reference(found)
    sessions = ps.sessions_frame(written(found, form), read_at=READ_AT)
    locations = ps.locations_frame(written(found, form))
    assert rows_of(sessions) == without_missing(expected_sessions)
    assert rows_of(locations, PLACES) == without_missing(expected_locations)


@given(pages, forms)
def test_frames_equal_the_reference(found, form):
    check(found, form)


@settings(max_examples=3000)
@given(pages, forms)
@pytest.mark.slow
def test_frames_equal_the_reference_at_length(found, form):
    check(found, form)


def test_bad_values_are_counted_and_nothing_else_is(tmp_path):
    """As many problems as values of a wrong type: one here in each place where one can be."""
    record = {
        "id": "s", "user": {"id": "u"}, "environment": 7, "createdAt": 5, "activeAt": "never",
        "lastSignOn": {"at": "2020-02-30T00:00:00Z", "remoteIp": []},
        "browser": "Chrome", "operatingSystem": {"name": {}, "version": 1.5},
        "device": [], "locations": [None, {"at": 1, "city": True}, 3, {"at": "x"}],
    }  # fmt: skip
    history = ps.History.from_responses({"_embedded": {"sessions": [record]}})
    found = dict(zip(history.problems["field"], history.problems["value"], strict=True))
    assert found == {
        "environment": "7", "createdAt": "5", "activeAt": '"never"',
        "lastSignOn.at": '"2020-02-30T00:00:00Z"', "lastSignOn.remoteIp": "[]",
        "browser": '"Chrome"', "operatingSystem.name": "{}", "operatingSystem.version": "1.5",
        "device": "[]", "locations[0]": "null", "locations[1].at": "1", "locations[1].city": "true",
        "locations[2]": "3", "locations[3].at": '"x"',
    }  # fmt: skip
    assert set(history.problems["session_id"]) == {"s"}
    assert history.sessions["location_count"].tolist() == [2]


@pytest.mark.parametrize("unknown", [{}, {"x": 1}])
@pytest.mark.parametrize("unknown_of_place", [{}, {"y": 1}])
@pytest.mark.parametrize("first", [[], [None]])
def test_a_bad_time_is_named_by_its_place_in_the_list(unknown, unknown_of_place, first):
    places = [{"at": "2020-07-22T19:26:10.680Z"}, {"at": "later", **unknown_of_place}]
    record = {"id": "s", "user": {"id": "u"}, "locations": first + places, **unknown}
    other = {"id": "t", "user": {"id": "u"}, "locations": places[:1]}
    page = json.dumps({"_embedded": {"sessions": [other, record]}})
    problems = ps.History.from_responses(page).problems
    named = problems.set_index("field").drop("locations[0]", errors="ignore")
    assert named.index.tolist() == [f"locations[{len(first) + 1}].at"]
    assert named["session_id"].tolist() == ["s"]
