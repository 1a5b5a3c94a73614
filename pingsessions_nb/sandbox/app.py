"""The HTTP face of the sandbox: PingOne's paths, parameters and answers, over Starlette."""

from __future__ import annotations

import base64
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pingsessions_nb.sandbox import scim
from pingsessions_nb.sandbox.faults import Faults, Latency, RateLimit, check_faults
from pingsessions_nb.sandbox.problems import (
    MEDIA_TYPE,
    Problem,
    RetryAfter,
    access_failed,
    invalid_data,
    invalid_request,
    no_such_path,
    not_found,
)
from pingsessions_nb.sandbox.sessions import listed
from pingsessions_nb.sandbox.synthetic import SyntheticTenant
from pingsessions_nb.sandbox.token_desk import BASIC, POST, PRIVATE_KEY_JWT, TokenDesk

MOST_USERS_A_PAGE = 200
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)


def create_app(
    tenant: SyntheticTenant,
    *,
    rate: float | None = None,
    latency_ms: float = 0,
    token_seconds: float = 3600,
    client_id: str = "sandbox-client",
    client_secret: str = "sandbox-secret",  # noqa: S107 - a public password of a toy
    auth_methods: Collection[str] | None = None,
    public_key: str | bytes | dict[str, Any] | None = None,
    auth_environment_id: str | None = None,
    populations: Collection[str] | None = None,
    faults: Mapping[str, float] | None = None,
    fault_seed: int = 0,
    slow_seconds: float = 3,
    retry_after: RetryAfter = "seconds",
    page_limit: int = MOST_USERS_A_PAGE,
) -> Starlette:
    """Return an ASGI application that answers like PingOne for one environment.

    Parameters
    ----------
    tenant : SyntheticTenant
        What it answers from.
    rate : float or None
        Requests a second that one address may send to ``/v1``; more get 429.
    latency_ms : float
        Milliseconds that every request waits.
    token_seconds : float
        Life of an access token.
    client_id, client_secret : str
        Credentials of the worker application.
    auth_methods : collection of str or None
        Which of ``CLIENT_SECRET_BASIC``, ``CLIENT_SECRET_POST`` and ``PRIVATE_KEY_JWT`` the
        application takes. None: both secrets, and the key if there is one.
    public_key : str, bytes, dict or None
        PEM or JWK that verifies the client's assertion.
    auth_environment_id : str or None
        The environment in which the application lives; None for the tenant's own.
    populations : collection of str or None
        Names or ids of the populations to which the application's role is confined. None: the
        role is held at the environment.
    faults : mapping of str to float or None
        Probabilities of `pingsessions_nb.sandbox.faults.KINDS`.
    fault_seed : int
        Seed of the faults.
    slow_seconds : float
        How long a slow answer takes.
    retry_after : {"seconds", "date", "zero", "absent"}
        How 429 and 503 say when to come back; ``zero``: at once.
    page_limit : int
        Most users on a page, whatever the client asks for.

    Returns
    -------
    Starlette
        ``app.state.tenant`` is the tenant, ``app.state.credentials`` a line of the credentials.

    Raises
    ------
    ValueError
        Where an argument makes no sense.
    """
    if rate is not None and rate <= 0:
        raise ValueError("rate must be above 0 requests a second, or None for no limit")
    if latency_ms < 0:
        raise ValueError("latency_ms must not be negative")
    if not 1 <= page_limit <= MOST_USERS_A_PAGE:
        raise ValueError(f"page_limit must lie from 1 to {MOST_USERS_A_PAGE}")
    if auth_methods is None:
        auth_methods = {BASIC, POST} | ({PRIVATE_KEY_JWT} if public_key is not None else set())
    desk = TokenDesk(client_id, client_secret, token_seconds, auth_methods, public_key)
    visible = None if populations is None else _population_ids(tenant, populations)
    api = _Api(tenant, desk, visible, page_limit)
    auth_environment = auth_environment_id or tenant.environment_id

    async def token(request: Request) -> Response:
        if request.path_params["environment"] != auth_environment:
            return not_found("environment", request.path_params["environment"]).response()
        return await desk.issue(request)

    layers = []
    if latency_ms:
        layers.append(Middleware(Latency, latency_ms))
    if rate is not None:
        layers.append(Middleware(RateLimit, rate, retry_after))
    if faults and any(check_faults(faults).values()):
        layers.append(Middleware(Faults, faults, fault_seed, slow_seconds, retry_after))
    app = Starlette(
        routes=[Route("/{environment}/as/token", token, methods=["POST"]), *api.routes()],
        middleware=layers,
        exception_handlers={404: no_such_path, 405: no_such_path},
    )
    app.state.tenant = tenant
    app.state.credentials = (
        f"environment_id={auth_environment} client_id={client_id} client_secret={client_secret}"
    )
    return app


def _population_ids(tenant: SyntheticTenant, wanted: Collection[str]) -> frozenset[str]:
    known = {key: each["id"] for each in tenant.populations for key in (each["id"], each["name"])}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise ValueError(f"no such population: {', '.join(unknown)}")
    return frozenset(known[name] for name in wanted)


@dataclass(frozen=True)
class _Api:
    tenant: SyntheticTenant
    desk: TokenDesk
    visible: frozenset[str] | None
    page_limit: int

    def routes(self) -> list[Route]:
        environment = "/v1/environments/{environment}"
        user = environment + "/users/{user}"
        session = user + "/sessions/{session}"
        answers: dict[str, Callable[[Request], Response]] = {
            "/v1/environments": self.environments,
            environment: self.environment,
            environment + "/populations": self.populations,
            environment + "/groups": self.groups,
            environment + "/users": self.users,
            user: self.user,
            user + "/sessions": self.sessions,
            session: self.session,
        }
        reading = [Route(path, self.guarded(answer)) for path, answer in answers.items()]
        return [*reading, Route(session, self.guarded(self.end_session), methods=["DELETE"])]

    def guarded(
        self, endpoint: Callable[[Request], Response]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Check the token and the environment first; turn problems into answers."""

        async def guard(request: Request) -> Response:
            try:
                self.desk.check(request.headers.get("authorization"))
                environment = request.path_params.get("environment")
                if environment is not None and environment != self.tenant.environment_id:
                    _check_uuid("environment", environment)
                    raise not_found("environment", environment)
                for name in ("user", "session"):
                    if name in request.path_params:
                        _check_uuid(name, request.path_params[name])
                return endpoint(request)
            except Problem as problem:
                return problem.response()

        return guard

    def environments(self, request: Request) -> Response:
        base = _base(request)
        listing = listed(f"{base}/environments", "environments", [self.tenant.environment(base)])
        return _json(listing)

    def environment(self, request: Request) -> Response:
        return _json(self.tenant.environment(_base(request)))

    def populations(self, request: Request) -> Response:
        every, visible = self.tenant.populations, self.visible
        seen = [each for each in every if visible is None or each["id"] in visible]
        return self._list(request, "populations", seen)

    def groups(self, request: Request) -> Response:
        return self._list(request, "groups", self.tenant.groups)

    def _list(self, request: Request, key: str, items: list[dict[str, Any]]) -> Response:
        here = f"{_base(request)}/environments/{self.tenant.environment_id}/{key}"
        links = [{"self": {"href": f"{here}/{each['id']}"}} for each in items]
        described = [{"_links": each, **item} for each, item in zip(links, items, strict=True)]
        return _json(listed(here, key, described))

    def users(self, request: Request) -> Response:
        query = request.query_params
        limit = self._limit(query.get("limit"))
        after = _cursor(query.get("cursor"))
        node = None
        if query.get("filter"):
            try:
                node = scim.parse(query["filter"])
            except scim.FilterError as error:
                raise invalid_request("filter", str(error), "INVALID_FILTER") from None
        page, more = self.tenant.find(node, self.visible, after, limit)
        base = _base(request)
        here = f"{base}/environments/{self.tenant.environment_id}/users"
        kept = {name: query[name] for name in ("filter", "expand") if name in query}
        links = {"self": {"href": f"{here}?{urlencode({**kept, 'limit': limit})}"}}
        if more and page:
            cursor = base64.urlsafe_b64encode(str(page[-1]).encode()).decode()
            following = urlencode({**kept, "limit": limit, "cursor": cursor})
            links["next"] = {"href": f"{here}?{following}"}
        users = [self.tenant.user_at(index, base, _expands(request)) for index in page]
        body: dict[str, Any] = {"_links": links, "_embedded": {"users": users}}
        if node is None and self.visible is None:
            body["count"] = len(self.tenant.users)
        body["size"] = len(users)
        return _json(body)

    def user(self, request: Request) -> Response:
        index = self._index(request)
        return _json(self.tenant.user_at(index, _base(request), _expands(request)))

    def sessions(self, request: Request) -> Response:
        self._index(request)
        return _json(self.tenant.sessions(request.path_params["user"], _base(request)))

    def session(self, request: Request) -> Response:
        self._index(request)
        page = self.tenant.sessions(request.path_params["user"], _base(request))
        wanted = request.path_params["session"].lower()
        for session in page["_embedded"]["sessions"]:
            if session["id"] == wanted:
                return _json(session)
        raise not_found("session", wanted)

    def end_session(self, request: Request) -> Response:
        self._index(request)
        wanted = request.path_params["session"].lower()
        if not self.tenant.end_session(request.path_params["user"], wanted):
            raise not_found("session", wanted)
        return Response(status_code=204)

    def _index(self, request: Request) -> int:
        index = self.tenant.index_of(request.path_params["user"])
        if index is None:
            raise not_found("user", request.path_params["user"])
        if self.visible is not None and self.tenant.population_of(index) not in self.visible:
            raise access_failed()
        return index

    def _limit(self, text: str | None) -> int:
        if text is None:
            return min(100, self.page_limit)
        # Nine digits are more than any page holds; Python refuses to read thousands of them.
        if not text.isascii() or not text.isdigit() or int(text[:9]) == 0:
            raise invalid_request("limit", "limit must be a whole number above 0")
        return min(int(text[:9]), self.page_limit)


def _check_uuid(target: str, text: str) -> None:
    if _UUID.fullmatch(text) is None:
        raise invalid_data(target, f"{target} id must be a UUID")


def _cursor(text: str | None) -> int:
    if text is None:
        return -1
    try:
        after = int(base64.b64decode(text, altchars=b"-_", validate=True))
    except ValueError:  # which binascii.Error is one of
        after = -1
    if after < 0:
        raise invalid_request("cursor", "the cursor is not one of this server's")
    return after


def _expands(request: Request) -> bool:
    return "population" in request.query_params.get("expand", "").split(",")


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}/v1"


def _json(body: object) -> Response:
    return Response(msgspec.json.encode(body), media_type=MEDIA_TYPE)
