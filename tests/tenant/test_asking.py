"""Users, populations and histories, over HTTP, as an analyst asks for them."""

from __future__ import annotations

import asyncio
import concurrent.futures
import json
import time

import pandas as pd
import pytest
from conftest import SEED_USER
from pandas.testing import assert_frame_equal

import pingsessions_nb as ps


def test_the_documented_user_comes_as_documented(sandbox):
    history = sandbox.connect().history(SEED_USER)
    assert history.sessions["session_id"].tolist() == [
        "9729e107-bb00-4c46-8b49-7c0c1d51761c",
        "465b7031-292f-4641-941f-e21240a88a43",
    ]
    assert history.sessions["location_count"].tolist() == [4, 1]
    assert set(history.locations["place"]) == {"Tacoma, Washington, US"}
    assert history.users["user_id"].tolist() == [SEED_USER]
    assert history.failures.empty


def test_a_user_is_told_by_id_username_or_email(sandbox):
    tenant = sandbox.connect()
    person = sandbox.synthetic.users[3]
    by_id = tenant.history(person["id"])
    assert len(by_id.sessions) > 0
    for name in (person["username"], person["email"].upper(), f" {person['id'].upper()} "):
        found = tenant.history(name)
        assert_frame_equal(found.sessions, by_id.sessions)
        assert_frame_equal(found.users, by_id.users)


def test_users_come_in_the_order_asked_for_and_once(sandbox):
    tenant = sandbox.connect()
    people = sandbox.synthetic.users[:6]
    asked = [people[4]["id"], people[1]["username"], people[4]["email"], people[2]["id"]]
    history = tenant.history(asked)
    expected = [people[i]["id"] for i in (4, 1, 2)]
    assert history.users["user_id"].tolist() == expected
    assert history.sessions["user_id"].unique().tolist() == expected


def test_a_frame_of_users_saves_asking_for_them(sandbox):
    tenant = sandbox.connect()
    frame = tenant.users().sample(8, random_state=1)
    sandbox.recorder.calls.clear()
    history = tenant.history(frame)
    assert len(sandbox.recorder.api) == 8
    assert_frame_equal(history.users, frame.reset_index(drop=True))
    assert history.sessions["user_id"].unique().tolist() == frame["user_id"].tolist()
    assert_frame_equal(tenant.history(frame["user_id"]).sessions, history.sessions)


def test_everybody_is_read_page_after_page(start):
    sandbox = start(users=45, page_limit=10)
    history = sandbox.connect().history()
    assert history.users["user_id"].tolist() == [user["id"] for user in sandbox.synthetic.users]
    assert len(sandbox.recorder.of("/users")) == 5
    expected = [
        session["id"]
        for user in sandbox.synthetic.users
        for session in sandbox.synthetic.sessions(user["id"])["_embedded"]["sessions"]
    ]
    assert sorted(history.sessions["session_id"]) == sorted(expected)


def test_over_http_and_inside_the_process_the_same_comes(start):
    over_http = start(users=30, seed=3).connect().history()
    inside = ps.demo(users=30, seed=3).history()
    over_http.read_at = inside.read_at  # which a demo's clock says
    for name in ("users", "sessions", "locations"):
        assert_frame_equal(getattr(over_http, name), getattr(inside, name))


def test_search_finds_users_all_of_whose_words_begin_a_name(sandbox):
    tenant = sandbox.connect()
    person = sandbox.synthetic.users[5]
    given, family = person["name"]["given"], person["name"]["family"]
    for text in (f"{given[:3]} {family[:4]}", person["username"][:-1], person["id"]):
        assert person["id"] in tenant.users(search=text)["user_id"].tolist()
    assert tenant.users(search=f"{given} nobodyatall").empty
    assert tenant.users(search="00000000-0000-4000-8000-000000000000").empty
    assert len(tenant.users(search="  ")) == 20


def test_a_name_is_found_as_it_is_pasted(sandbox):
    tenant = sandbox.connect()
    person = sandbox.synthetic.users[5]
    given, family = person["name"]["given"], person["name"]["family"]
    for text in (f"{family}, {given}", f'"{given} {family}" <{person["email"]}>;'):
        assert tenant.users(search=text)["user_id"].tolist() == [person["id"]]
    assert tenant.users(search=",").empty  # not everybody


def test_a_search_is_done_by_the_server(start):
    sandbox = start(users=500)
    sandbox.connect().users(search=sandbox.synthetic.users[400]["username"])
    (call,) = sandbox.recorder.of("/users")
    assert "filter=" in call.query


def test_limit_filter_and_population_narrow_the_list(start):
    sandbox = start(users=60, page_limit=10)
    tenant = sandbox.connect()
    assert tenant.users(limit=25)["user_id"].tolist() == [
        user["id"] for user in sandbox.synthetic.users[:25]
    ]
    assert len(sandbox.recorder.of("/users")) == 3
    populations = tenant.populations()
    assert populations["user_count"].sum() == 60
    for row in populations.itertuples():
        by_name = tenant.users(population=row.name.upper())
        assert len(by_name) == row.user_count
        assert_frame_equal(by_name, tenant.users(population=row.population_id))
    family = sandbox.synthetic.users[7]["name"]["family"]
    found = tenant.users(filter=f'name.family eq "{family}"', search=family[:2])
    assert set(found["family_name"]) == {family}


def test_a_population_that_is_not_there_is_a_sentence_with_those_that_are(sandbox):
    with pytest.raises(ps.NotFound, match=r"no population 'Martians'.*Employees"):
        sandbox.connect().users(population="Martians")


def test_asking_works_inside_a_running_event_loop(sandbox):
    async def in_a_notebook():
        return sandbox.connect().users(limit=3)

    assert len(asyncio.run(in_a_notebook())) == 3


def test_threads_share_a_tenant(sandbox):
    tenant = sandbox.connect()
    ids = [user["id"] for user in sandbox.synthetic.users]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        histories = list(pool.map(tenant.history, ids))
    assert [h.users["user_id"].item() for h in histories] == ids
    assert len(sandbox.recorder.tokens) == 1


def test_a_newer_search_cancels_an_older_one(start):
    tenant = start(latency_ms=300).connect()
    tenant.populations()
    older = tenant.search_users("a")
    time.sleep(0.05)
    assert older.cancel()
    assert len(tenant.search_users("", limit=7).result(timeout=20)) == 7
    with pytest.raises(concurrent.futures.CancelledError):
        older.result()


@pytest.mark.parametrize("nobody", ["nobody", "no\"bo'dy", "00000000-0000-4000-8000-000000000000"])
def test_one_unknown_user_is_an_error_and_in_a_list_a_row(sandbox, nobody):
    tenant = sandbox.connect()
    with pytest.raises(ps.NotFound) as raised:
        tenant.history(nobody)
    assert nobody in str(raised.value) or repr(nobody) in str(raised.value)
    assert raised.value.status == 404
    known = sandbox.synthetic.users[1]["id"]
    with pytest.warns(UserWarning, match="1 of 2 users could not be read"):
        history = tenant.history([nobody, known])
    assert history.users["user_id"].tolist() == [known]
    (row,) = history.failures.itertuples(index=False)
    assert (row.user_id, row.status, row.code) == (nobody, 404, "NOT_FOUND")
    assert list(history.failures.columns) == ["user_id", "error", "status", "code"]


@pytest.mark.parametrize("wrong", [[1, 2], [None], [""], 5, pd.DataFrame({"id": ["x"]})])
def test_what_is_no_user_is_refused_before_anything_is_sent(sandbox, wrong):
    tenant = sandbox.connect()
    with pytest.raises(ps.ConfigurationError, match="user"):
        tenant.history(wrong)
    assert sandbox.recorder.calls == []


@pytest.mark.parametrize("path", ["..", "x/../..", "User-7f3a", "?limit=1"])
def test_what_is_no_id_in_a_frame_never_becomes_a_path(sandbox, path):
    tenant = sandbox.connect()
    known = sandbox.synthetic.users[1]["id"]
    with pytest.warns(UserWarning, match="1 of 2 users could not be read"):
        history = tenant.history(pd.DataFrame({"user_id": [path, known], "username": ["a", "b"]}))
    assert history.failures["user_id"].tolist() == [path]
    assert history.users["user_id"].tolist() == [known]
    assert all(known in call.path for call in sandbox.recorder.api)


def test_many_names_are_looked_up_side_by_side(start):
    sandbox = start(users=20, latency_ms=600)
    names = [user["username"] for user in sandbox.synthetic.users]
    assert sandbox.connect().history(names).users["username"].tolist() == names
    one, other = (call.at for call in sandbox.recorder.of("/users"))
    assert other - one < 0.5  # the other did not wait for the answer to the one


def test_nobody_at_all_is_an_empty_history(sandbox):
    history = sandbox.connect().history([])
    assert (len(history.users), len(history.sessions), len(history.failures)) == (0, 0, 0)
    assert "username" in history.users.columns


def test_users_of_other_populations_are_not_readable(start):
    sandbox = start(users=40, populations=["Stores"])
    tenant = sandbox.connect()
    seen = tenant.users()
    assert set(seen["population_name"]) == {"Stores"}
    hidden = next(
        user["id"] for user in sandbox.synthetic.users if user["id"] not in set(seen["user_id"])
    )
    with pytest.raises(ps.PermissionDenied, match=r"service.*role.*scope"):
        tenant.history(hidden)
    with pytest.warns(UserWarning, match="could not be read"):
        history = tenant.history([seen["user_id"].iloc[0], hidden])
    assert history.failures["code"].tolist() == ["ACCESS_FAILED"]
    assert len(history.sessions) > 0


def test_a_filter_by_group_and_population_is_handed_on_whole(sandbox):
    group = sandbox.synthetic.groups[0]
    title = next(user["title"] for user in sandbox.synthetic.users[3:] if "title" in user)
    wanted = f'memberOfGroups[id eq "{group["id"]}"] or (enabled eq true and title eq "{title}")'
    found = sandbox.connect().users(filter=wanted)
    assert found["user_id"].tolist() == [
        user["id"]
        for user in sandbox.synthetic.users
        if user.get("title") == group["name"] or (user["enabled"] and user.get("title") == title)
    ]
    assert 0 < len(found) < 20
    name = found["population_name"].iloc[0]
    inside = sandbox.connect().users(filter=wanted, population=name)
    assert inside["user_id"].tolist() == found["user_id"][found["population_name"] == name].tolist()


def test_places_in_the_tenants_own_words_travel_to_its_histories(sandbox, answer, tmp_path):
    location = {"at": "2025-01-02T03:04:05Z", "city": "plant 4", "country": "germany"}
    session = {"id": "s-1", "user": {"id": SEED_USER}, "locations": [location]}
    page = json.dumps({"_embedded": {"sessions": [session]}}).encode()
    sandbox.recorder.instead["/sessions"] = answer(200, page)
    assert sandbox.connect().history(SEED_USER).locations["place"].tolist() == ["Germany"]
    file = tmp_path / "places.csv"
    file.write_text("city,state,country,latitude,longitude\nPlant 4,,Germany,51.5,7.2\n")
    aliases = {("plant 4", None, "germany"): ("essen", None, "germany")}
    for given, place in (
        (file, "plant 4, germany"),
        (aliases, "Essen, North Rhine-Westphalia, DE"),
    ):
        tenant = sandbox.connect(place_aliases=given, known_networks={"Lab": "10.9.0.0/16"})
        history = tenant.history(SEED_USER)
        assert history.locations["place"].tolist() == [place]
        assert history.for_sessions("s-1").locations["place"].tolist() == [place]
        assert (history.known_networks, len(history.users)) == ({"Lab": "10.9.0.0/16"}, 1)
    with pytest.raises(ps.ConfigurationError, match="file of places"):
        sandbox.connect(place_aliases=tmp_path / "none.csv")
