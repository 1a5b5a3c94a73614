"""The explorer opens on cases: of what was read at once, of a tenant once everybody is read."""

import asyncio
import time

import pandas as pd
import pytest
import traitlets

import pingsessions_nb as ps
from pingsessions_nb.widgets.case_list import CaseList


@pytest.fixture(scope="module")
def tenant():
    return ps.demo(users=60, seed=7)


@pytest.fixture(scope="module")
def history(tenant):
    return tenant.history()


@pytest.fixture(scope="module")
def expected(history):
    return ps.cases(history)


@pytest.fixture(scope="module")
def archive(history, tmp_path_factory):
    kept = ps.Archive(
        tmp_path_factory.mktemp("archive") / "sessions",
        buckets=2,
        known_networks=history.known_networks,
    )
    kept.record(history)
    return kept


async def settled(explorer, patience_s=30):
    end = time.monotonic() + patience_s
    while any(one.waiting for one in (explorer._reading, explorer._looking, explorer._everybody)):
        assert time.monotonic() < end, "it did not come"
        await asyncio.sleep(0.01)
    return explorer


async def opened(source, **options):
    return await settled(ps.SessionExplorer(source, **options))


@pytest.mark.parametrize("kind", ["history", "archive"])
def test_what_was_read_opens_on_its_cases(kind, history, archive, expected):
    explorer = asyncio.run(opened({"history": history, "archive": archive}[kind]))
    pd.testing.assert_frame_equal(explorer.case_list.cases, expected)
    assert explorer.case_list.words == ""
    assert not explorer.case_list.can_read
    assert explorer.history is None  # nobody is chosen yet
    first = explorer.case_list._cases[0]
    assert first["id"] == expected["case_id"][0]
    assert first["severity"] == "high"
    assert f"{first['users']}, {first['summary']}" == expected["summary"][0]


@pytest.mark.parametrize("kind", ["history", "archive"])
def test_a_case_fills_the_picker_and_selects_its_sessions(kind, history, archive, expected):
    async def choose():
        explorer = await opened({"history": history, "archive": archive}[kind])
        explorer.case_list.selected = expected["case_id"][1]
        await settled(explorer)
        return explorer

    explorer = asyncio.run(choose())
    case = expected.loc[1]
    assert explorer.value == explorer.picker.value == case["user_ids"]
    assert set(explorer.history.sessions["user_id"]) == set(case["user_ids"])
    assert explorer.selected == explorer.table.selected == case["session_ids"]
    names = {card["username"] for card in explorer.picker._cards}
    assert names == set(case["users"])


@pytest.mark.parametrize("kind", ["history", "archive", "tenant"])
def test_every_user_has_the_findings_that_they_have_among_all(kind, tenant, history, archive):
    whole = ps.signals(history)
    crowd = whole[whole["kind"] == "user_velocity"]
    assert len(crowd) > 1  # which no history of one of them could tell
    user_id = crowd["user_id"].iloc[0]

    async def choose():
        explorer = await opened({"history": history, "archive": archive, "tenant": tenant}[kind])
        if kind == "tenant":
            explorer.case_list._handle_custom_msg({"type": "read"}, [])
            await settled(explorer)
        explorer.value = (user_id,)
        return await settled(explorer)

    explorer = asyncio.run(choose())
    theirs = whole[whole["user_id"] == user_id].reset_index(drop=True)
    pd.testing.assert_frame_equal(explorer.signals, theirs)


def test_who_is_shown_already_is_judged_again_once_everybody_is_known(tenant, history):
    whole = ps.signals(history)
    user_id = whole.loc[whole["kind"] == "user_velocity", "user_id"].iloc[0]

    async def read():
        explorer = await opened(tenant, value=(user_id,))
        alone = explorer.signals
        explorer.case_list._handle_custom_msg({"type": "read"}, [])
        await settled(explorer)
        return alone, explorer

    alone, explorer = asyncio.run(read())
    assert "user_velocity" not in set(alone["kind"])
    assert "user_velocity" in set(explorer.signals["kind"])
    assert set(explorer.timeline.signals["kind"]) == set(explorer.signals["kind"])


def test_a_tenant_is_read_whole_where_asked(tenant, expected):
    async def read():
        explorer = await opened(tenant)
        assert explorer.case_list.can_read
        assert explorer.case_list.words.startswith("Read all users")
        assert explorer.case_list.cases is None
        told = []
        explorer.case_list.observe(lambda change: told.append(change["new"]), "progress")
        explorer.case_list._handle_custom_msg({"type": "read"}, [])
        assert explorer.case_list.kind == "busy"
        await settled(explorer)
        return explorer, told

    explorer, told = asyncio.run(read())
    assert told[0] == (0, 60)
    pd.testing.assert_frame_equal(explorer.case_list.cases, expected)
    assert explorer.case_list.kind == explorer.case_list.words == ""


def test_reading_can_be_stopped_and_what_was_read_counts(tenant, monkeypatch):
    monkeypatch.setattr("pingsessions_nb.widgets.explorer_cases._AT_ONCE", 20)

    async def stop():
        explorer = await opened(tenant)
        stop = explorer.case_list._handle_custom_msg

        def at_first_progress(change):
            if change["new"] and change["new"][0] >= 20:
                stop({"type": "stop"}, [])

        explorer.case_list.observe(at_first_progress, "progress")
        explorer.case_list._handle_custom_msg({"type": "read"}, [])
        await settled(explorer)
        return explorer

    explorer = asyncio.run(stop())
    words = explorer.case_list.words
    assert words.startswith("Stopped: ")
    assert "of 60 users were read." in words
    assert 0 < int(words.split()[1]) <= 60
    assert explorer.case_list.cases is not None


def test_a_refusal_is_a_sentence_there(tenant, monkeypatch):
    def refuse(**_):
        raise ps.PermissionDenied("The worker may not list users.")

    async def read():
        explorer = await opened(tenant)
        monkeypatch.setattr(tenant, "users", refuse)
        explorer.case_list._handle_custom_msg({"type": "read"}, [])
        return await settled(explorer)

    explorer = asyncio.run(read())
    assert explorer.case_list.words == "The worker may not list users."
    assert explorer.case_list.kind == "error"
    assert explorer.case_list.can_read  # and can be asked for again


def test_another_choice_leaves_the_case(history, expected):
    async def choose():
        explorer = await opened(history)
        explorer.case_list.selected = expected["case_id"][0]
        await settled(explorer)
        other = next(i for i in history.user_ids if i not in expected["user_ids"][0])
        explorer.picker.value = (other,)
        return await settled(explorer)

    explorer = asyncio.run(choose())
    assert explorer.case_list.selected == ""
    assert len(explorer.value) == 1


def test_a_case_of_the_archive_is_shown_from_the_archive(tenant, archive, expected):
    async def choose():
        explorer = await opened(tenant, archive=archive)
        assert explorer.case_list.can_read
        explorer.case_list.selected = expected["case_id"][0]
        return await settled(explorer)

    explorer = asyncio.run(choose())
    assert explorer.read_from == "archive"
    assert explorer.selected == expected["session_ids"][0]


def test_signals_of_ones_own_outlive_the_search_for_cases(history):
    async def show():
        explorer = ps.SessionExplorer(history)
        explorer.history = history
        explorer.signals = own = ps.signals(history, kinds=["new_device"])
        await settled(explorer)
        return explorer, own

    explorer, own = asyncio.run(show())
    assert explorer.signals is own


def test_no_case_is_said(history):
    quiet = history.for_users(
        [i for i in history.user_ids if i not in set(ps.signals(history)["user_id"])]
    )
    explorer = asyncio.run(opened(quiet))
    assert explorer.case_list.words == "No cases were found."
    assert repr(explorer.case_list) == "CaseList(0 cases)"


def test_cases_are_checked_and_the_choice_is_one_of_them(expected):
    shown = CaseList(expected)
    assert repr(shown) == f"CaseList({len(expected)} cases)"
    shown.selected = "no-such-case"
    assert shown.selected == ""
    shown.selected = expected["case_id"][2]
    assert shown.chosen["rank"] == 3
    shown.cases = expected.head(2)
    assert shown.selected == ""
    with pytest.raises(traitlets.TraitError, match="it lacks case_id"):
        shown.cases = pd.DataFrame({"a": [1]})


def test_more_cases_come_on_demand(expected):
    many = pd.concat([expected] * 20, ignore_index=True)
    many["case_id"] = [f"case-{n}" for n in range(len(many))]
    shown = CaseList(many)
    assert len(shown._cases) == 50
    assert shown._total == len(many)
    shown._limit = 60
    assert len(shown._cases) == 60
