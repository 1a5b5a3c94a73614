"""A sandbox on loopback, everything that reaches it written down."""

from __future__ import annotations

import contextlib
import functools
import json
import time
from dataclasses import dataclass, field

import pytest

import pingsessions_nb as ps
from pingsessions_nb.sandbox import SyntheticTenant, create_app, running

SEED_USER = "710d6278-ccce-4a91-bdb9-ac7a4a0e60d5"

REVOKED = (
    b'{"id":"c-1","code":"ACCESS_FAILED","message":"No access.",'
    b'"details":[{"code":"INVALID_TOKEN","message":"Revoked."}]}'
)


@dataclass
class Call:
    """One request as the server saw it."""

    at: float
    method: str
    path: str
    query: str
    headers: dict[str, str]
    status: int | None = None


@dataclass
class Recorder:
    """An ASGI layer that writes down every request, and answers some by itself.

    `instead` maps a path's ending to an ASGI application that answers in the sandbox's place.
    """

    app: object
    calls: list[Call] = field(default_factory=list)
    instead: dict[str, object] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)

    async def __call__(self, scope, receive, send):
        headers = {k.decode().lower(): v.decode("latin-1") for k, v in scope["headers"]}
        call = Call(
            time.monotonic(),
            scope["method"],
            scope["path"],
            scope["query_string"].decode(),
            headers,
        )
        self.calls.append(call)

        async def note(message):
            if message["type"] == "http.response.start":
                call.status = message["status"]
            await send(message)

        ending = next((e for e in self.instead if scope["path"].endswith(e)), None)
        app = self.app if ending is None else self.instead[ending]
        if headers.get("authorization") in self.revoked:
            app = answer(401, REVOKED)
        await app(scope, receive, note)

    def revoke(self):
        """Refuse, from now on, every token that was seen."""
        self.revoked |= {call.headers["authorization"] for call in self.api}

    def of(self, ending):
        return [call for call in self.calls if call.path.endswith(ending)]

    @property
    def tokens(self):
        return self.of("/as/token")

    @property
    def api(self):
        return [call for call in self.calls if call.path.startswith("/v1")]


@dataclass
class Sandbox:
    """A running sandbox."""

    url: str
    recorder: Recorder
    synthetic: SyntheticTenant

    def connect(self, **given):
        defaults = {
            "environment_id": self.synthetic.environment_id,
            "client_id": "sandbox-client",
            "client_secret": "sandbox-secret",
            "api_url": self.url,
            "auth_url": self.url,
            "max_rate": 2000,
        }
        return ps.connect(**{**defaults, **given})


def _begin(until_the_end, users=20, seed=7, **options):
    synthetic = SyntheticTenant(users=users, seed=seed)
    recorder = Recorder(create_app(synthetic, **options))
    url = until_the_end.enter_context(running(recorder))
    return Sandbox(url, recorder, synthetic)


@pytest.fixture
def start():
    """Start sandboxes that end with the test: ``start(users=20, faults={"drop": 0.1})``."""
    with contextlib.ExitStack() as until_the_end:
        yield functools.partial(_begin, until_the_end)


@pytest.fixture(scope="module")
def _sandbox_of_the_module():
    # A server takes as long to end as most tests take.
    with contextlib.ExitStack() as until_the_end:
        yield _begin(until_the_end)


@pytest.fixture
def sandbox(_sandbox_of_the_module):
    """A sandbox as it was when it began."""
    sandbox = _sandbox_of_the_module
    sandbox.recorder.calls, sandbox.recorder.instead = [], {}
    sandbox.recorder.revoked = set()
    sandbox.synthetic._ended.clear()
    return sandbox


def answer(status, body, **headers):
    """An ASGI application that always answers the same."""

    async def app(scope, receive, send):
        fields = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": body})

    return app


@pytest.fixture(name="answer")
def answer_fixture():
    return answer


async def reply(send, page, status=200):
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps(page).encode()})


NAMES = ["ada", "bob"]


def person(number):
    return {"id": f"{number:08d}-0000-4000-8000-000000000000", "username": NAMES[number % 2]}


def listed(*people, **more):
    return {"_links": {}, "_embedded": {"users": people}, "size": len(people), **more}
