"""The hierarchy of errors: one root, facts kept."""

from __future__ import annotations

import pickle

import pytest

import pingsessions_nb as ps

API_ERRORS = [
    ps.AuthenticationError,
    ps.PermissionDenied,
    ps.NotFound,
    ps.RateLimited,
    ps.ServiceUnavailable,
    ps.MalformedResponse,
]


@pytest.mark.parametrize("kind", [*API_ERRORS, ps.ConfigurationError, ps.ArchiveError])
def test_one_except_clause_catches_all_of_ours(kind):
    with pytest.raises(ps.PingSessionsError, match="why"):
        raise kind("why")


@pytest.mark.parametrize("kind", API_ERRORS)
def test_an_api_error_carries_pingones_facts_even_through_a_pickle(kind):
    facts = {"status": 403, "code": "ACCESS_FAILED", "correlation_id": "c-1"}
    error = kind("why", **facts, details=[{"code": "X", "message": "m"}])
    for one in (error, pickle.loads(pickle.dumps(error))):
        assert str(one) == "why"
        assert {name: getattr(one, name) for name in facts} == facts
        assert one.details == ({"code": "X", "message": "m"},)
    assert (kind("why").status, kind("why").details) == (None, ())


def test_a_wrong_setting_is_a_value_error_too():
    assert issubclass(ps.ConfigurationError, ValueError)
