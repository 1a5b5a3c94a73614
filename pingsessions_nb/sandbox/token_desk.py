"""The token endpoint of a worker application: client credentials, by secret or by signed key.

Like PingOne, an application takes only the authentication methods that it is configured for; any
other is refused with ``invalid_client: Unsupported authentication method``.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import time
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key
from starlette.requests import Request
from starlette.responses import Response

from pingsessions_nb.sandbox.problems import invalid_token

BASIC = "CLIENT_SECRET_BASIC"
POST = "CLIENT_SECRET_POST"
PRIVATE_KEY_JWT = "PRIVATE_KEY_JWT"
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]
_MOST_TOKENS = 10_000


class _Refused(Exception):
    def __init__(self, description: str, error: str = "invalid_client", status: int = 401) -> None:
        super().__init__(description)
        self.error = error
        self.status = status


class TokenDesk:
    """Issues access tokens to one worker application, and checks them.

    A token lives for some ``seconds``. The ``methods`` are those of ``CLIENT_SECRET_BASIC``,
    ``CLIENT_SECRET_POST`` and ``PRIVATE_KEY_JWT`` that are accepted; the last one needs a public
    key, PEM or JWK, which verifies the client's assertion.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        seconds: float,
        methods: Collection[str],
        public_key: str | bytes | dict[str, Any] | None,
    ) -> None:
        unknown = set(methods) - {BASIC, POST, PRIVATE_KEY_JWT}
        if unknown:
            raise ValueError(f"unknown authentication method: {', '.join(sorted(unknown))}")
        if PRIVATE_KEY_JWT in methods and public_key is None:
            raise ValueError("PRIVATE_KEY_JWT needs a public_key to verify assertions with")
        if seconds <= 0:
            raise ValueError("token_seconds must be above 0")
        self._client_id = client_id
        self._client_secret = client_secret
        self._seconds = seconds
        self._methods = frozenset(methods)
        self._key = None if public_key is None else _public_key(public_key)
        self._expiry: dict[str, float] = {}
        self._assertions: dict[str, float] = {}

    async def issue(self, request: Request) -> Response:
        """Answer ``POST /{envID}/as/token``."""
        headers = {"Cache-Control": "no-store"}
        try:
            fields = dict(parse_qsl((await request.body()).decode(errors="replace")))
            self._authenticate(request, fields)
            if fields.get("grant_type") != "client_credentials":
                raise _Refused("Unsupported grant type", "unsupported_grant_type", 400)
        except _Refused as refused:
            body = {"error": refused.error, "error_description": str(refused)}
            return _json(body, refused.status, headers)
        token = secrets.token_urlsafe(48)
        now = time.monotonic()
        if len(self._expiry) >= _MOST_TOKENS:
            self._expiry = {known: end for known, end in self._expiry.items() if end > now}
        self._expiry[token] = now + self._seconds
        lifetime = int(self._seconds) if self._seconds >= 1 else self._seconds
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": lifetime}
        return _json(answer, 200, headers)

    def check(self, authorization: str | None) -> None:
        """Raise the 401 `Problem` unless the header carries a token that is still good."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.casefold() != "bearer" or not token:
            raise invalid_token("The Authorization header carries no bearer token.")
        expiry = self._expiry.get(token.strip())
        if expiry is None:
            raise invalid_token("The access token is not known.")
        if expiry <= time.monotonic():
            raise invalid_token("The access token has expired.")

    def _authenticate(self, request: Request, fields: dict[str, str]) -> None:
        header = request.headers.get("authorization")
        if header is not None:
            self._require(BASIC)
            self._check_secret(*_basic(header))
        elif "client_assertion" in fields:
            self._require(PRIVATE_KEY_JWT)
            self._check_assertion(request, fields)
        elif "client_secret" in fields:
            self._require(POST)
            self._check_secret(fields.get("client_id", ""), fields["client_secret"])
        else:
            raise _Refused("Missing client authentication")

    def _require(self, method: str) -> None:
        if method not in self._methods:
            raise _Refused("Unsupported authentication method")

    def _check_secret(self, client_id: str, client_secret: str) -> None:
        same_id = hmac.compare_digest(client_id.encode(), self._client_id.encode())
        same_secret = hmac.compare_digest(client_secret.encode(), self._client_secret.encode())
        if not (same_id and same_secret):
            raise _Refused("Invalid client credentials")

    def _check_assertion(self, request: Request, fields: dict[str, str]) -> None:
        if fields.get("client_assertion_type") != _ASSERTION_TYPE:
            raise _Refused("Unsupported client assertion type")
        assert self._key is not None  # noqa: S101 - the constructor saw to it
        try:
            token = jwt.decode(fields["client_assertion"], self._key, algorithms=_ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise _Refused("Invalid client assertion") from error
        issuer = str(request.url).split("?")[0].removesuffix("/token")
        audience = token.claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        now = time.time()
        expires, identifier = token.claims.get("exp"), token.claims.get("jti")
        if {token.claims.get("iss"), token.claims.get("sub")} != {self._client_id}:
            raise _Refused("Client assertion: iss and sub must be the client id")
        if not {issuer, f"{issuer}/token"} & set(audiences):
            raise _Refused(f"Client assertion: aud must be {issuer}")
        if not isinstance(expires, int | float) or expires <= now:
            raise _Refused("Client assertion: exp is missing or past")
        self._assertions = {jti: end for jti, end in self._assertions.items() if end > now}
        if identifier is not None:
            if identifier in self._assertions:
                raise _Refused("Client assertion: jti was used before")
            self._assertions[str(identifier)] = float(expires)


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        decoded = ""
    if scheme.casefold() != "basic" or ":" not in decoded:
        raise _Refused("Malformed Authorization header")
    client_id, _, client_secret = decoded.partition(":")
    # RFC 6749, section 2.3.1: both parts are form-encoded before they are joined.
    return unquote_plus(client_id), unquote_plus(client_secret)


def _public_key(key: str | bytes | dict[str, Any]) -> RSAKey | ECKey:
    if isinstance(key, dict):
        imported = import_key(key)
    else:
        pem = key.encode() if isinstance(key, str) else key
        try:
            imported = RSAKey.import_key(pem)
        except (JoseError, ValueError, TypeError):
            imported = ECKey.import_key(pem)
    if not isinstance(imported, RSAKey | ECKey):
        raise TypeError("public_key must be an RSA or an elliptic-curve key")
    return imported


def _json(body: Mapping[str, object], status: int, headers: dict[str, str]) -> Response:
    content = msgspec.json.encode(body)
    return Response(content, status, headers=headers, media_type="application/json")
