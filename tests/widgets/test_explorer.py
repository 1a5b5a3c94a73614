import asyncio
import threading
import time

import ipywidgets.widgets.widget
import pandas as pd
import pytest
import traitlets

import pingsessions_nb as ps
from pingsessions_nb.sandbox import SyntheticTenant, create_app, running
from pingsessions_nb.widgets.plotly_code import plotly_code

JUNE = "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"
NOBODY = "00000000-0000-4000-8000-000000000000"


async def until(seen, patience_s=20):
    end = time.monotonic() + patience_s
    while not seen():
        assert time.monotonic() < end, "it did not come"
        await asyncio.sleep(0.01)


async def explored(tenant, value):
    explorer = ps.SessionExplorer(tenant)
    explorer.value = value
    await until(lambda: not explorer._reading.waiting)
    return explorer


@pytest.fixture(scope="module")
def tenant():
    return ps.demo(users=30, seed=7)


@pytest.fixture
def explorer(tenant):
    return asyncio.run(explored(tenant, tuple(tenant.users(limit=5)["user_id"])))


def test_text_form(tenant):
    assert repr(ps.explore(tenant)) == "SessionExplorer(0 users, 0 sessions)"
    explorer = asyncio.run(explored(tenant, (JUNE,)))
    assert repr(explorer) == "SessionExplorer(1 user, 2 sessions)"
    assert explorer._repr_mimebundle_()["text/plain"] == "SessionExplorer(1 user, 2 sessions)"


def test_a_choice_fills_every_part(tenant):
    explorer = asyncio.run(explored(tenant, (JUNE,)))
    ids = tenant.history(JUNE).sessions["session_id"].tolist()
    for part in (explorer, explorer.timeline, explorer.map, explorer.table, explorer.details):
        assert part.history.sessions["session_id"].tolist() == ids
    assert explorer.picker.value == (JUNE,)
    assert [card["name"] for card in explorer.picker._cards] == ["June Larkin"]
    assert explorer.status.words == ""


@pytest.mark.parametrize("part", ["timeline", "map", "table", "details"])
def test_a_selection_anywhere_is_a_selection_everywhere(explorer, part):
    first, second = explorer.history.sessions["session_id"][:2]
    views = (explorer.timeline, explorer.map, explorer.table, explorer.details)
    getattr(explorer, part).selected = (first, second)
    assert explorer.selected == (first, second)
    assert [view.selected for view in views] == [(first, second)] * 4
    explorer.selected = ()
    assert [view.selected for view in views] == [()] * 4


def test_all_of_many_sessions_can_be_selected(tenant):
    few = tenant.history(JUNE)
    rows = few.sessions.iloc[[0] * 30_000].reset_index(drop=True)
    ids = [f"session {i}" for i in range(len(rows))]
    explorer = ps.SessionExplorer(tenant)
    explorer.history = ps.History(few.users, rows.assign(session_id=ids), few.locations.head(0))
    began = time.process_time()
    explorer.table.selected = ids
    # Linear in their number: 0.5 s. Comparing each with each takes more than ten.
    assert time.process_time() - began < 6
    assert explorer.timeline.selected == explorer.selected == tuple(ids)
    with pytest.raises(traitlets.TraitError, match="No session 7 in this history"):
        explorer.table.selected = (ids[0], 7)


def test_a_stranger_cannot_be_selected(explorer):
    with pytest.raises(traitlets.TraitError, match="No session 'x' in this history"):
        explorer.selected = ("x",)


def test_filters_narrow_all_and_let_go_of_what_they_hide(explorer):
    sessions = explorer.history.sessions
    browser = sessions["browser_name"].dropna().iloc[0]
    hidden = sessions.loc[sessions["browser_name"] != browser, "session_id"].iloc[0]
    explorer.selected = (
        hidden,
        sessions.loc[sessions["browser_name"] == browser, "session_id"].iloc[0],
    )
    explorer.filters.browsers = (browser,)
    for view in (explorer.timeline, explorer.map, explorer.table):
        assert set(view.history.sessions["browser_name"]) == {browser}
    assert hidden not in explorer.selected
    assert len(explorer.selected) == 1
    explorer.filters.browsers = ()
    assert explorer.table.history is explorer.history


def test_a_range_chosen_on_the_timeline_narrows_the_rest_but_not_the_timeline(explorer):
    end = explorer.history.until
    explorer.timeline.time_range = (end - pd.Timedelta("2D"), end)
    assert explorer.filters.time_range == explorer.timeline.time_range
    assert explorer.timeline.history is explorer.history
    assert 0 < len(explorer.table.history) < len(explorer.history)
    hidden = explorer.history.sessions["session_id"][
        ~explorer.history.sessions["session_id"].isin(explorer.table.history.sessions["session_id"])
    ].iloc[0]
    explorer.timeline.selected = (hidden,)
    assert explorer.selected == (hidden,)
    assert explorer.table.selected == ()
    assert explorer.details.selected == (hidden,)


def test_one_time_zone_for_all(explorer):
    explorer.timeline.time_zone = "Asia/Tokyo"
    for part in (explorer, explorer.filters, explorer.map, explorer.table, explorer.details):
        assert part.time_zone == "Asia/Tokyo"


def test_signals_reach_every_part(explorer):
    session = explorer.history.sessions.iloc[0]
    explorer.signals = pd.DataFrame(
        {
            "session_id": [session["session_id"]],
            "user_id": [session["user_id"]],
            "at": [session["created_at"]],
            "kind": ["new_device"],
            "severity": ["high"],
            "summary": ["new"],
        }
    )
    explorer.filters.signals_only = True
    assert explorer.table.history.sessions["session_id"].tolist() == [session["session_id"]]
    assert explorer.details.signals is explorer.signals


def test_nobody_chosen_is_an_invitation_and_nothing_else(tenant):
    async def choose_and_clear():
        explorer = await explored(tenant, (JUNE,))
        explorer.selected = (explorer.history.sessions["session_id"].iloc[0],)
        explorer.picker.value = ()
        return explorer

    explorer = asyncio.run(choose_and_clear())
    assert explorer.history is None
    assert explorer.selected == ()
    assert "Choose users" in explorer.status.words
    assert "ps-explorer-bare" in explorer._dom_classes


def test_a_history_of_ones_own_can_be_shown(tenant):
    explorer = ps.SessionExplorer(tenant)
    explorer.history = tenant.history(JUNE)
    assert len(explorer.table.history) == 2
    assert "ps-explorer-bare" not in explorer._dom_classes


def test_a_history_of_ones_own_is_not_replaced_by_one_that_is_still_being_read(tenant):
    async def show():
        explorer = ps.SessionExplorer(tenant)
        explorer.value = (JUNE,)
        explorer.history = own = tenant.history("olivia.adams")
        await asyncio.sleep(1)
        return explorer, own

    explorer, own = asyncio.run(show())
    assert explorer.history is own
    assert explorer.filters.note == explorer.status.words == ""


def test_what_is_no_time_zone_leaves_the_explorer_as_it_was(tenant):
    explorer = ps.SessionExplorer(tenant)
    with pytest.raises(traitlets.TraitError, match="'Mars/Olympus', which is no time zone"):
        explorer.time_zone = "Mars/Olympus"
    assert explorer.time_zone == explorer.table.time_zone == "UTC"


def test_nothing_of_it_stays_open_once_it_is_closed(tenant):
    plotly_code()  # one for as long as the kernel lives
    before = set(ipywidgets.widgets.widget._instances)
    explorer = asyncio.run(explored(tenant, (JUNE,)))
    assert len(set(ipywidgets.widgets.widget._instances) - before) > 10
    explorer.close()
    assert set(ipywidgets.widgets.widget._instances) <= before


def test_an_unknown_user_is_a_sentence(tenant):
    explorer = asyncio.run(explored(tenant, (JUNE, NOBODY)))
    assert len(explorer.history) == 2
    assert explorer.status.kind == "error"
    assert explorer.status.words.startswith("1 user could not be read: ")


def test_a_refusal_is_a_sentence_and_hides_what_was_read_before():
    synthetic = SyntheticTenant(users=5, seed=7)

    async def turned_away(url):
        tenant = ps.connect(
            environment_id=synthetic.environment_id,
            client_id="sandbox-client",
            client_secret="wrong",
            api_url=url,
            auth_url=url,
        )
        explorer = ps.SessionExplorer(tenant)
        explorer.history = ps.demo(users=5).history()
        explorer.value = (JUNE,)
        await until(lambda: not explorer._reading.waiting)
        return explorer

    with running(create_app(synthetic)) as url:
        explorer = asyncio.run(turned_away(url))
    assert explorer.history is None
    assert explorer.status.kind == "error"
    assert "secret" in explorer.status.words
    assert "wrong" not in explorer.status.words.split()


async def ended(explorer, session):
    explorer.details._handle_custom_msg({"type": "end", "session": session}, [])
    await until(lambda: explorer.details._ending[session]["state"] == "ended")


def test_an_ended_session_is_shown_as_ended_until_it_is_read_again():
    async def end():
        tenant = ps.demo(users=5, seed=7, allow_end_session=True)
        explorer = await explored(tenant, (JUNE,))
        ended_one, other = explorer.history.sessions["session_id"]
        explorer.selected = (ended_one,)
        signals = explorer.signals
        await ended(explorer, ended_one)
        status = explorer.history.sessions.set_index("session_id")["status"]
        assert status[ended_one] == "ended"
        assert status[other] != "ended"
        assert explorer.selected == explorer.table.selected == (ended_one,)
        assert ["Status", "ended"] in explorer.details._facts[0]["facts"]
        assert explorer.signals is signals
        explorer.filters.statuses = ("ended",)
        assert explorer.table.history.sessions["session_id"].tolist() == [ended_one]
        explorer.filters.statuses = ()
        assert "five minutes" in explorer.status.words
        explorer.read()
        await until(lambda: not explorer._reading.waiting)
        return explorer, other

    explorer, other = asyncio.run(end())
    assert explorer.history.sessions["session_id"].tolist() == [other]
    assert explorer.selected == ()


def test_two_ends_at_once_are_both_answered():
    async def end_both():
        tenant = ps.demo(users=5, seed=7, allow_end_session=True)
        explorer = await explored(tenant, (JUNE,))
        first, second = explorer.history.sessions["session_id"]
        may_go_on = threading.Event()

        def refuse(_, session_id):
            may_go_on.wait(20)
            raise ps.PermissionDenied(f"{session_id} may not be ended.")

        tenant.end_session = refuse
        for session in (first, second):
            explorer.details._handle_custom_msg({"type": "end", "session": session}, [])
        may_go_on.set()
        await until(lambda: all(e["state"] == "failed" for e in explorer.details._ending.values()))
        return explorer, first, second

    explorer, first, second = asyncio.run(end_both())
    for session in (first, second):
        assert explorer.details._ending[session]["words"] == f"{session} may not be ended."


def test_all_ended_sessions_are_told_and_shown():
    async def end_all():
        tenant = ps.demo(users=5, seed=7, allow_end_session=True)
        explorer = await explored(tenant, (JUNE,))
        for session in explorer.history.sessions["session_id"]:
            await ended(explorer, session)
        return explorer, len(tenant.history(JUNE))

    explorer, left = asyncio.run(end_all())
    assert left == 0
    assert set(explorer.history.sessions["status"]) == {"ended"}
    assert "is ended" in explorer.status.words


def test_sessions_end_only_where_allowed(tenant):
    assert not ps.SessionExplorer(tenant).details.can_end


def test_signals_come_with_the_history_and_are_listed():
    tenant = ps.demo(users=200, seed=7)
    ids = tuple(tenant.users(search="matteo.yilmaz")["user_id"])
    explorer = asyncio.run(explored(tenant, ids))
    expected = ps.signals(explorer.history, known_networks=tenant.known_networks)
    pd.testing.assert_frame_equal(explorer.signals, expected)
    assert len(explorer.signal_list._findings) == len(expected) == 2
    stolen = expected["session_id"].iloc[0]
    explorer.signal_list.selected = (stolen,)
    assert explorer.timeline.selected == explorer.table.selected == (stolen,)
    explorer.filters.signals_only = True
    assert explorer.table.history.sessions["session_id"].tolist() == [stolen]


def test_a_history_of_ones_own_is_looked_through(tenant):
    async def show():
        explorer = ps.SessionExplorer(tenant)
        explorer.history = tenant.history()
        await until(lambda: explorer.signals is not None)
        return explorer

    explorer = asyncio.run(show())
    expected = ps.signals(explorer.history, known_networks=tenant.known_networks)
    pd.testing.assert_frame_equal(explorer.signals, expected)


def test_signals_of_ones_own_stay(tenant):
    async def show():
        explorer = ps.SessionExplorer(tenant)
        explorer.history = history = tenant.history()
        explorer.signals = own = ps.signals(history, kinds=["new_device"])
        await asyncio.sleep(1)
        return explorer, own

    explorer, own = asyncio.run(show())
    assert explorer.signals is own


def test_filters_that_hide_all_say_so(explorer):
    explorer.filters.browsers = ("no such browser",)
    for view in (explorer.timeline, explorer.map, explorer.table):
        assert view.history.sessions.empty
        assert view.empty == "No session passes the filters."


@pytest.fixture(scope="module")
def archive(tenant, tmp_path_factory):
    kept = ps.Archive(tmp_path_factory.mktemp("archive") / "sessions")
    kept.record(tenant.history(JUNE))
    return kept


def test_the_archive_is_read_in_place_of_pingone(archive):
    async def switch():
        tenant = ps.demo(users=30, seed=7, allow_end_session=True)
        explorer = ps.explore(tenant, archive=archive)
        explorer.value = (JUNE,)
        await until(lambda: not explorer._reading.waiting)
        ended = explorer.history.sessions["session_id"].iloc[0]
        tenant.end_session(JUNE, ended)
        explorer.read()
        await until(lambda: not explorer._reading.waiting)
        assert len(explorer.history) == 1
        assert explorer.details.can_end
        explorer.tools.read_from = "archive"
        await until(lambda: not explorer._reading.waiting)
        return explorer, ended

    explorer, ended = asyncio.run(switch())
    assert explorer.tools.can_switch
    assert ended in set(explorer.history.sessions["session_id"])
    assert not explorer.details.can_end  # what is in an archive cannot be ended


def test_who_was_never_recorded_has_nothing_in_the_archive(tenant, archive):
    async def switch():
        users = tenant.users()["user_id"]
        other = users[users != JUNE].iloc[0]
        explorer = ps.SessionExplorer(tenant, archive=archive, read_from="archive")
        explorer.value = (other,)
        await until(lambda: not explorer._reading.waiting)
        return explorer

    explorer = asyncio.run(switch())
    assert explorer.status.words.startswith("No sessions. The archive has none")


def test_without_an_archive_there_is_no_switch(tenant):
    explorer = ps.SessionExplorer(tenant)
    assert not explorer.tools.can_switch
    with pytest.raises(traitlets.TraitError, match="no archive to read from"):
        explorer.read_from = "archive"


async def saved(explorer):
    explorer.tools._handle_custom_msg({"type": "save"}, [])
    await until(lambda: explorer.tools.words and explorer.tools.kind != "busy")


def test_a_report_is_saved_where_one_works(tenant, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    async def save():
        explorer = await explored(tenant, (JUNE,))
        assert explorer.tools.can_save
        await saved(explorer)
        return explorer

    explorer = asyncio.run(save())
    (page,) = tmp_path.iterdir()
    assert explorer.tools.words == f"Saved as {page.name} in {tmp_path}."
    assert explorer.tools.name == ""  # no notebook of this folder is open
    assert "june.larkin" in page.read_text()


@pytest.mark.parametrize("several", [False, True])
def test_a_redacted_report_names_nobody_in_its_name_neither(tenant, tmp_path, monkeypatch, several):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "hunt.ipynb"))
    users = tenant.users(limit=3) if several else tenant.users().set_index("user_id").loc[[JUNE]]

    async def save():
        explorer = await explored(tenant, users.reset_index()["user_id"].tolist())
        explorer.tools.redacted = True
        await saved(explorer)
        return explorer

    explorer = asyncio.run(save())
    (page,) = tmp_path.iterdir()
    assert explorer.tools.name == page.name  # a link opens it
    assert page.name.startswith("session-report-3-users" if several else "session-report-user-")
    told = page.name + page.read_text()
    for name in (*users["username"], *users["family_name"], *users["email"]):
        assert name.casefold() not in told.casefold()


def test_a_report_that_cannot_be_written_is_a_sentence(tenant, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "session-report-3-users.html").mkdir()

    async def save():
        users = tuple(tenant.users(limit=3)["user_id"])
        explorer = await explored(tenant, users)
        await saved(explorer)
        return explorer

    explorer = asyncio.run(save())
    assert explorer.tools.kind == "error"
    assert "cannot be written" in explorer.tools.words


def test_nothing_to_save_before_anybody_is_chosen(tenant):
    assert not ps.SessionExplorer(tenant).tools.can_save
