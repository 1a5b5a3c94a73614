"""Tokens over real HTTP: methods of authentication, expiry, signed assertions."""

import time

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from pingsessions_nb.sandbox import SyntheticTenant, create_app, running

ENVIRONMENT = SyntheticTenant.environment_id
GRANT = {"grant_type": "client_credentials"}
SECRETS = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}
BASIC = ("sandbox-client", "sandbox-secret")


@pytest.fixture(scope="module")
def tenant():
    return SyntheticTenant(users=3)


def token(base_url, data=None, auth=None, environment=ENVIRONMENT):
    return httpx.post(
        f"{base_url}/{environment}/as/token", data={**GRANT, **(data or {})}, auth=auth
    )


def refused(answer, error, description, status=401):
    assert answer.status_code == status
    assert answer.json() == {"error": error, "error_description": description}


def test_either_secret_method_gets_a_token(tenant):
    with running(create_app(tenant)) as base_url:
        for answer in (token(base_url, auth=BASIC), token(base_url, SECRETS)):
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == "no-store"
            body = answer.json()
            assert body.keys() == {"access_token", "token_type", "expires_in"}
            assert body["expires_in"] == 3600
            headers = {"Authorization": f"Bearer {body['access_token']}"}
            assert httpx.get(f"{base_url}/v1/environments", headers=headers).status_code == 200


def test_an_application_takes_only_its_own_method(tenant):
    with running(create_app(tenant, auth_methods=["CLIENT_SECRET_POST"])) as base_url:
        refused(token(base_url, auth=BASIC), "invalid_client", "Unsupported authentication method")
        assert token(base_url, SECRETS).status_code == 200
    with running(create_app(tenant, auth_methods=["CLIENT_SECRET_BASIC"])) as base_url:
        refused(token(base_url, SECRETS), "invalid_client", "Unsupported authentication method")
        assert token(base_url, auth=BASIC).status_code == 200


def test_wrong_credentials_and_grants(tenant):
    with running(create_app(tenant)) as base_url:
        wrong = token(base_url, {**SECRETS, "client_secret": "guess"})
        refused(wrong, "invalid_client", "Invalid client credentials")
        wrong = token(base_url, auth=("somebody", "sandbox-secret"))
        refused(wrong, "invalid_client", "Invalid client credentials")
        refused(token(base_url), "invalid_client", "Missing client authentication")
        wrong = token(base_url, {"grant_type": "password"}, auth=BASIC)
        refused(wrong, "unsupported_grant_type", "Unsupported grant type", 400)
        assert token(base_url, auth=BASIC, environment="elsewhere").status_code == 404


def test_secrets_are_form_encoded_in_the_basic_header(tenant):
    secret = "a:b%c+d ü"
    with running(create_app(tenant, client_secret=secret)) as base_url:
        answer = token(base_url, auth=("sandbox-client", "a%3Ab%25c%2Bd+%C3%BC"))
        assert answer.status_code == 200


def test_tokens_expire(tenant):
    with running(create_app(tenant, token_seconds=0.3)) as base_url:
        body = token(base_url, auth=BASIC).json()
        headers = {"Authorization": f"Bearer {body['access_token']}"}
        assert httpx.get(f"{base_url}/v1/environments", headers=headers).status_code == 200
        time.sleep(0.35)
        answer = httpx.get(f"{base_url}/v1/environments", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["details"][0]["message"] == "The access token has expired."


def test_the_application_may_live_in_another_environment(tenant):
    elsewhere = "11111111-2222-4333-8444-555555555555"
    with running(create_app(tenant, auth_environment_id=elsewhere)) as base_url:
        assert token(base_url, auth=BASIC).status_code == 404
        assert token(base_url, auth=BASIC, environment=elsewhere).status_code == 200


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(RSAKey.generate_key(2048), "RS256"), (ECKey.generate_key("P-256"), "ES256")],
)
def test_private_key_jwt(tenant, key, algorithm):
    public = key.as_pem(private=False)
    with running(
        create_app(tenant, auth_methods=["PRIVATE_KEY_JWT"], public_key=public)
    ) as base_url:

        def ask(signed_by=key, **changes):
            claims = {
                "iss": "sandbox-client",
                "sub": "sandbox-client",
                "aud": f"{base_url}/{ENVIRONMENT}/as",
                "exp": int(time.time()) + 60,
                "jti": str(time.monotonic_ns()),
                **changes,
            }
            assertion = jwt.encode({"alg": algorithm}, claims, signed_by, algorithms=[algorithm])
            kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            return token(base_url, {"client_assertion_type": kind, "client_assertion": assertion})

        assert ask().status_code == 200
        assert ask(aud=f"{base_url}/{ENVIRONMENT}/as/token").status_code == 200
        assert ask(jti="once").status_code == 200
        assert "jti" in ask(jti="once").json()["error_description"]
        assert "exp" in ask(exp=int(time.time()) - 1).json()["error_description"]
        assert "aud" in ask(aud="https://example.org").json()["error_description"]
        assert "iss" in ask(iss="somebody").json()["error_description"]
        stranger = type(key).generate_key(2048 if algorithm == "RS256" else "P-256")
        refused(ask(signed_by=stranger), "invalid_client", "Invalid client assertion")
        refused(token(base_url, SECRETS), "invalid_client", "Unsupported authentication method")


def test_methods_must_exist_and_have_their_key(tenant):
    with pytest.raises(ValueError, match="unknown authentication method: NONE"):
        create_app(tenant, auth_methods=["NONE"])
    with pytest.raises(ValueError, match="needs a public_key"):
        create_app(tenant, auth_methods=["PRIVATE_KEY_JWT"])
