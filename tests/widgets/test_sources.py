"""Tenant, archive and history: whichever is given, picker, filters and explorer do the same."""

import asyncio
import time

import pandas as pd
import pytest
import traitlets

import pingsessions_nb as ps
from pingsessions_nb.history import Source, source_of
from pingsessions_nb.widgets.filters import Filters

JUNE = "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    tenant = ps.demo(users=30, seed=7)
    history = tenant.history()
    archive = ps.Archive(tmp_path_factory.mktemp("archive") / "sessions", buckets=2)
    archive.record(history)
    return {"tenant": tenant, "archive": archive, "history": history}


@pytest.fixture(params=["tenant", "archive", "history"])
def source(request, sources):
    return sources[request.param]


async def settled(explorer, patience_s=20):
    end = time.monotonic() + patience_s
    while explorer._reading.waiting or explorer._looking.waiting:
        assert time.monotonic() < end, "it did not come"
        await asyncio.sleep(0.01)


async def shown(source, value=()):
    explorer = ps.explore(source)
    explorer.value = value
    await settled(explorer)
    return explorer


def test_each_is_a_source(source):
    assert isinstance(source, Source)
    assert source_of(source) is source


@pytest.mark.parametrize("text", ["", "june", "JUNE lar", '"Larkin, June"', "nobody.at.all"])
def test_each_finds_the_same_users_by_the_same_words(sources, text):
    found = {
        name: set(source.search_users(text, limit=50).result(20)["user_id"])
        for name, source in sources.items()
    }
    assert found["archive"] == found["history"] == found["tenant"]
    assert (JUNE in found["tenant"]) == (text != "nobody.at.all")


def test_each_lists_the_same_populations_and_searches_within_one(sources):
    tenant = sources["tenant"]
    populations = tenant.populations()
    stores = populations.loc[populations["name"] == "Stores", "population_id"].iloc[0]
    expected = set(tenant.users(population=stores)["user_id"])
    for source in sources.values():
        listed = source.populations()
        assert set(listed["population_id"]) <= set(populations["population_id"])
        assert stores in set(listed["population_id"])
        assert set(source.search_users("", stores).result(20)["user_id"]) == expected
        assert len(source.search_users("", None, 3).result(20)) == 3


def test_each_finds_users_by_name_mail_and_id(source, sources):
    mail = sources["history"].users.set_index("user_id").loc[JUNE, "email"]
    for name in (JUNE, "june.larkin", "JUNE.Larkin", mail.upper()):
        assert source.find_users(name)["user_id"].tolist() == [JUNE]
    assert source.find_users(["nobody.at.all"]).empty


@pytest.mark.parametrize(
    "value", ["june.larkin", ("JUNE.LARKIN",), [JUNE], pd.DataFrame({"user_id": [JUNE]})]
)
def test_an_explorer_shows_who_is_named(source, sources, value):
    explorer = asyncio.run(shown(source, value))
    assert explorer.value == explorer.picker.value == (JUNE,)
    assert len(explorer.history) == len(sources["history"].for_users(JUNE))
    assert explorer.signals is not None
    assert explorer.source is source
    assert not explorer.details.can_end
    assert [card["name"] for card in explorer.picker._cards] == ["June Larkin"]


def test_nobody_with_a_name_is_a_sentence(source):
    explorer = ps.explore(source)
    with pytest.raises(traitlets.TraitError, match=r"No user here .* 'nobody.at.all'"):
        explorer.value = "nobody.at.all"
    assert explorer.value == explorer.picker.value == ()


def test_users_of_whom_only_sessions_were_read_are_found_by_id(sources):
    whole = sources["history"]
    bare = ps.History(whole.users.head(0), whole.sessions, whole.locations)
    found = bare.search_users(JUNE[:8]).result()
    assert found["user_id"].tolist() == [JUNE]
    explorer = asyncio.run(shown(bare, JUNE))
    assert len(explorer.history) == 2
    assert [card["name"] for card in explorer.picker._cards] == [JUNE]


def test_an_archive_stands_for_all_that_it_holds(sources):
    async def show():
        explorer = ps.explore(sources["tenant"])
        explorer.history = sources["archive"]
        await settled(explorer)
        return explorer

    explorer = asyncio.run(show())
    assert len(explorer.history) == len(sources["history"])
    assert len(Filters(sources["archive"]).filtered) == len(sources["history"])
    with pytest.raises(traitlets.TraitError, match="A history is needed"):
        explorer.history = "sessions.json"


def test_what_is_recorded_later_is_found(tmp_path):
    tenant = ps.demo(users=5, seed=7)
    everybody = tenant.users()["user_id"]
    archive = ps.Archive(tmp_path / "sessions", buckets=1)
    archive.record(tenant.history(everybody.head(1).tolist()))
    assert len(archive.search_users("").result(20)) == 1
    archive.record(tenant.history())
    assert set(archive.search_users("").result(20)["user_id"]) == set(everybody)


@pytest.mark.parametrize("make", [ps.explore, ps.UserPicker, ps.SessionExplorer])
def test_what_is_no_source_is_a_sentence(make):
    with pytest.raises(ps.ConfigurationError, match=r"A source is needed: .* not a value of type"):
        make("sessions.json")


def test_an_archive_beside_a_history_is_refused(sources):
    with pytest.raises(ps.ConfigurationError, match="goes with a tenant"):
        ps.explore(sources["history"], archive=sources["archive"])


def test_the_networks_that_an_archive_knows_count(tmp_path):
    history = ps.demo(users=30, seed=7).history()
    archive = ps.Archive(tmp_path / "a", buckets=1, known_networks={"VPN": "198.51.100.0/28"})
    archive.record(history)
    explorer = asyncio.run(shown(archive, history.user_ids[:3]))
    assert "VPN" in explorer.history.known_networks
