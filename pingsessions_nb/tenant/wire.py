"""One attempt at one request: sent, answered, and sorted into fine, passing trouble, or refusal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping

import httpx

from pingsessions_nb.errors import ConfigurationError
from pingsessions_nb.tenant import explaining
from pingsessions_nb.tenant.answers import Answer, Unreadable, read_packed, unpacked
from pingsessions_nb.tenant.retrying import PassingTrouble, Pause, read_date, read_retry_after
from pingsessions_nb.tenant.secret import Secret, shown

_UNREACHED_DEADLINE_SECONDS = 5.0
_UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
_LEAST_SECONDS = 5.0  # for an attempt, however near the deadline is
_WHOLE_ANSWER_SECONDS = 60.0  # httpx's time-outs are for each piece; a drip would never end
_NETWORK_SIGN_ON = 511  # of the 5xx, the one that does not pass by itself


class Wire:
    """Sends requests to one origin and sorts the answers, in which secrets are hidden.

    Attributes
    ----------
    reached : bool
        Whether anything ever answered there.
    """

    def __init__(self, client: httpx.AsyncClient, hide: Callable[[str], str]) -> None:
        self._client = client
        self._hide = hide
        self._large = asyncio.Lock()
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
    ) -> Answer:
        """Return the answer, body read; wait at most `patience`, but some seconds at least.

        Raises
        ------
        ConfigurationError
            The connections were closed.
        PassingTrouble
            No answer, half an answer, 429 or 5xx.
        ServiceUnavailable
            The server cannot show that it is the one that was meant, or a proxy is in the way.
        MalformedResponse
            The body is larger than any of PingOne's.
        """
        if self._client.is_closed:
            raise ConfigurationError("This tenant was closed. connect() again to go on.")
        trouble: Exception
        seconds = min(max(patience, _LEAST_SECONDS), _WHOLE_ANSWER_SECONDS)
        try:
            async with asyncio.timeout(seconds):
                answer = await self._answer(method, url, token, data, auth)
        except TimeoutError:
            why = f"nothing complete within {seconds:.0f} s"
            trouble = PassingTrouble(explaining.unreachable(_host(url), doing, why))
        except Unreadable as unreadable:
            trouble = explaining.malformed(doing, shown(str(unreadable), self._hide) or "")
            trouble = PassingTrouble(trouble) if unreadable.passing else trouble
        except Exception as error:  # a TLS alert, for one, is not an httpx.HTTPError
            trouble = self._trouble(error, url, doing)
        else:
            self.reached = True
            return self._sorted(answer, doing)
        # Raised out here so that it does not drag the client's frames along.
        raise trouble

    async def _answer(
        self,
        method: str,
        url: str,
        token: Secret | None,
        data: Mapping[str, str] | None,
        auth: httpx.Auth | None,
    ) -> Answer:
        request = self._client.build_request(
            method, url, headers=None if token is None else _bearer(token), data=data
        )
        response = await self._client.send(request, auth=auth, stream=True)
        try:
            packed = await read_packed(response.aiter_raw(), response.headers, self._large)
        finally:
            await response.aclose()
        encoding = response.headers.get("content-encoding", "")
        return Answer(response.status_code, response.headers, unpacked(packed, encoding))

    def _sorted(self, answer: Answer, doing: str) -> Answer:
        """Return an answer, or raise the trouble with it that may pass."""
        limited = answer.status == 429
        if limited or (answer.status >= 500 and answer.status != _NETWORK_SIGN_ON):
            pause = self._pause(answer)
            error = explaining.refusal(answer, doing, self._hide, pause=pause)
            raise PassingTrouble(error, pause=pause.seconds)
        return answer

    def _pause(self, answer: Answer) -> Pause:
        said = answer.headers.get("retry-after")
        if said is None:
            said = explaining.Told.read(answer.body, self._hide).retry_after
        return read_retry_after(said, _sent_at(answer.headers))

    def _trouble(self, error: Exception, url: str, doing: str) -> Exception:
        """Say why there is no answer, and whether another attempt is worth it."""
        told = shown(str(error).strip(), self._hide) or ""
        if isinstance(error, httpx.ProxyError) and told[:1] == "4":
            return explaining.proxy_refused(_host(url), doing, told)
        untrusted = _UNTRUSTED in told
        if untrusted:
            told += "; if your network has a certificate authority of its own, pass verify='ca.pem'"
        why = f"{type(error).__name__}: {told}" if told else type(error).__name__
        nobody = explaining.unreachable(_host(url), doing, why)
        return nobody if untrusted else PassingTrouble(nobody)

    def patience(self, deadline: float) -> float:
        """Return how many seconds a request may be tried again."""
        # Until somebody answered there, a wrong address is likelier than a passing trouble.
        return deadline if self.reached else min(deadline, _UNREACHED_DEADLINE_SECONDS)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _host(url: str) -> str:
    try:
        return httpx.URL(url).netloc.decode()
    except httpx.InvalidURL:
        return "that address"


def _sent_at(headers: Mapping[str, str]) -> float:
    """Return the server's time, which a date of its own is to be held against, or else ours."""
    sent = read_date(headers.get("date", ""))
    return time.time() if sent is None else sent


def _bearer(token: Secret) -> dict[str, str]:
    # A function of its own, so that in no frame of ours a variable holds the header.
    return {"Authorization": f"Bearer {token.reveal()}"}
