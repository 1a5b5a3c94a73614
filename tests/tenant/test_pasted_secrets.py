"""Credentials pasted in the wrong place are not repeated in what is said of it."""

from __future__ import annotations

import pytest
from conftest import SEED_USER

import pingsessions_nb as ps

SECRET = "S3CRET-do-not-show-me"
PASTED = ["q~8aB.z/Kx9=w-Y_" * 4, "Xk3JvTq9Lm0RbWz7Dn5HcYp2", "hunter-two.is.mine"]


@pytest.mark.parametrize(
    ("secret", "known"), [*((secret, True) for secret in PASTED), *((s, False) for s in PASTED[:2])]
)
@pytest.mark.parametrize(
    "argument",
    [
        "environment_id",
        "auth_environment_id",
        "region",
        "api_url",
        "auth_url",
        "https",
        "path",
        "proxy",
        "verify",
        "token_endpoint_auth_method",
        "max_rate",
        "deadline",
        "private_key",
    ],
)
def test_a_secret_pasted_as_another_setting_is_not_repeated(secret, known, argument):
    given = {argument: secret}
    if argument == "https":
        given = {"api_url": f"https://{secret.replace('/', '')}:x"}
    elif argument == "path":
        given = {"auth_url": f"http://gate.example/{secret}"}
    settings = {"environment_id": SEED_USER, "client_secret": secret if known else "another-one"}
    with pytest.raises(ps.ConfigurationError) as raised:
        ps.connect(client_id="worker", **{**settings, **given})
    assert secret.lower() not in str(raised.value).lower()


@pytest.mark.parametrize(
    "variable", ["PINGONE_REGION_CODE", "PINGONE_ROOT_DOMAIN", "PINGONE_ENVIRONMENT_ID"]
)
def test_a_secret_pasted_as_another_variable_is_not_repeated(monkeypatch, variable):
    monkeypatch.setenv("PINGONE_ENVIRONMENT_ID", SEED_USER)
    monkeypatch.setenv("PINGONE_CLIENT_ID", "worker")
    monkeypatch.setenv("PINGONE_CLIENT_SECRET", PASTED[2])
    monkeypatch.setenv(variable, PASTED[2])
    with pytest.raises(ps.ConfigurationError, match=r"environment_id|region") as raised:
        ps.connect()
    assert PASTED[2] not in str(raised.value)


@pytest.mark.parametrize("pair", [(SECRET, SEED_USER), (SECRET, SECRET)])
def test_an_exchanged_id_and_secret_are_said_unseen_and_nothing_is_sent(sandbox, pair):
    client_id, client_secret = pair
    with pytest.raises(ps.ConfigurationError, match="exchanged") as raised:
        sandbox.connect(client_id=client_id, client_secret=client_secret)
    assert SECRET not in str(raised.value)
    assert sandbox.recorder.calls == []


def test_a_secret_given_as_the_client_id_is_not_repeated_with_what_a_server_says(sandbox, answer):
    body = f'{{"error":"invalid_client","error_description":"No client {SECRET}"}}'
    sandbox.recorder.instead["/as/token"] = answer(401, body.encode())
    with pytest.raises(ps.AuthenticationError, match=r"No client \*\*\*"):
        sandbox.connect(client_id=SECRET).users()


def test_a_secret_asked_for_as_a_user_or_population_is_not_repeated(start):
    tenant = start(client_secret=SECRET).connect(client_secret=SECRET, allow_end_session=True)
    asked = [
        lambda: tenant.users(population=SECRET),
        lambda: tenant.users(limit=SECRET),
        lambda: tenant.end_session(SECRET, SEED_USER),
        lambda: tenant.history(SECRET),
    ]
    for ask in asked:
        with pytest.raises(ps.PingSessionsError) as raised:
            ask()
        assert SECRET not in str(raised.value)
    with pytest.warns(UserWarning, match="1 of 2 users"):
        history = tenant.history([SECRET, SEED_USER])
    assert SECRET not in history.failures.to_csv()
