"""Readings that end early: by a kill, by an interrupt, by a full stop, and how they go on."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest
from conftest import SEED_USER
from pandas.testing import assert_frame_equal

import pingsessions_nb as ps
from pingsessions_nb.tenant.history_reading import HistoryReading

FRAMES = ("users", "sessions", "locations", "failures")

READ = textwrap.dedent(
    """
    import json, sys
    import pingsessions_nb as ps
    given = json.loads(sys.argv[1])
    path = given.pop("checkpoint")
    history = ps.connect(**given).history(checkpoint=path, progress=False)
    print(len(history.sessions))
    """
)


def reader(sandbox, path, **given):
    """Begin a reading in a process of its own."""
    told = {
        "environment_id": sandbox.synthetic.environment_id,
        "client_id": "sandbox-client",
        "client_secret": "sandbox-secret",
        "api_url": sandbox.url,
        "auth_url": sandbox.url,
        "checkpoint": str(path),
        **given,
    }
    return subprocess.Popen([sys.executable, "-c", READ, json.dumps(told)])


def killed_and_resumed(sandbox, path, kills, seed, max_rate):
    """Kill a reading so many times at random moments; return the history it ends with."""
    chance = random.Random(seed)
    done = 0
    for _ in range(kills):
        before = len(sandbox.recorder.of("/sessions"))
        process = reader(sandbox, path, max_rate=max_rate)
        goal = before + chance.randint(1, max(2, 2 * len(sandbox.synthetic.users) // (kills + 2)))
        while len(sandbox.recorder.of("/sessions")) < goal and process.poll() is None:
            time.sleep(0.002)
        done += process.poll() is not None
        process.kill()
        process.wait()
    assert done < kills, "the reading was done before it could be killed"
    return sandbox.connect().history(checkpoint=path, progress=False)


def check_resumed(sandbox, path, kills, seed, max_rate):
    history = killed_and_resumed(sandbox, path, kills, seed, max_rate)
    asked = [call.path.split("/")[-2] for call in sandbox.recorder.of("/sessions")]
    calm = sandbox.connect().history(progress=False)
    for name in FRAMES:
        assert_frame_equal(getattr(history, name), getattr(calm, name))
    assert set(asked) == set(calm.users["user_id"])
    workers = max(8, max_rate)
    assert len(asked) - len(set(asked)) <= kills * workers
    return len(asked) - len(set(asked))


def test_a_killed_reading_goes_on_where_it_ended(start, tmp_path):
    sandbox = start(users=120, page_limit=50, latency_ms=10)
    check_resumed(sandbox, tmp_path / "run", kills=3, seed=5, max_rate=60)


@pytest.mark.slow
def test_twenty_kills_lose_nothing_and_read_little_twice(start, tmp_path):
    sandbox = start(users=2000, latency_ms=10)
    again = check_resumed(sandbox, tmp_path / "run", kills=20, seed=6, max_rate=120)
    print(f"\n20 kills over 2,000 users: {again} users were read again")


def test_a_finished_checkpoint_asks_pingone_nothing(sandbox, tmp_path):
    path = tmp_path / "run"
    first = sandbox.connect().history(checkpoint=path)
    sandbox.recorder.calls.clear()
    again = sandbox.connect().history(checkpoint=path)
    assert sandbox.recorder.calls == []
    for name in FRAMES:
        assert_frame_equal(getattr(again, name), getattr(first, name))


def test_a_finished_checkpoint_that_is_old_says_so(sandbox, tmp_path):
    path = tmp_path / "run"
    sandbox.connect().history(checkpoint=path)
    yesterday = time.time() - 86_400
    os.utime(path, (yesterday, yesterday))
    for _ in range(2):  # being told does not make it new
        with pytest.warns(UserWarning, match=r"24 hours ago: the 20 users.*Delete it") as said:
            sandbox.connect().history(checkpoint=path)
        assert said[0].filename == __file__


def test_wherever_the_end_was_torn_the_same_comes(start, tmp_path):
    sandbox = start(users=4)
    tenant = sandbox.connect()
    path = tmp_path / "run"
    whole = tenant.history(checkpoint=path)
    raw = path.read_bytes()
    for length in [0, 1, 10, *random.Random(1).sample(range(len(raw)), 12), len(raw) - 1]:
        path.write_bytes(raw[:length])
        again = tenant.history(checkpoint=path)
        assert_frame_equal(again.sessions, whole.sessions)
        assert_frame_equal(again.users, whole.users)
    spoilt = bytearray(raw)
    spoilt[len(raw) // 2] ^= 0xFF
    path.write_bytes(spoilt)
    assert_frame_equal(tenant.history(checkpoint=path).locations, whole.locations)


def test_a_checkpoint_of_another_reading_is_refused(start, tmp_path):
    sandbox, path = start(), tmp_path / "run"
    tenant = sandbox.connect()
    ids = [user["id"] for user in sandbox.synthetic.users[:3]]
    tenant.history(ids, checkpoint=path)
    kept = path.read_bytes()
    for other in (ids[:2], ids[::-1], None):
        with pytest.raises(ps.ConfigurationError, match=r"checkpoint of another reading.*3 users"):
            tenant.history(other, checkpoint=path)
    elsewhere = sandbox.connect(environment_id="11111111-2222-4333-8444-555555555555")
    with pytest.raises(ps.ConfigurationError, match="another reading"):
        elsewhere.history(ids, checkpoint=path)
    assert path.read_bytes() == kept
    assert tenant.history(ids, checkpoint=path).users["user_id"].tolist() == ids


def test_zeros_that_a_loss_of_power_leaves_are_cut_off(sandbox, tmp_path):
    path = tmp_path / "run"
    whole = sandbox.connect().history(checkpoint=path)
    raw = path.read_bytes()
    path.write_bytes(raw + bytes(4096))
    assert_frame_equal(sandbox.connect().history(checkpoint=path).sessions, whole.sessions)
    assert path.read_bytes() == raw


@pytest.mark.skipif(sys.platform == "win32", reason="locks are POSIX's here")
def test_two_readings_do_not_write_into_one_checkpoint(start, tmp_path):
    sandbox, path = start(users=60, latency_ms=30), tmp_path / "run"
    first = reader(sandbox, path, max_rate=20)
    while len(sandbox.recorder.of("/sessions")) < 3:
        time.sleep(0.01)
    with pytest.raises(ps.ConfigurationError, match="in use by another reading"):
        sandbox.connect().history(checkpoint=path)
    first.kill()
    first.wait()
    assert len(sandbox.connect().history(checkpoint=path, progress=False).users) == 60


def test_a_list_whose_pages_pingone_has_forgotten_is_listed_anew(start, answer, tmp_path):
    sandbox, path = start(users=45, page_limit=10), tmp_path / "run"

    async def fails_from_the_third_page_on(scope, receive, send):
        down = len(sandbox.recorder.of("/users")) > 2
        await (answer(503, b"") if down else sandbox.recorder.app)(scope, receive, send)

    sandbox.recorder.instead["/users"] = fails_from_the_third_page_on
    with pytest.raises(ps.ServiceUnavailable):
        sandbox.connect(deadline=0.3).history(checkpoint=path)

    async def forgets_old_cursors(scope, receive, send):
        old = b"cursor=" in scope["query_string"] and len(sandbox.recorder.of("/users")) == 1
        app = answer(400, b'{"code":"INVALID_REQUEST"}') if old else sandbox.recorder.app
        await app(scope, receive, send)

    sandbox.recorder.instead["/users"] = forgets_old_cursors
    sandbox.recorder.calls.clear()
    history = sandbox.connect().history(checkpoint=path)
    assert history.users["user_id"].tolist() == [u["id"] for u in sandbox.synthetic.users]
    assert len(sandbox.recorder.of("/users")) == 6
    assert len(sandbox.recorder.of("/sessions")) == 45


def test_a_set_of_users_is_the_same_reading_in_another_process(sandbox, tmp_path):
    class Shuffled(set):
        def __iter__(self):
            return iter(random.sample(sorted(set.copy(self)), len(self)))

    ids = Shuffled(user["id"] for user in sandbox.synthetic.users)
    found = [sandbox.connect().history(ids, checkpoint=tmp_path / "run") for _ in range(3)]
    assert found[0].users["user_id"].tolist() == sorted(set.copy(ids))


def test_what_the_checkpoint_keeps_is_not_kept_in_memory_too(sandbox, tmp_path, monkeypatch):
    readings = []
    begin = HistoryReading.__init__

    def noted(self, *given):
        begin(self, *given)
        readings.append(self)

    monkeypatch.setattr(HistoryReading, "__init__", noted)
    sandbox.connect(max_rate=40).history(checkpoint=tmp_path / "run")
    assert len(readings[0]._read) == 20
    assert not readings[0]._arrived


@pytest.mark.parametrize("kind", ["text", "folder", "no folder"])
def test_what_is_no_checkpoint_is_left_alone(sandbox, tmp_path, kind):
    path = tmp_path / "run"
    if kind == "text":
        path.write_text("my diary")
    elif kind == "folder":
        path.mkdir()
    else:
        path = path / "in" / "nowhere"
    with pytest.raises(ps.ConfigurationError, match="checkpoint"):
        sandbox.connect().history(checkpoint=path)
    assert kind != "text" or path.read_text() == "my diary"


def test_users_without_an_answer_are_tried_again_on_resuming(sandbox, answer, tmp_path):
    path = tmp_path / "run"
    slow, gone = (user["id"] for user in sandbox.synthetic.users[2:4])
    sandbox.recorder.instead = {
        f"{slow}/sessions": answer(503, b""),
        f"{gone}/sessions": answer(404, b'{"code":"NOT_FOUND"}'),
    }
    with pytest.warns(UserWarning, match="2 of 20 users could not be read"):
        history = sandbox.connect(deadline=0.3).history(checkpoint=path)
    assert history.failures["user_id"].tolist() == [slow, gone]
    assert history.failures["status"].tolist() == [503, 404]
    assert gone not in history.users["user_id"].tolist()
    sandbox.recorder.instead.clear()
    sandbox.recorder.calls.clear()
    with pytest.warns(UserWarning, match="1 of 20 users could not be read"):
        again = sandbox.connect().history(checkpoint=path)
    assert [call.path.split("/")[-2] for call in sandbox.recorder.api] == [slow]
    assert again.failures["user_id"].tolist() == [gone]


def test_users_that_were_not_permitted_are_tried_again_on_resuming(sandbox, answer, tmp_path):
    ids = [user["id"] for user in sandbox.synthetic.users]
    sandbox.recorder.instead["/sessions"] = answer(403, b'{"code":"ACCESS_FAILED"}')
    with pytest.warns(UserWarning, match="could not be read"):
        sandbox.connect().history(ids, checkpoint=tmp_path / "run")
    sandbox.recorder.instead.clear()  # the role was given
    assert sandbox.connect().history(ids, checkpoint=tmp_path / "run").failures.empty


def interrupt_when(condition):
    """Send this process what a kernel interrupt sends, once `condition` holds."""

    def watch():
        while not condition():
            time.sleep(0.005)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=watch, daemon=True).start()


def test_an_interrupt_returns_what_was_read_so_far(start, tmp_path):
    sandbox = start(users=200)
    tenant = sandbox.connect(max_rate=50)
    users = tenant.users()
    interrupt_when(lambda: len(sandbox.recorder.of("/sessions")) >= 30)
    with pytest.warns(UserWarning, match=r"Interrupted: \d+ of 200 users were read.*checkpoint"):
        history = tenant.history(users, checkpoint=tmp_path / "run", progress=False)
    read = len(history.users)
    assert 15 <= read < 100
    ids = history.users["user_id"].tolist()
    assert ids == [user_id for user_id in users["user_id"] if user_id in set(ids)]
    assert set(history.sessions["user_id"]) <= set(history.users["user_id"])
    assert history.failures.empty
    time.sleep(0.2)
    sent = len(sandbox.recorder.of("/sessions"))
    time.sleep(0.2)
    assert len(sandbox.recorder.of("/sessions")) == sent
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    whole = sandbox.connect().history(users, checkpoint=tmp_path / "run", progress=False)
    assert len(whole.users) == 200
    assert len(sandbox.recorder.of("/sessions")) <= 200 + 50


@pytest.mark.parametrize("what", ["history", "users", "populations"])
def test_an_interrupt_before_anything_was_read_is_an_interrupt(start, what):
    sandbox = start(latency_ms=3000)
    tenant = sandbox.connect()
    interrupt_when(lambda: len(sandbox.recorder.tokens) == 1)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        getattr(tenant, what)()
    assert time.monotonic() - began < 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes of this kind on this platform")
@pytest.mark.parametrize("users", [None, SEED_USER])
def test_a_pipe_or_device_is_no_checkpoint(sandbox, tmp_path, users):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, "/dev/null", "/dev/zero"):
        with pytest.raises(
            ps.ConfigurationError, match="not an ordinary file but a pipe or a device"
        ):
            sandbox.connect().history(users, checkpoint=path)
