"""Access tokens: how they are asked for, how often, and what a refusal says."""

from __future__ import annotations

import base64
import time

import pytest
from joserfc.jwk import ECKey, RSAKey

import pingsessions_nb as ps

OTHER = "11111111-2222-4333-8444-555555555555"


def test_basic_is_tried_first(sandbox):
    sandbox.connect().populations()
    (call,) = sandbox.recorder.tokens
    sent = base64.b64decode(call.headers["authorization"].removeprefix("Basic "))
    assert sent == b"sandbox-client:sandbox-secret"


def test_an_application_that_takes_post_alone_is_found_out_once(start):
    sandbox = start(auth_methods=["CLIENT_SECRET_POST"], token_seconds=0.3)
    tenant = sandbox.connect()
    tenant.populations()
    assert ["authorization" in call.headers for call in sandbox.recorder.tokens] == [True, False]
    time.sleep(0.4)
    tenant.populations()
    assert "authorization" not in sandbox.recorder.tokens[2].headers
    assert len(sandbox.recorder.tokens) == 3


@pytest.mark.parametrize("told", ["client_secret_post", "CLIENT_SECRET_POST"])
def test_what_is_told_is_not_guessed(start, told):
    sandbox = start(auth_methods=["CLIENT_SECRET_BASIC"])
    with pytest.raises(ps.AuthenticationError, match="does not take client_secret_post"):
        sandbox.connect(token_endpoint_auth_method=told).populations()
    assert len(sandbox.recorder.tokens) == 1


@pytest.mark.parametrize(
    "key", [RSAKey.generate_key(2048), ECKey.generate_key("P-256"), ECKey.generate_key("P-384")]
)
def test_a_private_key_signs_for_the_application(start, tmp_path, key):
    sandbox = start(
        public_key=key.as_pem(private=False), auth_methods=["PRIVATE_KEY_JWT"], token_seconds=0.3
    )
    pem = tmp_path / "worker.pem"
    pem.write_bytes(key.as_pem(private=True))
    tenant = sandbox.connect(private_key=pem, key_id="k1")
    assert len(tenant.populations()) > 0
    time.sleep(0.4)
    assert len(sandbox.connect(private_key=pem.read_text()).populations()) > 0
    assert len(tenant.populations()) > 0  # each assertion is another: the sandbox refuses a replay


@pytest.mark.parametrize("bad", ["rubbish", "public"])
def test_a_key_that_cannot_sign_is_refused_before_anything_is_sent(sandbox, tmp_path, bad):
    pem = tmp_path / "worker.pem"
    public = ECKey.generate_key("P-256").as_pem(private=False).decode()
    rubbish = "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n"
    pem.write_text(public if bad == "public" else rubbish)
    with pytest.raises(ps.ConfigurationError, match="private_key"):
        sandbox.connect(private_key=pem)
    assert sandbox.recorder.calls == []


def test_the_application_may_live_in_another_environment(start):
    sandbox = start(auth_environment_id=OTHER)
    with pytest.raises(ps.NotFound, match=r"no environment .* Check environment_id and region"):
        sandbox.connect().populations()
    assert len(sandbox.connect(auth_environment_id=OTHER).populations()) > 0
    assert sandbox.recorder.tokens[-1].path == f"/{OTHER}/as/token"


def test_a_wrong_secret_says_where_to_look(sandbox):
    with pytest.raises(ps.AuthenticationError) as raised:
        sandbox.connect(client_secret="wrong").users()
    sentence = str(raised.value)
    for word in ("client_id", "client_secret", "region", "auth_environment_id", "invalid_client"):
        assert word in sentence
    assert (raised.value.status, raised.value.code) == (401, "invalid_client")
    assert "wrong" not in sentence
    assert len(sandbox.recorder.tokens) == 1


def test_a_token_is_renewed_before_it_ends_and_once_for_everybody(start):
    # Renewed after four fifths of its life: the last fifth is more than a busy machine stalls.
    sandbox = start(users=300, token_seconds=5, latency_ms=20)
    tenant = sandbox.connect(max_rate=30)
    began = time.monotonic()
    history = tenant.history(progress=False)
    seconds = time.monotonic() - began
    assert history.failures.empty
    statuses = [call.status for call in sandbox.recorder.of("/sessions")]
    assert statuses.count(200) == 300
    assert statuses.count(401) <= 3
    assert seconds > 8
    assert 2 <= len(sandbox.recorder.tokens) <= 2 + seconds / 4


def test_a_revoked_token_is_renewed_once_for_everybody(start):
    sandbox = start(users=40)
    tenant = sandbox.connect()
    tenant.populations()
    sandbox.recorder.revoke()
    history = tenant.history()
    assert history.failures.empty
    assert len(sandbox.recorder.tokens) == 2


def test_a_token_that_is_never_accepted_is_an_error_after_one_renewal(sandbox, answer):
    body = b'{"id":"c-77","code":"ACCESS_FAILED","details":[{"code":"INVALID_TOKEN"}]}'
    sandbox.recorder.instead["/populations"] = answer(401, body)
    with pytest.raises(
        ps.AuthenticationError, match=r"does not accept the access token.*c-77"
    ) as e:
        sandbox.connect().populations()
    assert e.value.correlation_id == "c-77"
    assert len(sandbox.recorder.tokens) == 2
    assert len(sandbox.recorder.of("/populations")) == 2


def test_when_no_token_can_be_had_many_users_ask_once(start, answer):
    sandbox = start(users=60)
    tenant = sandbox.connect()
    users = tenant.users()
    refused = b'{"error":"invalid_client","error_description":"Disabled"}'
    sandbox.recorder.instead["/as/token"] = answer(401, refused)
    sandbox.recorder.revoke()
    with pytest.raises(ps.AuthenticationError, match="whether the application is enabled"):
        tenant.history(users)
    assert len(sandbox.recorder.tokens) == 2


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b'{"access_token":5}', b"[" * 5000])
def test_a_token_answer_that_is_no_token_is_a_sentence(sandbox, answer, body):
    sandbox.recorder.instead["/as/token"] = answer(200, body)
    with pytest.raises(ps.MalformedResponse, match="no access_token in it"):
        sandbox.connect(deadline=0.2).users()


@pytest.mark.parametrize("seconds", ["null", '""', '"soon"', "[]", "1e400", "-5", "1e12", "true"])
def test_a_lifetime_that_is_none_does_not_cost_the_token(sandbox, answer, seconds):
    body = f'{{"access_token":"x","expires_in":{seconds}}}'.encode()
    sandbox.recorder.instead = {
        "/as/token": answer(200, b"\xef\xbb\xbf" + body),
        "/populations": answer(200, b'{"_embedded":{"populations":[]}}'),
    }
    assert sandbox.connect().populations().empty
    assert sandbox.recorder.api[0].headers["authorization"] == "Bearer x"


def test_a_lifetime_written_as_a_text_is_understood(sandbox, answer):
    sandbox.recorder.instead["/as/token"] = answer(200, b'{"access_token":"x","expires_in":"60"}')
    with pytest.raises(ps.AuthenticationError, match="does not accept the access token"):
        sandbox.connect().populations()
    assert len(sandbox.recorder.tokens) == 2


def test_tokens_that_are_dead_on_arrival_are_not_asked_for_without_end(sandbox, answer):
    sandbox.recorder.instead["/as/token"] = answer(200, b'{"access_token":"x","expires_in":0}')
    with pytest.raises(ps.AuthenticationError, match="does not accept the access token"):
        sandbox.connect().populations()
    assert len(sandbox.recorder.api) <= 5
