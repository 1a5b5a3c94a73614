"""The demo tenant: no network, no credentials, the same every time."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from pandas.testing import assert_frame_equal

import pingsessions_nb as ps


def test_it_opens_no_connection(monkeypatch):
    def refuse(*_):
        msg = "the demo tenant reached for the network"
        raise AssertionError(msg)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert len(ps.demo(users=10).history().users) == 10


def test_it_is_the_same_for_the_same_seed():
    one, same, other = (ps.demo(users=40, seed=seed) for seed in (7, 7, 8))
    assert_frame_equal(one.history().sessions, same.history().sessions)
    assert_frame_equal(one.truth, same.truth)
    assert not one.users().equals(other.users())


def test_it_knows_what_was_planted():
    tenant = ps.demo(users=200)
    assert list(tenant.truth.columns) == ["user_id", "session_id", "kind"]
    assert set(tenant.truth["session_id"]) <= set(tenant.history().sessions["session_id"])
    assert tenant.known_networks
    assert not hasattr(ps.Tenant, "truth")
    assert repr(tenant) == "DemoTenant('demo')"


def test_a_short_reading_leaves_nothing_on_the_screen():
    code = "import pingsessions_nb as ps; ps.demo(users=30).history(); ps.demo(users=5).users()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_whoever_connects_does_not_load_the_sandbox():
    code = (
        "import sys, pingsessions_nb as ps\n"
        "ps.connect('abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6', 'c', 's')\n"
        "print([m for m in sys.modules if m.startswith(('starlette', 'pingsessions_nb.sandbox'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def test_a_tenant_of_nobody_is_refused():
    with pytest.raises(ps.ConfigurationError, match="users is a whole number from 1 to"):
        ps.demo(users=0)
