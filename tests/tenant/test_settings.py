"""Settings: arguments, then the environment; every wrong one named in a sentence."""

from __future__ import annotations

import copy
import pickle
import uuid
from dataclasses import asdict

import pytest

import pingsessions_nb as ps
from pingsessions_nb.tenant import settings
from pingsessions_nb.tenant.secret import Secret

ENVIRONMENT = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
OTHER = "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"
ENVIRON = {
    "PINGONE_ENVIRONMENT_ID": ENVIRONMENT,
    "PINGONE_CLIENT_ID": "worker",
    "PINGONE_CLIENT_SECRET": "s3cret~from-the.environment",
}


def load(environ=ENVIRON, **given):
    return settings.load(environ=environ, **given)


@pytest.mark.parametrize(
    ("code", "domain"),
    [
        ("NA", "pingone.com"),
        ("EU", "pingone.eu"),
        ("CA", "pingone.ca"),
        ("AP", "pingone.asia"),
        ("AU", "pingone.com.au"),
        ("SG", "pingone.sg"),
    ],
)
def test_a_region_is_a_code_or_a_root_domain_in_any_case(code, domain):
    for region in (code, code.lower(), domain, domain.upper(), f" {code} "):
        found = load(region=region)
        assert found.api_url == f"https://api.{domain}"
        assert found.token_url == f"https://auth.{domain}/{ENVIRONMENT}/as/token"
    assert load({**ENVIRON, "PINGONE_REGION_CODE": code.lower()}).api_url == f"https://api.{domain}"
    assert load({**ENVIRON, "PINGONE_ROOT_DOMAIN": domain}).api_url == f"https://api.{domain}"


def test_arguments_come_before_the_environment_and_north_america_last():
    found = load({**ENVIRON, "PINGONE_REGION_CODE": "EU"}, region="CA", client_id="mine")
    assert (found.client_id, found.api_url) == ("mine", "https://api.pingone.ca")
    found = load(client_secret=Secret("given"))
    assert found.credential.reveal() == "given"
    assert found.api_url == "https://api.pingone.com"


def test_the_worker_may_live_in_another_environment():
    found = load(auth_environment_id=OTHER.upper())
    assert found.environment_id == ENVIRONMENT
    assert found.token_url == f"https://auth.pingone.com/{OTHER}/as/token"


@pytest.mark.parametrize(
    ("auth_url", "token_url"),
    [
        ("https://auth.bxretail.org", "https://auth.bxretail.org/as/token"),
        ("https://auth.bxretail.org/as/", "https://auth.bxretail.org/as/token"),
        ("https://gate.example/ping/x/as/token", "https://gate.example/ping/x/as/token"),
        ("https://auth.pingone.eu", f"https://auth.pingone.eu/{ENVIRONMENT}/as/token"),
        ("http://127.0.0.1:8640", f"http://127.0.0.1:8640/{ENVIRONMENT}/as/token"),
        (f"https://auth.pingone.eu/{OTHER}", f"https://auth.pingone.eu/{OTHER}/as/token"),
        ("http://[::1]:8640/", f"http://[::1]:8640/{ENVIRONMENT}/as/token"),
    ],
)
def test_a_custom_domain_has_no_environment_in_its_path(auth_url, token_url):
    home = OTHER if OTHER in auth_url else None
    assert load(auth_url=auth_url, auth_environment_id=home).token_url == token_url


def test_an_id_may_be_a_uuid():
    assert load(environment_id=uuid.UUID(OTHER)).environment_id == OTHER


def test_an_api_url_may_end_in_v1():
    assert load(api_url="https://gate.example/ping/v1/").api_url == "https://gate.example/ping"


@pytest.mark.parametrize("missing", sorted(ENVIRON))
def test_a_missing_setting_is_named_with_its_argument_and_variable(missing):
    environ = {name: value for name, value in ENVIRON.items() if name != missing}
    with pytest.raises(ps.ConfigurationError) as raised:
        load(environ)
    argument = missing.removeprefix("PINGONE_").lower()
    assert missing in str(raised.value)
    assert f"connect({argument}=" in str(raised.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"environment_id": "prod"}, "environment_id is 'prod'"),
        ({"auth_environment_id": "prod"}, "auth_environment_id is 'prod'"),
        ({"region": "Mars"}, "not a PingOne region"),
        ({"api_url": "http://api.example.com"}, "unencrypted"),
        ({"auth_url": "http://auth.example.com"}, "unencrypted"),
        ({"auth_url": "http://127.0.0.1.example.com"}, "unencrypted"),
        ({"api_url": "api.pingone.com"}, "should look like https://"),
        ({"api_url": "https://api.pingone.com:port"}, "should look like https://"),
        ({"api_url": "ftp://api.pingone.com"}, "should look like https://"),
        ({"api_url": "https://api.pingone.com?x=1"}, "no user name, query"),
        ({"client_secret": Secret(" ")}, "empty"),
        ({"client_secret": Secret(12345)}, "client_secret is empty or"),
        ({"client_id": 12345}, "client_id is empty or"),
        ({"client_secret": Secret("pa\u017aword")}, "never puts into one"),
        ({"token_endpoint_auth_method": "none"}, "should be one of client_secret_basic"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "private_key="),
        ({"private_key": Secret("/no/such/file.pem")}, "neither PEM text nor the path"),
    ],
)
def test_a_wrong_setting_is_a_sentence(given, words):
    with pytest.raises(ps.ConfigurationError, match=words.replace("(", r"\(")):
        load(**given)


def test_a_password_in_a_url_is_refused_without_repeating_it():
    with pytest.raises(ps.ConfigurationError) as raised:
        load(api_url="https://me:hunter2@api.pingone.com")
    assert "hunter2" not in str(raised.value)


def test_two_variables_that_name_two_regions_are_refused():
    both = {**ENVIRON, "PINGONE_REGION_CODE": "EU", "PINGONE_ROOT_DOMAIN": "pingone.com"}
    with pytest.raises(ps.ConfigurationError, match="name two regions"):
        load(both)
    assert load(both, region="EU").api_url == "https://api.pingone.eu"


def test_a_private_key_is_read_from_its_file(tmp_path):
    pem = "-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n"
    path = tmp_path / "key.pem"
    path.write_text(pem)
    found = load(private_key=Secret(str(path)))
    assert found.auth_method == "private_key_jwt"
    assert found.credential.reveal() == pem


def test_a_secret_shows_itself_to_nobody():
    secret = Secret("hunter2")
    assert secret.reveal() == "hunter2"
    found = load(client_secret=secret)
    for shown in (repr(secret), str(secret), f"{secret}", repr(found), str(vars(found))):
        assert "hunter2" not in shown
    for take in (pickle.dumps, copy.copy, copy.deepcopy, asdict):
        with pytest.raises(TypeError, match="not pickled or copied"):
            take(found if take is asdict else secret)
