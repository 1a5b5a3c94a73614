import asyncio
import time

import pandas as pd
import pytest
import traitlets

import pingsessions_nb as ps
from pingsessions_nb.widgets.arrivals import Newest
from pingsessions_nb.widgets.picker import UserPicker, user_cards

JUNE = "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"
OLIVIA = "99999999-0000-4000-8000-000000000000"  # an id is taken as it is, known or not


async def until(seen, patience_s=10):
    end = time.monotonic() + patience_s
    while not seen():
        assert time.monotonic() < end, "it did not come"
        await asyncio.sleep(0.01)


@pytest.fixture(scope="module")
def tenant():
    return ps.demo(users=20, seed=7)


def test_text_form_is_short_and_stable(tenant):
    picker = UserPicker(tenant)
    assert repr(picker) == "UserPicker(0 chosen)"
    picker.value = (JUNE,)
    bundle = picker._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert data["text/plain"] == "UserPicker(1 chosen)"


def test_one_user_at_most_unless_multiple(tenant):
    picker = UserPicker(tenant, multiple=False)
    picker.value = (OLIVIA, JUNE)
    assert picker.value == (JUNE,)


def test_a_user_is_chosen_once(tenant):
    picker = UserPicker(tenant)
    picker.value = (OLIVIA, JUNE, "June.Larkin", OLIVIA)
    assert picker.value == (OLIVIA, JUNE)


@pytest.mark.parametrize(
    ("value", "words"),
    [((7,), "usernames or e-mail addresses"), ("nobody.at.all", "No user here has the id")],
)
def test_what_is_no_user_is_refused_with_a_sentence(tenant, value, words):
    picker = UserPicker(tenant, value=(JUNE,))
    with pytest.raises(traitlets.TraitError, match=words):
        picker.value = value
    assert picker.value == (JUNE,)


def test_users_chosen_by_id_get_their_names(tenant):
    async def choose():
        picker = UserPicker(tenant)
        picker.value = (JUNE,)
        await until(lambda: picker._cards)
        return picker

    picker = asyncio.run(choose())
    assert [card["name"] for card in picker._cards] == ["June Larkin"]
    assert picker.rows([JUNE])["username"].tolist() == ["june.larkin"]
    assert picker.rows([JUNE, "somebody else"]) is None


def test_populations_are_listed_by_name(tenant):
    async def listed():
        picker = UserPicker(tenant)
        await until(lambda: picker._populations)
        return picker._populations

    names = [name for _, name in asyncio.run(listed())]
    assert names == sorted(names, key=str.casefold)
    assert set(names) == set(tenant.populations()["name"])


def test_cards_name_a_user_by_what_there_is():
    users = ps.users_frame(
        {
            "_embedded": {
                "users": [
                    {"id": "1", "username": "ada", "name": {"given": "Ada", "family": "Lovelace"}},
                    {"id": "2", "username": "bob", "enabled": False},
                    {"id": "3", "lastSignOn": {"at": "2025-01-01T00:00:00Z"}},
                ]
            }
        }
    )
    cards = user_cards(users)
    assert [card["name"] for card in cards] == ["Ada Lovelace", "bob", "3"]
    assert [card["enabled"] for card in cards] == [None, False, None]
    assert [card["last_sign_on_at"] for card in cards] == [
        None,
        None,
        pd.Timestamp("2025-01-01", tz="UTC").timestamp() * 1000,
    ]


def test_only_the_newest_answer_is_taken_up_on_the_loops_thread():
    import threading
    from concurrent.futures import Future

    async def race():
        heard = []
        newest = Newest()
        first, second = Future(), Future()
        first.set_running_or_notify_cancel()  # too late to cancel it, as with a sent request
        for future in (first, second):
            newest.ask(
                future,
                lambda answer: heard.append((answer, threading.current_thread())),
                lambda words: heard.append((words, threading.current_thread())),
            )
        threading.Thread(target=second.set_result, args=("second",)).start()
        await until(lambda: heard)
        threading.Thread(target=first.set_result, args=("first",)).start()
        await asyncio.sleep(0.1)
        return heard

    assert asyncio.run(race()) == [("second", threading.main_thread())]
