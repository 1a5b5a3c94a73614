"""Limits and faults, on the wire."""

import asyncio
import socket
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx
import pytest

from pingsessions_nb.sandbox import SyntheticTenant, create_app, parse_faults, running

ENVIRONMENT = SyntheticTenant.environment_id
HERE = f"/v1/environments/{ENVIRONMENT}"
USER = f"{HERE}/users/710d6278-ccce-4a91-bdb9-ac7a4a0e60d5/sessions"


@pytest.fixture(scope="module")
def tenant():
    return SyntheticTenant(users=3)


def sign_in(base_url):
    answer = httpx.post(
        f"{base_url}/{ENVIRONMENT}/as/token",
        data={"grant_type": "client_credentials"},
        auth=("sandbox-client", "sandbox-secret"),
    )
    token = answer.raise_for_status().json()["access_token"]
    return httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"})


def outcome(client):
    try:
        answer = client.get(USER)
    except httpx.RemoteProtocolError as error:
        return "truncate" if "incomplete" in str(error) or "complete" in str(error) else "drop"
    except httpx.ReadError:
        return "drop"
    if answer.status_code != 200:
        return answer.status_code
    try:
        answer.json()
    except ValueError:
        return "bad_json"
    return "well"


def test_rate_limit_answers_429_with_retry_after(tenant):
    with running(create_app(tenant, rate=4)) as base_url, sign_in(base_url) as client:
        begun = time.monotonic()
        answers = [client.get(USER) for _ in range(30)]
        taken = time.monotonic() - begun
        counts = Counter(answer.status_code for answer in answers)
        assert set(counts) == {200, 429}
        assert 4 <= counts[200] <= 4 + 4 * taken
        late = next(answer for answer in answers if answer.status_code == 429)
        assert late.headers["retry-after"] == "1"
        assert late.json()["code"] == "REQUEST_LIMITED"
        (detail,) = late.json()["details"]
        assert detail["code"] == "LIMIT_EXCEEDED"
        inner = detail["innerError"]
        assert (inner["quotaLimit"], inner["retryAfter"]) == (4, 1)
        reset = datetime.fromisoformat(inner["quotaResetTime"]).timestamp()
        assert -taken - 1 < reset - time.time() <= 1
        time.sleep(0.3)
        assert client.get(USER).status_code == 200


def test_retry_after_may_be_a_date_or_absent(tenant):
    app = create_app(tenant, rate=0.5, retry_after="date")
    with running(app) as base_url, sign_in(base_url) as client:
        client.get(USER)
        when = parsedate_to_datetime(client.get(USER).headers["retry-after"])
        assert 0 < when.timestamp() - time.time() < 5
    app = create_app(tenant, rate=0.5, retry_after="absent")
    with running(app) as base_url, sign_in(base_url) as client:
        client.get(USER)
        limited = client.get(USER)
        assert "retry-after" not in limited.headers
        assert "retryAfter" not in limited.json()["details"][0]["innerError"]


@pytest.mark.parametrize(("form", "said"), [("seconds", "1"), ("zero", "0")])
def test_a_busy_service_says_when_to_come_back(tenant, form, said):
    app = create_app(tenant, faults={"5xx": 0.5, "429": 0.5}, retry_after=form)
    with running(app) as base_url, sign_in(base_url) as client:
        answers = [client.get(USER) for _ in range(40)]
    waits = {status: set() for status in (429, 500, 502, 503, 504)}
    for answer in answers:
        waits[answer.status_code].add(answer.headers.get("retry-after"))
        code = "REQUEST_LIMITED" if answer.status_code == 429 else "UNEXPECTED_ERROR"
        assert answer.json()["code"] == code
    assert waits == {429: {said}, 503: {said}, 500: {None}, 502: {None}, 504: {None}}
    limited = next(answer for answer in answers if answer.status_code == 429)
    (detail,) = limited.json()["details"]
    assert detail["code"] == "QUOTA_EXCEEDED"
    assert detail["innerError"]["retryAfter"] == int(said)


def test_each_fault_comes_as_often_as_asked(tenant):
    faults = {"429": 0.1, "5xx": 0.1, "drop": 0.1, "truncate": 0.1, "bad_json": 0.1}
    app = create_app(tenant, faults=faults, fault_seed=1)
    with running(app) as base_url, sign_in(base_url) as client:
        counts = Counter(outcome(client) for _ in range(600))
    server_errors = sum(counts.pop(status, 0) for status in (500, 502, 503, 504))
    for count in (
        server_errors,
        counts[429],
        counts["drop"],
        counts["truncate"],
        counts["bad_json"],
    ):
        assert 35 < count < 90
    assert 240 < counts["well"] < 360
    assert sum(counts.values()) + server_errors == 600


def test_faults_come_in_the_same_order_for_the_same_seed(tenant):
    def order(seed):
        app = create_app(tenant, faults={"drop": 0.3, "429": 0.3}, fault_seed=seed)
        with running(app) as base_url, sign_in(base_url) as client:
            return [outcome(client) for _ in range(40)]

    assert order(3) == order(3) != order(4)


def test_truncated_body_is_cut_on_the_wire(tenant):
    app = create_app(tenant, faults={"truncate": 1})
    with running(app) as base_url, sign_in(base_url) as client:
        host, port = base_url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as raw:
            token = client.headers["authorization"]
            raw.sendall(
                f"GET {USER} HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n\r\n".encode()
            )
            received = b""
            while part := raw.recv(65536):
                received += part
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])[b"content-length"])
    assert 0 < len(body) < length


def test_dropping_without_a_wire_is_an_error_of_the_connection(tenant):
    app = create_app(tenant, faults={"drop": 1})

    async def ask():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            await client.get(USER)

    with pytest.raises(ConnectionResetError, match="on purpose"):
        asyncio.run(ask())


def test_slow_answers_and_latency_take_their_time(tenant):
    app = create_app(tenant, faults={"slow": 1}, slow_seconds=0.3, latency_ms=100)
    with running(app) as base_url, sign_in(base_url) as client:
        begun = time.perf_counter()
        assert client.get(USER).status_code == 200
        assert 0.4 <= time.perf_counter() - begun < 2


def test_faults_are_read_from_text():
    assert parse_faults("429=0.05, 5xx=0.02,drop=0.01") == {"429": 0.05, "5xx": 0.02, "drop": 0.01}
    assert parse_faults("") == {}
    with pytest.raises(ValueError, match="'flood' is no kind of fault; the kinds are 429, 5xx"):
        parse_faults("flood=0.1")
    with pytest.raises(ValueError, match=r"should look like drop=0\.01"):
        parse_faults("drop")
    with pytest.raises(ValueError, match="from 0 to 1"):
        parse_faults("drop=2")
    with pytest.raises(ValueError, match="add up"):
        parse_faults("drop=0.6,429=0.6")


def test_it_prints_where_it_listens_and_how_to_sign_in():
    code = (
        "from pingsessions_nb.sandbox import SyntheticTenant, create_app, serve; "
        "serve(create_app(SyntheticTenant(users=3), faults={'slow': 0}, token_seconds=60))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            line = process.stdout.readline()
            base_url = line.split()[0]
            assert "client_id=sandbox-client client_secret=sandbox-secret" in line
            assert f"environment_id={ENVIRONMENT}" in line
            with sign_in(base_url) as client:
                assert client.get(USER).json()["count"] == 2
        finally:
            process.terminate()
