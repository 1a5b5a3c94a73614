"""The sandbox over real HTTP: PingOne's paths, parameters, shapes and errors."""

import json
import re
import uuid
from pathlib import Path

import httpx
import pytest

from pingsessions_nb.sandbox import SyntheticTenant, create_app, running

DOCUMENTED = "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"
ENVIRONMENT = SyntheticTenant.environment_id
HERE = f"/v1/environments/{ENVIRONMENT}"
SEED_PAGE = Path(__file__).parents[2] / "pingsessions_nb/sandbox/data/documented_sessions.json"


def sign_in(base_url):
    answer = httpx.post(
        f"{base_url}/{ENVIRONMENT}/as/token",
        data={"grant_type": "client_credentials"},
        auth=("sandbox-client", "sandbox-secret"),
    )
    token = answer.raise_for_status().json()["access_token"]
    return httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture(scope="module")
def tenant():
    return SyntheticTenant(users=450)


@pytest.fixture(scope="module")
def client(tenant):
    with running(create_app(tenant)) as base_url, sign_in(base_url) as client:
        yield client


def problem(answer, status, code):
    assert answer.status_code == status
    body = answer.json()
    assert body["code"] == code
    uuid.UUID(body["id"])
    return body


def everybody(client, **params):
    address, users = f"{HERE}/users", []
    answer = client.get(address, params=params).json()
    while True:
        users += answer["_embedded"]["users"]
        if "next" not in answer["_links"]:
            return users
        answer = client.get(answer["_links"]["next"]["href"]).json()


def test_documented_user_gets_the_documented_answer(client):
    answer = client.get(f"{HERE}/users/{DOCUMENTED}/sessions")
    assert answer.headers["content-type"] == "application/hal+json;charset=UTF-8"
    assert answer.json() == json.loads(SEED_PAGE.read_text())
    assert answer.json()["_embedded"]["sessions"][1]["activeAt"] == "2020-07-30T18:51:39.384Z"


def test_sessions_are_ten_at_most_newest_first_with_links_to_this_server(client, tenant):
    counts = []
    for user in tenant.users[1:60]:
        page = client.get(f"{HERE}/users/{user['id']}/sessions").json()
        sessions = page["_embedded"]["sessions"]
        created = [session["createdAt"] for session in sessions]
        assert created == sorted(created, reverse=True)
        assert page["count"] == page["size"] == len(sessions) <= 10
        counts.append(len(sessions))
        assert page["_links"]["self"]["href"].startswith(str(client.base_url))
        for session in sessions:
            assert len(session.get("locations", ())) <= 5
            assert session["user"]["id"] == user["id"]
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", session["activeAt"])
    assert max(counts) == 10


def test_one_session_and_its_end(client, tenant):
    user_id = tenant.users[20]["id"]
    sessions = client.get(f"{HERE}/users/{user_id}/sessions").json()["_embedded"]["sessions"]
    address = sessions[0]["_links"]["self"]["href"]
    assert client.get(address).json() == sessions[0]
    ended = client.delete(address)
    assert ended.status_code == 204
    assert ended.content == b""
    problem(client.get(address), 404, "NOT_FOUND")
    problem(client.delete(address), 404, "NOT_FOUND")
    left = client.get(f"{HERE}/users/{user_id}/sessions").json()
    assert left["_embedded"]["sessions"] == sessions[1:]


def test_users_are_paged_by_cursor(client, tenant):
    first = client.get(f"{HERE}/users", params={"limit": 1000}).json()
    assert first["size"] == 200
    assert first["count"] == 450
    users = everybody(client, limit=200)
    assert [user["id"] for user in users] == [user["id"] for user in tenant.users]
    assert len({user["username"] for user in users}) == 450
    again = everybody(client, limit=7, expand="population")
    assert [user["id"] for user in again] == [user["id"] for user in users]
    assert {user["_embedded"]["population"]["name"] for user in again} == {
        "Employees",
        "Contractors",
        "Stores",
        "Partners",
    }


def test_populations_count_their_users(client):
    populations = client.get(f"{HERE}/populations").json()["_embedded"]["populations"]
    assert sum(population["default"] for population in populations) == 1
    for population in populations:
        members = everybody(client, filter=f'population.id eq "{population["id"]}"')
        assert len(members) == population["userCount"] > 0


def test_one_user_and_environments(client):
    user = client.get(f"{HERE}/users/{DOCUMENTED}").json()
    assert user["username"] == "june.larkin"
    assert user["lastSignOn"] == {"at": "2020-07-30T18:51:01.887Z", "remoteIp": "174.xx.xx.xxx"}
    listed = client.get("/v1/environments").json()["_embedded"]["environments"]
    assert [environment["id"] for environment in listed] == [ENVIRONMENT]
    assert client.get(HERE).json() == listed[0]


@pytest.mark.parametrize(
    "text",
    [
        'username eq "{username}"',
        'USERNAME EQ "{username}"',
        'email eq "{email}"',
        'username sw "{username}"',
        'name.given eq "{given}" and name.family eq "{family}"',
        'name.formatted eq "{given} {family}"',
        '(name.given co "{given}" or name.given eq "Nobody") and name.family ew "{family}"',
    ],
)
def test_filters_find_the_user(client, tenant, text):
    user = next(user for user in tenant.users[5:] if "email" in user and user["enabled"])
    wanted = text.format(**user, **user["name"])
    assert user["id"] in {found["id"] for found in everybody(client, filter=wanted)}
    nobody = everybody(client, filter=f'{wanted} and username eq "june.larkin"')
    assert nobody == []


def test_filters_agree_with_reading_everybody(client, tenant):
    users = list(tenant.users)
    expected = {user["id"] for user in users if user["name"]["given"].casefold().startswith("a")}
    assert {user["id"] for user in everybody(client, filter='name.given sw "a"')} == expected
    expected = {user["id"] for user in users if not user["enabled"]}
    found = everybody(client, filter="enabled eq false")
    assert {user["id"] for user in found} == expected
    assert expected
    expected = {user["id"] for user in users if user.get("email", "").endswith("e@bxretail.org")}
    found = everybody(client, filter='email ew "e@bxretail.org"', limit=3)
    assert {user["id"] for user in found} == expected


def test_filters_by_group_and_in_parentheses(client, tenant):
    groups = client.get(f"{HERE}/groups").json()["_embedded"]["groups"]
    ids = {group["name"]: group["id"] for group in groups}
    buyers = {user["id"] for user in tenant.users if user.get("title") == "Buyer"}
    assert 5 < len(buyers) < 100
    is_buyer = f'memberOfGroups[id eq "{ids["Buyer"]}"]'
    assert {user["id"] for user in everybody(client, filter=is_buyer)} == buyers
    staff = tenant.populations[0]["id"]
    wanted = f'(({is_buyer.upper().replace("EQ", "eq")}) or memberofgroups [ id EQ "x"]) and ('
    wanted = f'{wanted}population.id eq "{staff}" or address.countryCode sw "U")'
    found = everybody(client, filter=wanted)
    expected = {
        u["id"] for u in tenant.users if u["id"] in buyers and u["population"]["id"] == staff
    }
    assert {user["id"] for user in found} == expected
    assert expected
    for absent in ('accountId eq "x"', 'startDate eq "2025-01-01"', 'endDate eq "2025"'):
        assert everybody(client, filter=absent) == []


def test_quotes_do_not_break_out_of_a_value(client):
    hostile = json.dumps('x" or enabled eq true or username eq "y')
    assert everybody(client, filter=f"username eq {hostile}") == []


@pytest.mark.parametrize(
    "text",
    [
        "createdAt gt 3",
        'username co "a"',
        'email co "a"',
        'enabled sw "t"',
        'enabled eq "true"',
        "username eq a",
        'username eq "a',
        'username eq "a" or',
        '(username eq "a"',
        'username eq "a" username eq "b"',
        "username pr",
        'lastSignOn.at eq "2020"',
        'not (username eq "a")',
        'memberOfGroups eq "x"',
        'memberOfGroups[id sw "x"]',
        'memberOfGroups[name eq "x"]',
        'memberOfGroups[id eq "x"',
        'memberOfGroups(id eq "x")',
        'username eq "a"]',
    ],
)
def test_wrong_filters_are_refused(client, text):
    body = problem(client.get(f"{HERE}/users", params={"filter": text}), 400, "INVALID_REQUEST")
    assert body["details"][0]["target"] == "filter"
    assert body["details"][0]["message"]


@pytest.mark.parametrize("params", [{"limit": "0"}, {"limit": "many"}, {"cursor": "!!"}])
def test_wrong_parameters_are_refused(client, params):
    problem(client.get(f"{HERE}/users", params=params), 400, "INVALID_REQUEST")


def test_errors_say_what_is_wrong(client):
    somebody = uuid.uuid4()
    body = problem(client.get(f"{HERE}/users/{somebody}/sessions"), 404, "NOT_FOUND")
    assert str(somebody) in body["details"][0]["message"]
    problem(client.get(f"{HERE}/users/me/sessions"), 400, "INVALID_DATA")
    problem(client.get(f"{HERE}/users/{DOCUMENTED}/sessions/{somebody}"), 404, "NOT_FOUND")
    problem(client.get(f"/v1/environments/{somebody}/users"), 404, "NOT_FOUND")
    for unknown in (
        httpx.get(f"{client.base_url}{HERE}/users"),
        client.get(f"{HERE}/users", headers={"Authorization": "Bearer forged"}),
    ):
        (detail,) = problem(unknown, 401, "ACCESS_FAILED")["details"]
        assert detail["code"] == "INVALID_TOKEN"


@pytest.mark.parametrize("path", ["/", "/v1", f"{HERE}/sessions", f"{HERE}/users/{DOCUMENTED}/x"])
def test_unknown_paths_get_the_gateways_misleading_403(client, path):
    answer = client.get(path)
    assert answer.status_code == 403
    assert answer.json()["message"].startswith("Invalid key=value pair (missing equal-sign)")


def test_roles_at_populations_hide_everybody_else(tenant):
    app = create_app(tenant, populations=["Stores"])
    with running(app) as base_url, sign_in(base_url) as client:
        listed = client.get(f"{HERE}/populations").json()["_embedded"]["populations"]
        assert [population["name"] for population in listed] == ["Stores"]
        members = everybody(client)
        assert len(members) == listed[0]["userCount"]
        assert client.get(f"{HERE}/users/{members[0]['id']}/sessions").status_code == 200
        body = problem(client.get(f"{HERE}/users/{DOCUMENTED}/sessions"), 403, "ACCESS_FAILED")
        assert body["details"][0]["code"] == "INSUFFICIENT_PERMISSIONS"
        assert everybody(client, filter='username eq "june.larkin"') == []


def test_settings_that_make_no_sense_are_refused(tenant):
    with pytest.raises(ValueError, match="no such population: Martians"):
        create_app(tenant, populations=["Martians"])
    with pytest.raises(ValueError, match="rate must be above 0"):
        create_app(tenant, rate=0)
    with pytest.raises(ValueError, match="latency_ms"):
        create_app(tenant, latency_ms=-1)
    with pytest.raises(ValueError, match="page_limit"):
        create_app(tenant, page_limit=500)
    with pytest.raises(ValueError, match="token_seconds"):
        create_app(tenant, token_seconds=0)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"cursor": "LTEwMA=="}, 400),  # -100
        ({"limit": "9" * 5000}, 200),
        ({"filter": "(" * 3000 + 'username eq "x"' + ")" * 3000}, 400),
    ],
)
def test_what_makes_no_sense_is_no_fault_of_the_server(client, query, status):
    assert client.get(f"{HERE}/users", params=query).status_code == status
