"""Ending a session: only where it was allowed, and what PingOne says to it."""

from __future__ import annotations

import pytest
from conftest import SEED_USER

import pingsessions_nb as ps

SESSION = "9729e107-bb00-4c46-8b49-7c0c1d51761c"


def test_it_is_refused_unless_it_was_allowed(sandbox):
    for tenant in (sandbox.connect(), ps.demo(users=5)):
        with pytest.raises(ps.ConfigurationError, match="allow_end_session=True"):
            tenant.end_session(SEED_USER, SESSION)
    assert sandbox.recorder.calls == []


def test_an_ended_session_is_gone_and_access_may_last_a_while(sandbox):
    tenant = sandbox.connect(allow_end_session=True)
    assert "until its current token ends" in tenant.end_session(SEED_USER, SESSION)
    assert SESSION not in tenant.history(SEED_USER).sessions["session_id"].tolist()
    with pytest.raises(ps.NotFound, match="may have ended already") as raised:
        tenant.end_session(SEED_USER, SESSION)
    assert "correlation id" in str(raised.value)


def test_an_ending_whose_answer_was_lost_is_done(start):
    sandbox = start(faults={"truncate": 0.5}, fault_seed=1)
    tenant = sandbox.connect(allow_end_session=True)
    ids = tenant.history(SEED_USER).sessions["session_id"].tolist()
    for session in ids:
        assert "is ended" in tenant.end_session(SEED_USER, session)


@pytest.mark.parametrize("before", ["429", "401"])
def test_what_was_never_there_is_not_said_to_be_ended(sandbox, answer, before):
    tenant = sandbox.connect(allow_end_session=True)
    nothing = "00000000-0000-4000-8000-000000000000"
    came = []

    async def once(scope, receive, send):
        app = sandbox.recorder.app if came else answer(int(before), b"{}", retry_after="0")
        came.append(scope["method"])
        await app(scope, receive, send)

    sandbox.recorder.instead[nothing] = once
    with pytest.raises(ps.NotFound, match="may have ended already"):
        tenant.end_session(SEED_USER, nothing)
    assert came == ["DELETE", "DELETE"]


def test_a_reading_role_is_told_apart(sandbox, answer):
    body = b'{"id":"c-3","code":"ACCESS_FAILED","message":"No."}'
    sandbox.recorder.instead[SESSION] = answer(403, body)
    with pytest.raises(ps.PermissionDenied, match=r"c-3.*Read-only roles.*own current one"):
        sandbox.connect(allow_end_session=True).end_session(SEED_USER, SESSION)


@pytest.mark.parametrize("wrong", ["", "..", "x/../../y", "9729e107"])
def test_what_is_no_id_never_becomes_a_path(sandbox, wrong):
    tenant = sandbox.connect(allow_end_session=True)
    for ids in ((wrong, SESSION), (SEED_USER, wrong)):
        with pytest.raises(ps.ConfigurationError, match="should be an id"):
            tenant.end_session(*ids)
    assert sandbox.recorder.calls == []
