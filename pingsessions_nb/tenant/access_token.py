"""Access tokens by client credentials: asked for through authlib, renewed early, one for all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import msgspec

from pingsessions_nb.errors import ApiError, AuthenticationError, ConfigurationError, NotFound
from pingsessions_nb.tenant import explaining
from pingsessions_nb.tenant.answers import Answer, Unreadable
from pingsessions_nb.tenant.api_pages import read_object
from pingsessions_nb.tenant.retrying import PassingTrouble, persist
from pingsessions_nb.tenant.secret import Hiding, Secret
from pingsessions_nb.tenant.settings import Settings
from pingsessions_nb.tenant.wire import Wire

if TYPE_CHECKING:
    from authlib.oauth2.auth import ClientAuth
    from joserfc.jwk import ECKey, RSAKey

_DOING = "Getting an access token"
_RENEW_BEFORE_SECONDS = 60.0
_USUAL_SECONDS = 3600.0  # where an answer does not say
_LONGEST_SECONDS = 86_400.0
_FAILURE_STANDS_SECONDS = 1.0


class _Grant(msgspec.Struct):
    access_token: str
    expires_in: msgspec.Raw = msgspec.Raw(b"null")


class AccessToken:
    """The tenant's one access token, each new one of which is hidden in what others say.

    Getting one may take as many seconds in all as the deadline says.

    Attributes
    ----------
    failure : ApiError or None
        Why no token could be had, the last time that none could.
    """

    def __init__(self, settings: Settings, wire: Wire, hide: Hiding, deadline: float) -> None:
        self._settings = settings
        self._hide = hide
        self._wire = wire
        self._deadline = deadline
        self._method: str | None = settings.auth_method
        self._token = Secret("")
        self._renew_at = self._young_until = float("-inf")
        self._renewing = asyncio.Lock()
        self.failure: ApiError | None = None
        self._ask_again_at = float("-inf")

    async def current(self) -> Secret:
        """Return a token that still lives; if one must be fetched, everybody waits for the same.

        Raises
        ------
        AuthenticationError
            The worker application or its secret is not accepted.
        NotFound
            The environment does not exist there.
        ServiceUnavailable, RateLimited
            No token could be had in time.
        """
        if time.monotonic() >= self._renew_at:
            async with self._renewing:
                if self.failure is not None and time.monotonic() < self._ask_again_at:
                    raise self.failure
                if time.monotonic() >= self._renew_at:
                    await self._renew()
        return self._token

    def refused(self, token: Secret) -> bool:
        """Forget a token that the API answered with 401, unless it was replaced meanwhile.

        Returns
        -------
        bool
            Whether it was young, so that the refusal cannot be for its age.
        """
        if token is not self._token:
            return False
        self._renew_at = float("-inf")
        return time.monotonic() < self._young_until

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()

    async def _renew(self) -> None:
        try:
            await persist(self._fetch, lambda: self._wire.patience(self._deadline))
        except ApiError as error:
            # Whoever waited with us gets the same answer: a hundred wrong guesses at once could
            # lock the application out.
            self.failure = error
            self._ask_again_at = time.monotonic() + _FAILURE_STANDS_SECONDS
            raise

    async def _fetch(self) -> None:
        asked_at = time.monotonic()
        answer = await self._wire.send(
            "POST",
            self._settings.token_url,
            _DOING,
            data={"grant_type": "client_credentials"},
            auth=self._signature(),
            patience=self._deadline,
        )
        if answer.status != 200:
            raise self._refusal(answer)
        granted = _granted(answer.body)
        if granted is None:
            why = "no access_token in it"
            if answer.is_web_page:
                why = explaining.web_page(answer, self._hide)
            raise PassingTrouble(explaining.malformed(_DOING, why))
        self._token, seconds = granted
        self._hide.add_token(self._token)
        self._renew_at = asked_at + seconds - min(_RENEW_BEFORE_SECONDS, seconds / 5)
        self._young_until = asked_at + seconds / 2

    def _signature(self) -> httpx.Auth:
        # Imported here: it costs 0.1 s, and a demo tenant's notebook should open at once.
        from authlib.oauth2.auth import ClientAuth
        from authlib.oauth2.rfc7523 import PrivateKeyJWT

        settings, credential = self._settings, self._settings.credential
        if self._method != "private_key_jwt":
            method = self._method or "client_secret_basic"
            return _Signature(ClientAuth(settings.client_id, credential.reveal(), method))
        key, algorithm = signing_key(credential)
        header = {"kid": settings.key_id} if settings.key_id else None
        method = PrivateKeyJWT(settings.token_url, headers=header, alg=algorithm)
        return _Signature(ClientAuth(settings.client_id, key, method))

    def _refusal(self, answer: Answer) -> Exception:
        status, told = answer.status, explaining.Told.read(answer.body, self._hide)
        wrong_method = "nsupported authentication method" in (told.message or "")
        advice = (
            "PingOne does not accept the worker application's credentials. Look at client_id and "
            "client_secret, at the region, whether the application is enabled, and whether it "
            f"lives in environment {self._settings.auth_environment_id} (if not, pass "
            "auth_environment_id=)."
        )
        if wrong_method:
            advice = (
                f"the worker application does not take {self._method or 'client_secret_basic'}. "
                "Pass token_endpoint_auth_method= as the application is set in PingOne."
            )
        meaning: tuple[type[ApiError], str] | None = None
        if status in (400, 401, 403):
            meaning = (AuthenticationError, advice)
        elif status == 404:
            meaning = (
                NotFound,
                f"there is no environment {self._settings.auth_environment_id} at "
                f"{urlsplit(self._settings.token_url).netloc}. Check environment_id and region.",
            )
        error = explaining.refusal(answer, _DOING, self._hide, meaning)
        if wrong_method and self._method is None:
            # The worker application is set to the other one: remember that, and ask again.
            self._method = "client_secret_post"
            return PassingTrouble(error, pause=0.0)
        return error


def _granted(body: bytes) -> tuple[Secret, float] | None:
    """Read a token and how many seconds it lives; None where there is no token."""
    try:
        grant = msgspec.json.decode(read_object(body), type=_Grant)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, Unreadable):
        return None
    if not _is_token(grant.access_token):
        return None
    return Secret(grant.access_token), _seconds(bytes(grant.expires_in))


def _seconds(told: bytes) -> float:
    """Read ``expires_in``: a number, or a text of one; anything else is the usual."""
    try:
        seconds = msgspec.json.decode(told, type=float, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _USUAL_SECONDS
    return min(max(seconds, 0.0), _LONGEST_SECONDS)


def _is_token(text: str) -> bool:
    """Tell whether a text can stand in a header (RFC 6749, A.12); what cannot would be shown."""
    return text.isascii() and text.isprintable() and text != "" and " " not in text


class _Signature(httpx.Auth):
    """Has authlib sign a request of httpx's; its own adapter is moving to another client."""

    requires_request_body = True

    def __init__(self, client: ClientAuth) -> None:
        self._client = client

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        url, headers, body = self._client.prepare(
            request.method, str(request.url), request.headers, request.content.decode()
        )
        del headers["content-length"]  # of the body before it was signed
        yield httpx.Request(request.method, url, headers=headers, content=body)


def signing_key(pem: Secret) -> tuple[RSAKey | ECKey, str]:
    """Read a private key; return it with the algorithm that PingOne takes for it.

    Raises
    ------
    ConfigurationError
        It is not an RSA or elliptic-curve private key in PEM, or is encrypted.
    """
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey, RSAKey

    try:
        return RSAKey.import_key(pem.reveal()), "RS256"
    except (ValueError, TypeError, JoseError):
        pass
    algorithms = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
    try:
        elliptic = ECKey.import_key(pem.reveal())
        return elliptic, algorithms[elliptic.curve_name]
    except (ValueError, TypeError, KeyError, JoseError):
        pass
    msg = "private_key is not an unencrypted RSA or elliptic-curve (P-256, 384, 521) key in PEM."
    raise ConfigurationError(msg)
