"""One attempt at one request: sent, answered, and sorted into fine, passing trouble, or refusal."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import truststore

from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.tenant import explaining
from pingsessions_nb.tenant.retrying import PassingTrouble, retry_after
from pingsessions_nb.tenant.settings import Secret, is_loopback

_TIMEOUT = httpx.Timeout(30.0, connect=10.0, pool=None)
_UNREACHED_DEADLINE_SECONDS = 5.0
_UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
_LEAST_SECONDS = 5.0  # for an attempt, however near the deadline is
_WHOLE_ANSWER_SECONDS = 60.0  # httpx's time-outs are for each piece; a drip would never end


def http_client(
    base_url: str,
    *,
    verify: bool | str | Path = True,
    proxy: Secret | None = None,
    connections: int = 100,
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """Open a client for one origin.

    Parameters
    ----------
    base_url : str
        Whom it will talk to. To this machine, proxies are never asked.
    verify : True or path
        True: the system's trust store. A path to a PEM file or a folder of them: that as well.
    proxy : Secret, optional
        Proxy's URL, which may hold a password; without it, HTTPS_PROXY and NO_PROXY count.
    connections : int
        How many at once.
    transport
        In place of the network, for a server inside this process.

    Raises
    ------
    ConfigurationError
        The proxy is none, or `verify` is no authority.
    """
    loopback = is_loopback(parsed(base_url).host)
    trusted = _trust(verify) if transport is None else True
    source = "HTTPS_PROXY, ALL_PROXY or NO_PROXY" if proxy is None else "proxy="
    msg = f"{source} is not an address such as http://proxy.example.com:8080."
    try:
        return httpx.AsyncClient(
            verify=trusted,
            proxy=None if loopback or proxy is None else proxy.reveal(),
            trust_env=not loopback,
            timeout=_TIMEOUT,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            transport=transport,
            headers={"accept": "application/json", "user-agent": "pingsessions_nb"},
        )
    except ImportError:
        msg = f"{source} names a SOCKS proxy, which needs one more package: pip install socksio."
    except (ValueError, httpx.InvalidURL):
        pass
    # Raised out here: httpx's frames, and its sentence, show the proxy's password.
    raise ConfigurationError(msg)


def _trust(verify: bool | str | Path) -> ssl.SSLContext:
    """Trust what the system trusts (or SSL_CERT_FILE says), and an authority of your own."""
    if verify is False:
        msg = (
            "verify=False would send the secret to whoever answers. Pass the path of your "
            "organization's certificate authority instead: verify='/path/to/ca.pem'."
        )
        raise ConfigurationError(msg)
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if verify is True:
        return context
    path = Path(verify).expanduser()
    try:
        if verify == "" or not path.is_dir():  # nothing is not the current folder
            context.load_verify_locations(cafile=path)
            return context
        context.load_verify_locations(capath=path)
        # OpenSSL finds in a folder what it is named after; people name files otherwise.
        files = [file for file in sorted(path.iterdir()) if _trusts(context, file)]
    except OSError:  # which ssl.SSLError is one of
        files = []
    if files:
        return context
    msg = f"verify={str(verify)!r} is not a readable PEM file or folder of certificates."
    raise ConfigurationError(msg)


def _trusts(context: ssl.SSLContext, file: Path) -> bool:
    try:
        context.load_verify_locations(cafile=file)
    except OSError:
        return False
    return True


def parsed(url: str) -> httpx.URL:
    """Read an address as the HTTP client will: whom it asks, not whom another parser sees."""
    try:
        return httpx.URL(url)
    except httpx.InvalidURL as error:
        msg = f"{url!r} is not an address: {error}"
    raise ConfigurationError(msg)


class Wire:
    """Sends requests to one origin and sorts the answers.

    Attributes
    ----------
    reached : bool
        Whether anything ever answered there.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.reached = False

    async def send(
        self,
        method: str,
        url: str,
        doing: str,
        *,
        token: Secret | None = None,
        data: Mapping[str, str] | None = None,
        auth: httpx.Auth | None = None,
        patience: float = _WHOLE_ANSWER_SECONDS,
    ) -> httpx.Response:
        """Return the answer, body read; wait at most `patience`, but some seconds at least.

        Raises
        ------
        ConfigurationError
            The connections were closed.
        PassingTrouble
            No answer, half an answer, 429 or 5xx.
        ServiceUnavailable
            The server cannot show that it is the one that was meant.
        """
        if self._client.is_closed:
            msg = "This tenant was closed. connect() again to go on."
            raise ConfigurationError(msg)
        why = None
        seconds = min(max(patience, _LEAST_SECONDS), _WHOLE_ANSWER_SECONDS)
        try:
            async with asyncio.timeout(seconds):
                response = await self._client.request(
                    method,
                    url,
                    headers=None if token is None else _bearer(token),
                    data=data,
                    auth=auth,
                )
        except TimeoutError:
            why = f"nothing complete within {seconds:.0f} s"
        except Exception as error:  # an alert of TLS, for one, is no httpx.HTTPError
            why = _why(error)
        if why is not None:
            # Raised out here so that it does not drag the client's frames along.
            nobody = explaining.unreachable(httpx.URL(url).netloc.decode(), doing, why)
            raise nobody if _UNTRUSTED in why else PassingTrouble(nobody)
        self.reached = True
        if response.status_code == 429 or response.status_code >= 500:
            raise PassingTrouble(
                explaining.refusal(
                    response.status_code, explaining.Told.read(response.content), doing
                ),
                # None, so with jitter, where it says that there is nothing to wait for.
                pause=retry_after(response.headers.get("retry-after"), _sent_at(response)) or None,
            )
        return response

    def patience(self, deadline: float) -> float:
        """Return how many seconds a request may be tried again."""
        # Until somebody answered there, a wrong address is likelier than a passing trouble.
        return deadline if self.reached else min(deadline, _UNREACHED_DEADLINE_SECONDS)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _sent_at(response: httpx.Response) -> float:
    """Return the server's time, which a date of its own is to be held against, or else ours."""
    try:
        return parsedate_to_datetime(response.headers["date"]).timestamp()
    except (KeyError, ValueError, OverflowError):
        return time.time()


def _bearer(token: Secret) -> dict[str, str]:
    # A function of its own, so that in no frame of ours a variable holds the header.
    return {"Authorization": f"Bearer {token.reveal()}"}


def _why(error: Exception) -> str:
    told = str(error).strip()
    if _UNTRUSTED in told:
        told += "; if your network has a certificate authority of its own, pass verify='ca.pem'"
    return f"{type(error).__name__}: {told}" if told else type(error).__name__
