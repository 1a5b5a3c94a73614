"""`History`: showing, slicing, joining, saving."""

import pandas as pd
import pytest

import pingsessions_nb as ps
from pingsessions_nb.history import failure_frame

FRAMES = ("users", "sessions", "locations", "failures", "problems")


def session(user, number, created, active=None, **fields):
    return {
        "id": f"{user}-{number}",
        "user": {"id": user},
        "createdAt": created,
        "activeAt": active or created,
        **fields,
    }


def at(day, hour=0):
    return f"2026-01-{day:02d}T{hour:02d}:00:00.000Z"


def place(day, city="tacoma", hour=0):
    return {"at": at(day, hour), "city": city, "state": "washington", "country": "united states"}


def page(*sessions):
    return {"_embedded": {"sessions": list(sessions)}}


USERS = {
    "_embedded": {
        "users": [
            {
                "id": "11111111-aaaa",
                "username": "Ann",
                "email": "ann@example.org",
                "population": {"id": "p1", "name": "Staff"},
            },
            {"id": "22222222-bbbb", "username": "bob", "population": {"id": "p2"}},
        ]
    }
}
ANN, BOB = "11111111-aaaa", "22222222-bbbb"


@pytest.fixture
def history():
    return ps.History.from_responses(
        [
            USERS,
            page(
                session(ANN, 2, at(10), at(12), locations=[place(11), place(12)]),
                session(ANN, 1, at(1), at(2), locations=[place(2)]),
            ),
            page(session(BOB, 1, at(5), at(6), tags=["a", 1], locations=[place(5), place(6)])),
        ]
    )


def same(left, right):
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(left, name), getattr(right, name))


def ids(history):
    return history.sessions["session_id"].tolist()


def test_it_says_what_it_holds(history):
    assert repr(history) == "History(2 users, 3 sessions, 5 locations, 2026-01-01 to 2026-01-12)"
    assert len(history) == 3
    assert history.user_ids == (ANN, BOB)
    assert history.since == pd.Timestamp(at(1))
    assert history.until == pd.Timestamp(at(12))
    assert (history.label(ANN), history.label("33333333-cccc")) == ("Ann", "33333333")
    html = history._repr_html_()
    for words in ("2026-01-01 00:00 to 2026-01-12 00:00 UTC", "Ann, bob", ">5<", "locations"):
        assert words in html


def test_nothing_says_so():
    nothing = ps.History.from_responses([])
    assert repr(nothing) == "History(0 users, 0 sessions, 0 locations)"
    assert nothing.since is None
    assert "Nothing with a time" in nothing._repr_html_()


def test_what_it_shows_is_text_never_markup():
    attack = "<img src=x onerror=alert(1)>"
    shown = ps.History.from_responses(
        [
            {"_embedded": {"users": [{"id": ANN, "username": attack}]}},
            page(session(ANN, 1, attack) | {attack: 1, "browser": attack}),
        ]
    )._repr_html_()
    assert "<img" not in shown
    assert shown.count("&lt;img") == 2  # the username and the first problem


def test_users_are_chosen_by_id_name_address_or_frame(history):
    for asked in (ANN, "ann", "ANN@example.org", [ANN, "nobody"], history.users.head(1)):
        chosen = history.for_users(asked)
        assert ids(chosen) == [f"{ANN}-2", f"{ANN}-1"]
        assert chosen.users["user_id"].tolist() == [ANN]
        assert len(chosen.locations) == 3


def test_a_population_is_chosen_by_id_or_name(history):
    assert ids(history.in_population("staff")) == ids(history.in_population("p1"))
    assert history.in_population("p2").user_ids == (BOB,)
    assert ids(history.in_population("p3")) == []


def test_a_part_has_the_failures_and_problems_of_its_own_users():
    whole = ps.History.from_responses(
        [
            page(session("a", 1, "never", at(1)), session("b", 1, "never", at(1))),
            {"_embedded": {"users": [{"id": name, "username": 5} for name in "ab"]}},
        ]
    )
    rows = [
        ("b", "No.", 403, "ACCESS_FAILED"),
        ("c", "No.", 404, None),
        (None, "f.json", None, None),
    ]
    whole.failures = failure_frame(rows)
    part = whole.for_users(["a", "c"])
    assert part.problems["field"].tolist() == ["createdAt", "users.username"]
    assert part.problems["user_id"].tolist() == ["a", "a"]
    assert part.failures["user_id"].fillna("-").tolist() == ["c", "-"]
    assert len(whole.between().problems) == 4


def test_sessions_are_chosen_by_id(history):
    chosen = history.for_sessions([f"{BOB}-1"])
    assert ids(chosen) == [f"{BOB}-1"]
    assert set(chosen.locations["session_id"]) == {f"{BOB}-1"}
    assert chosen.user_ids == (BOB, ANN)


@pytest.mark.parametrize(
    ("since", "until", "sessions", "locations"),
    [
        (None, None, 3, 5),
        ("2026-01-06", None, 2, 3),
        ("2026-01-06T00:00:00.001Z", None, 1, 2),
        (None, "2026-01-05", 1, 1),
        ("2026-01-11", "2026-01-12", 1, 1),
        (pd.Timestamp("2026-01-12T01:00+01:00"), None, 1, 1),
        ("2026-01-13", None, 0, 0),
    ],
)
def test_a_time_is_chosen_from_since_until_before_until(history, since, until, sessions, locations):
    chosen = history.between(since, until)
    assert (len(chosen.sessions), len(chosen.locations)) == (sessions, locations)
    assert chosen.sessions["location_count"].sum() == locations
    assert len(history.locations) == 5


def test_a_limit_that_is_no_time_is_refused(history):
    with pytest.raises(ps.ConfigurationError, match="since='soon' is not a time"):
        history.between("soon")
    with pytest.raises(ps.ConfigurationError, match="until=1767225600 is not a time"):
        history.between(until=1767225600)


def test_joining_a_history_to_itself_changes_nothing(history):
    same(ps.History.concat([history, history]), history)


def test_joining_parts_gives_the_whole(history):
    parts = [history.for_users(ANN), history.for_users(BOB)]
    same(ps.History.concat(parts), history)


@pytest.mark.parametrize("again", [[ANN], [BOB], [BOB, ANN]])
def test_joining_a_part_again_leaves_the_order_as_it_was(history, again):
    tied = [session(ANN, number, at(20)) for number in (7, 8, 9)]
    whole = ps.History.concat([history, ps.History.from_responses(page(*tied))])
    whole.sessions = whole.sessions.drop(columns="tags")
    part = whole.for_users(again).for_sessions([f"{ANN}-8", f"{ANN}-1", f"{BOB}-1"])
    same(ps.History.concat([whole, part]), whole)


def snapshots():
    """The same session seen three times; PingOne had forgotten its oldest location by then."""
    first = session("u", 1, at(1), at(2), browser={"name": "Chrome", "version": "1"})
    first |= {"locations": [place(1), place(2)], "nickname": "old"}
    second = session("u", 1, at(1), at(4), browser={"name": "Chrome", "version": "2"})
    second |= {"locations": [place(2), place(4, "seattle")]}
    return page(first, session("u", 0, at(1), at(9))), page(second)


@pytest.mark.parametrize("turned", [False, True])
def test_a_session_seen_twice_has_its_newest_facts_and_all_locations(turned):
    pages = snapshots()[:: -1 if turned else 1]
    for joined in (
        ps.History.from_responses(pages),
        ps.History.concat(ps.History.from_responses(one) for one in pages),
    ):
        found = joined.sessions.set_index("session_id").loc["u-1"]
        assert len(joined) == 2
        assert found["active_at"] == pd.Timestamp(at(4))
        assert found["browser_version"] == "2"
        assert found["nickname"] == "old"  # the newest does not say
        assert found["location_count"] == 3
        events = joined.locations
        assert events["at"].dt.day.tolist() == [1, 2, 4]
        assert events["city"].tolist() == ["tacoma", "tacoma", "seattle"]
        assert joined.sessions.dtypes.drop("nickname").equals(
            ps.sessions_frame(page(session("u", 1, at(1)))).dtypes
        )


def test_joining_is_the_same_however_it_is_grouped():
    a, b, c = (
        ps.History.from_responses(one)
        for one in (*snapshots(), page(session("u", 1, at(1), at(3), locations=[place(3)])))
    )
    left = ps.History.concat([ps.History.concat([a, b]), c])
    right = ps.History.concat([a, ps.History.concat([b, c])])
    same(left, right)
    assert left.sessions.set_index("session_id")["location_count"].to_dict() == {"u-1": 4, "u-0": 0}


def test_a_user_seen_twice_is_the_one_updated_last():
    old = {"id": "u", "username": "old", "title": "x", "updatedAt": at(1)}
    new = {"id": "u", "username": "new", "updatedAt": at(2)}
    for users in ([old, new], [new, old]):
        found = ps.History.from_responses({"_embedded": {"users": users}}).users
        assert found["username"].tolist() == ["new"]
        assert found["title"].tolist() == ["x"]


def test_saving_and_loading_loses_nothing(history, tmp_path):
    history = ps.History.concat([history, ps.History.from_responses(page({"id": 1, "user": {}}))])
    saved = history.save(tmp_path / "deep" / "kept")
    same(ps.History.load(saved), history)
    assert ps.History.load(saved).sessions["tags"].dropna().tolist() == [["a", 1]]
    history.for_users(ANN).save(saved)  # replaces
    same(ps.History.load(saved), history.for_users(ANN))
    same(ps.read_history(saved), history.for_users(ANN))
    assert [file.name for file in saved.parent.iterdir()] == ["kept"]


def test_saving_keeps_rows_together_whatever_their_index(history, tmp_path):
    tagged = history.sessions["tags"].notna()
    part = ps.History(history.users, history.sessions[tagged], history.locations)
    found = ps.History.load(part.save(tmp_path / "kept")).sessions
    assert found[["session_id", "tags"]].to_numpy().tolist() == [[f"{BOB}-1", ["a", 1]]]


def test_saving_goes_through_a_link_and_to_the_home_folder(history, tmp_path, monkeypatch):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for _ in range(2):
        assert history.save(tmp_path / "link") == tmp_path / "link"
    assert (tmp_path / "link").is_symlink()
    same(ps.History.load(tmp_path / "real"), history)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert history.save("~/kept") == tmp_path / "kept"
    same(ps.History.load("~/kept"), history)
    same(ps.read_history("~/kept"), history)


def test_saving_where_it_cannot_says_so(history, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ps.ConfigurationError, match=r"file/kept cannot be written: .*; give"):
        history.save(tmp_path / "file" / "kept")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(ps.ConfigurationError, match="folder that Python runs in"):
        history.save(".")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "here"]


def test_saving_never_replaces_what_it_did_not_write(history, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(ps.ConfigurationError, match="holds something else"):
        history.save(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_loading_what_is_not_there_or_is_damaged_says_so(history, tmp_path):
    with pytest.raises(ps.ConfigurationError, match=r"has no users\.parquet"):
        ps.History.load(tmp_path)
    saved = history.save(tmp_path / "kept")
    (saved / "locations.parquet").write_bytes(b"PAR1")
    with pytest.raises(ps.MalformedResponse, match=r"locations\.parquet is damaged"):
        ps.History.load(saved)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    history = ps.demo(users=9, seed=5).history()
    archive = ps.Archive(tmp_path_factory.mktemp("kept") / "archive", buckets=2)
    archive.record(history)
    return {"history": history.for_users, "archive": archive.history}, history


@pytest.mark.parametrize("where", ["history", "archive"])
def test_nobody_is_said_to_be_nobody_as_the_tenant_says_it(kept, where):
    asks, history = kept
    ask, somebody = asks[where], history.users.iloc[4]
    with pytest.raises(ps.NotFound) as error:
        ask("nobody.at.all")
    assert str(error.value).startswith(f"No user in this {where} has the id, username or e-mail 'n")
    assert (error.value.status, error.value.code) == (404, "NOT_FOUND")
    with pytest.raises(ps.NotFound, match=r"'a⟨202E⟩b⟨001B⟩N+…'"):
        ask("a\u202eb\x1b" + "N" * 500)
    some = ask(["nobody.at.all", somebody["email"].upper(), "", somebody["user_id"]])
    assert some.user_ids == (somebody["user_id"],)
    assert some.failures["user_id"].tolist()[:1] == ["nobody.at.all"]
    assert some.failures["status"].tolist() == [404] * len(some.failures)
    assert ask([]).failures.empty
    assert ask(pd.DataFrame({"user_id": ["nobody"]}, dtype="str")).failures.empty


def test_who_has_no_session_of_the_time_is_not_nobody(kept):
    asks, history = kept
    somebody = history.users["username"].iloc[2]
    assert len(asks["archive"](somebody, until="2001-01-01")) == 0
    bare = ps.History.from_responses(
        {"_embedded": {"sessions": [{"id": "s", "user": {"id": "u-7"}, "activeAt": None}]}}
    )
    assert len(bare.for_users("u-7")) == 1


def test_who_could_not_be_read_is_not_nobody():
    history = ps.History.from_responses([])
    history.failures = pd.DataFrame(
        {"user_id": ["u-8"], "error": ["Gone."], "status": [404], "code": ["NOT_FOUND"]}
    ).astype(history.failures.dtypes.to_dict())
    assert history.for_users("u-8").failures["error"].tolist() == ["Gone."]
