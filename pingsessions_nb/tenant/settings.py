"""Which environment to read, where it lives and who is asking: arguments first, then PINGONE_*.

The environment variables are those that the ecosystem already uses: PINGONE_CLIENT_ID,
PINGONE_CLIENT_SECRET, PINGONE_ENVIRONMENT_ID and PINGONE_REGION_CODE (Ping's Terraform
provider), and PINGONE_ROOT_DOMAIN (Ping CLI).
"""

from __future__ import annotations

import ipaddress
import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.tenant.scim_filters import is_id
from pingsessions_nb.tenant.secret import ID, WORD, Secret, repeated, repeated_address

ROOT_DOMAINS: Mapping[str, str] = {
    "NA": "pingone.com",
    "EU": "pingone.eu",
    "CA": "pingone.ca",
    "AP": "pingone.asia",
    "AU": "pingone.com.au",
    "SG": "pingone.sg",
}

AuthMethod = Literal["client_secret_basic", "client_secret_post", "private_key_jwt"]
Secrets = Sequence[Secret]


@dataclass(frozen=True)
class Settings:
    """Everything that a connection needs to know, checked."""

    environment_id: str  # the environment that is read
    auth_environment_id: str  # the one that the worker application lives in
    client_id: str
    credential: Secret  # the client secret or, for private_key_jwt, the private key (PEM)
    auth_method: AuthMethod | None  # None: find out (basic, then post)
    key_id: str | None  # `kid` of the private key
    api_url: str  # without /v1
    token_url: str


def load(
    *,
    environment_id: str | None = None,
    client_id: str | None = None,
    client_secret: Secret | None = None,
    region: str | None = None,
    auth_environment_id: str | None = None,
    api_url: str | None = None,
    auth_url: str | None = None,
    token_endpoint_auth_method: str | None = None,
    private_key: Secret | None = None,
    key_id: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Join arguments and environment variables into checked `Settings`; nothing is sent.

    Raises
    ------
    ConfigurationError
        Something is missing or wrong; the sentence says what, and what it should be.
    """
    variables = _Variables(environ)
    of_variable = Secret(variables.get("PINGONE_CLIENT_SECRET"))
    secrets = [one for one in (client_secret, private_key, of_variable) if one is not None]
    environment = _uuid(
        environment_id or _required(variables, "PINGONE_ENVIRONMENT_ID", "environment_id"),
        "environment_id",
        secrets,
    )
    worker_home = _uuid(auth_environment_id or environment, "auth_environment_id", secrets)
    method = _auth_method(token_endpoint_auth_method, private_key, secrets)
    if method == "private_key_jwt":
        credential = _private_key(private_key)
    elif client_secret is not None:
        credential = client_secret
    else:
        credential = Secret(_required(variables, "PINGONE_CLIENT_SECRET", "client_secret"))
    if method != "private_key_jwt":
        credential = Secret(_sendable(credential.reveal(), "client_secret"))
    identity = client_id or _required(variables, "PINGONE_CLIENT_ID", "client_id")
    identity = _identity(_sendable(identity, "client_id"), credential)
    domain = _root_domain(region, variables, secrets)
    api_url = _base_url(api_url or f"https://api.{domain}", "api_url", secrets)
    auth_url = _base_url(auth_url or f"https://auth.{domain}", "auth_url", secrets)
    return Settings(
        environment_id=environment,
        auth_environment_id=worker_home,
        client_id=identity,
        credential=credential,
        auth_method=method,
        key_id=key_id,
        api_url=api_url.removesuffix("/v1"),
        token_url=_token_url(auth_url, worker_home),
    )


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Variables:
    """Environment variables; a traceback that prints variables does not print these."""

    __slots__ = ("_environ",)

    def __init__(self, environ: Mapping[str, str] | None) -> None:
        self._environ = os.environ if environ is None else environ

    def get(self, name: str) -> str:
        return self._environ.get(name, "").strip()


def _required(variables: _Variables, variable: str, argument: str) -> str:
    value = variables.get(variable)
    if not value:
        raise ConfigurationError(
            f"No {argument}: pass connect({argument}=...) or set the environment variable "
            f"{variable}. To try without a tenant, use demo()."
        )
    return value


def _sendable(text: str, argument: str) -> str:
    """Cut off what copying brought along; refuse what would fail, and be shown, on being sent."""
    text = text.strip() if isinstance(text, str) else ""
    if text and text.isascii() and text.isprintable():
        return text
    text = ""
    msg = f"{argument} is empty or holds characters that PingOne never puts into one."
    raise ConfigurationError(msg)


def _identity(client_id: str, credential: Secret) -> str:
    """Return the client's id, unless the secret was given for it."""
    wrong = client_id == credential.reveal() or (
        is_id(credential.reveal()) and not is_id(client_id)
    )
    if not wrong:
        return client_id
    client_id = ""
    raise ConfigurationError(
        "client_id and client_secret seem to be exchanged, or the same was given for both. "
        "PingOne's console shows a worker application's Client ID, a UUID, and its Client Secret "
        "on its Overview page."
    )


def _uuid(text: str, argument: str, secrets: Secrets) -> str:
    try:
        return str(uuid.UUID(str(text).strip()))
    except ValueError:
        pass
    raise ConfigurationError(
        f"{argument} is {repeated(text, ID, secrets)}, but should be a UUID such as "
        "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6. PingOne's console shows it under Environment > "
        "Properties."
    )


def _root_domain(region: str | None, variables: _Variables, secrets: Secrets) -> str:
    """Find the region's root domain; code (``EU``) and domain (``pingone.eu``) in any case."""
    if region:
        return _domain_of(region, "region", secrets)
    code, domain = variables.get("PINGONE_REGION_CODE"), variables.get("PINGONE_ROOT_DOMAIN")
    by_code = _domain_of(code, "PINGONE_REGION_CODE", secrets) if code else None
    by_domain = _domain_of(domain, "PINGONE_ROOT_DOMAIN", secrets) if domain else None
    if by_code and by_domain and by_code != by_domain:
        raise ConfigurationError(
            f"PINGONE_REGION_CODE={code} and PINGONE_ROOT_DOMAIN={domain} name two regions. "
            "Unset one of them, or pass connect(region=...)."
        )
    return by_code or by_domain or ROOT_DOMAINS["NA"]


def _domain_of(text: str, source: str, secrets: Secrets) -> str:
    wanted = str(text).strip()
    if wanted.upper() in ROOT_DOMAINS:
        return ROOT_DOMAINS[wanted.upper()]
    if wanted.lower() in ROOT_DOMAINS.values():
        return wanted.lower()
    known = ", ".join(f"{code} ({domain})" for code, domain in ROOT_DOMAINS.items())
    raise ConfigurationError(
        f"{source} is {repeated(text, WORD, secrets)}, which is not a PingOne region. Regions: "
        f"{known}. "
        "For a custom domain, pass auth_url=."
    )


def _base_url(text: str, argument: str, secrets: Secrets) -> str:
    shown = repeated_address(text, secrets)
    url = str(text).strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or port == 0 or parts.scheme not in ("https", "http"):
        msg = f"{argument} is {shown}, but should look like https://api.pingone.com"
        raise ConfigurationError(msg)
    if parts.username is not None or parts.query or parts.fragment:
        msg = f"{argument} may hold a host and a path, but no user name, query or fragment."
        raise ConfigurationError(msg)
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigurationError(
            f"{argument} is {shown}, which would send credentials unencrypted. Use https://; "
            "http:// is accepted for this machine alone (127.0.0.1, localhost)."
        )
    return url


def _token_url(auth_url: str, environment_id: str) -> str:
    """Find the token endpoint.

    PingOne's own hosts have the environment in the path; a custom domain replaces host and
    environment (https://developer.pingidentity.com/pingone-api/platform/custom-domains.html).
    A path that ends in ``/as`` or ``/as/token``, or the environment, is taken as it is.
    """
    if auth_url.endswith("/as/token"):
        return auth_url
    if auth_url.endswith("/as"):
        return f"{auth_url}/token"
    host = urlsplit(auth_url).hostname or ""
    ping_hosts = {f"auth.{domain}" for domain in ROOT_DOMAINS.values()}
    if auth_url.lower().endswith(f"/{environment_id}"):
        return f"{auth_url}/as/token"
    if host in ping_hosts or is_loopback(host):
        return f"{auth_url}/{environment_id}/as/token"
    return f"{auth_url}/as/token"


def _auth_method(
    text: str | None, private_key: Secret | None, secrets: Secrets
) -> AuthMethod | None:
    if text is None:
        return "private_key_jwt" if private_key is not None else None
    methods: tuple[AuthMethod, ...] = get_args(AuthMethod)
    for method in methods:
        if str(text).strip().lower() == method:
            return method
    raise ConfigurationError(
        f"token_endpoint_auth_method is {repeated(text, WORD, secrets)}, but should be one of "
        f"{', '.join(methods)}, as set for the worker application in PingOne."
    )


def _private_key(key: Secret | None) -> Secret:
    """Take a private key as PEM text, or read it from the file that the text names."""
    if key is None:
        msg = "private_key_jwt needs connect(private_key=...): PEM text, or a path to a PEM file."
        raise ConfigurationError(msg)
    if "-----BEGIN" in key.reveal():
        return key
    try:
        key = Secret(Path(key.reveal()).expanduser().read_text(encoding="ascii"))
    except (OSError, ValueError):
        key = Secret("")
    if "PRIVATE KEY-----" not in key.reveal():
        msg = "private_key is neither PEM text nor the path of a readable PEM file."
        raise ConfigurationError(msg)
    return key
