"""What is no session and no user is never read as one in silence."""

import json

import pytest

import pingsessions_nb as ps

AT = "2026-04-02T06:30:00.000Z"
WHOSE = {"id": "3b1f", "environment": {"id": "e-4"}, "user": {"id": "u-9"}}
OTHERS = {
    "an MFA device": WHOSE | {"type": "TOTP", "status": "ACTIVE", "createdAt": AT},
    "an MFA device, by mail": WHOSE
    | {"type": "EMAIL", "status": "ACTIVE", "email": "kim@example.com", "updatedAt": AT},
    "a consent": WHOSE | {"agreement": {"id": "a-2"}, "status": "REVOKED"},
    "a linked account": WHOSE | {"identityProvider": {"id": "i"}, "externalId": "77"},
    "an assignment of a role": {
        "id": "r-1",
        "role": {"id": "x"},
        "scope": {"id": "e-4", "type": "ENVIRONMENT"},
    },
    "an audit activity": {"id": "v", "recordedAt": AT, "actors": {"user": {"id": "u-9"}}},
    "a group": {"id": "g", "population": {"id": "p"}, "name": "Night shift", "createdAt": AT},
    "a population": {"id": "p", "name": "Staff", "userCount": 12},
    "a risk evaluation": WHOSE | {"createdAt": AT, "result": {"level": "LOW"}},
}
SESSIONS = {
    "whole": WHOSE | {"createdAt": AT, "activeAt": AT, "type": "new field"},
    "of little": {"id": "s", "user": {"id": "u-9"}},
    "without activity": WHOSE | {"createdAt": AT, "lastSignOn": {"at": AT}},
    "anonymous": {"id": "s", "environment": {"id": "e-4"}, "activeAt": AT, "lastSignOn": None},
}
USERS = {
    "whole": {"id": "u", "username": "kim", "type": "EMPLOYEE", "status": "new field"},
    "of little": {"id": "u", "email": "kim@example.com"},
    "of one population": {"id": "u", "population": {"id": "p"}, "name": {"given": "Kim"}},
}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("raw", [True, False], ids=["raw", "decoded"])
def test_another_resource_is_refused_with_its_name(name, raw):
    record = json.dumps(OTHERS[name]) if raw else OTHERS[name]
    with pytest.raises(ps.MalformedResponse) as error:
        ps.History.from_responses(record)
    known = name.split(",")[0]
    assert (known in str(error.value)) == (known != "a risk evaluation")


@pytest.mark.parametrize("name", OTHERS)
def test_another_resource_among_sessions_is_a_failure(name, tmp_path):
    lines = [WHOSE | {"activeAt": AT}, OTHERS[name], {"id": "s-2", "user": {"id": "u-9"}}]
    (tmp_path / "mixed.ndjson").write_text("\n".join(map(json.dumps, lines)))
    history = ps.read_history(tmp_path)
    assert history.sessions["session_id"].tolist() == ["3b1f", "s-2"]
    assert len(history.users) == 0
    (sentence,) = history.failures["error"]
    assert sentence.startswith("mixed.ndjson has a line 2 which ")


@pytest.mark.parametrize("record", SESSIONS.values(), ids=SESSIONS)
def test_a_bare_session_is_read(record):
    history = ps.History.from_responses(json.dumps(record))
    assert len(history) == 1
    assert history.sessions["environment_id"].notna().all() == ("environment" in record)


@pytest.mark.parametrize("record", USERS.values(), ids=USERS)
def test_a_bare_user_is_read(record):
    history = ps.History.from_responses(json.dumps(record))
    assert history.users["user_id"].tolist() == ["u"]
    assert len(history) == 0


@pytest.mark.parametrize(
    "page",
    [
        {"count": 0, "size": 0},
        {"_links": {"self": {"href": "x"}}, "size": "0"},
        {"_embedded": {}, "count": 0},
        {"_embedded": None, "size": 0},
        {"_embedded": [], "size": 0},
        {"_embedded": {"sessions": None}, "size": 0},
    ],
)
def test_a_page_that_counts_nothing_is_empty(page, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(page))
    (tmp_path / "b.json").write_text("{")
    history = ps.read_history(tmp_path)
    assert (len(history), len(history.users), len(history.failures)) == (0, 0, 1)


@pytest.mark.parametrize(
    "page", [{"_embedded": {}}, {"size": 3}, {"_embedded": {"sessions": None}, "size": 2}]
)
def test_a_page_that_lost_its_list_is_refused(page):
    with pytest.raises(ps.MalformedResponse, match="_embedded"):
        ps.sessions_frame(page)
