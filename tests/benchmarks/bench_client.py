"""How polite and how cheap the client is, next to plain loops over the same addresses.

    python tests/benchmarks/bench_client.py polite [--users 5000] [--rate 100] [--latency-ms 100]
    python tests/benchmarks/bench_client.py cheap [--users 2000] [--repeat 3]
    python tests/benchmarks/bench_client.py memory [--users 20000] [--checkpoint]

The sandbox runs in a process of its own, so that its time and memory are not counted as ours.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import multiprocessing
import resource
import statistics
import tempfile
import time
from pathlib import Path

import httpx

import pingsessions_nb as ps
from pingsessions_nb.tenant.pacing import Pacer

CREDENTIALS = ("sandbox-client", "sandbox-secret")


def _serve(options, ready, ask):
    """Run the sandbox with a counter of answers in front of it."""
    from pingsessions_nb.sandbox import SyntheticTenant, create_app, running

    synthetic = SyntheticTenant(users=options.pop("users"))
    app = create_app(synthetic, **options)
    pages = {}
    seen = []

    async def counted(scope, receive, send):
        if not scope["path"].startswith("/v1"):
            await app(scope, receive, send)
            return
        # Making up a person costs more than serving one: each page is made once.
        path = (scope["path"], scope["query_string"])
        kept, status = [], 0

        async def note(message):
            nonlocal status
            status = message.get("status", status)
            kept.append(message)
            await send(message)

        if path in pages and not options.get("rate"):
            for message in pages[path]:
                await send(message)
            status = 200
        else:
            await app(scope, receive, note)
        if status == 200:
            pages[path] = kept or pages[path]
        seen.append((time.monotonic(), status))

    with running(counted) as url:
        ready.put((url, synthetic.environment_id))
        while (question := ask.get()) != "end":
            if question == "count":
                ready.put(list(seen))
            seen.clear()


@contextlib.contextmanager
def sandbox(**options):
    """Run a sandbox; yield its address, its environment and a way to take its counts."""
    context = multiprocessing.get_context("spawn")
    ready, ask = context.Queue(), context.Queue()
    process = context.Process(target=_serve, args=(options, ready, ask), daemon=True)
    process.start()
    url, environment = ready.get(timeout=60)

    def counts():
        ask.put("count")
        return ready.get(timeout=60)

    try:
        yield url, environment, counts
    finally:
        ask.put("end")
        process.join(5)


def connect(url, environment, **given):
    return ps.connect(environment, *CREDENTIALS, api_url=url, auth_url=url, **given)


def token_of(url, environment):
    answer = httpx.post(
        f"{url}/{environment}/as/token",
        data={"grant_type": "client_credentials"},
        auth=CREDENTIALS,
    )
    return answer.json()["access_token"]


def documented_loop(url, environment, ids, seconds):
    """Read as the API's documentation suggests: one request after the other, no retry."""
    headers = {"Authorization": f"Bearer {token_of(url, environment)}"}
    with httpx.Client(headers=headers) as client:
        end = time.monotonic() + seconds
        for user in ids:
            client.get(f"{url}/v1/environments/{environment}/users/{user}/sessions").json()
            if time.monotonic() > end:
                return


def told(name, seen, rate):
    """Print one row: rate reached, share of the allowed, share of 429."""
    seconds = seen[-1][0] - seen[0][0]
    fine = sum(status == 200 for _, status in seen)
    limited = sum(status == 429 for _, status in seen)
    reached = fine / seconds
    print(
        f"{name:<34}{fine:>7,}{seconds:>9.1f}{reached:>9.1f}"
        f"{reached / rate:>9.1%}{limited / len(seen):>9.2%}"
    )
    return reached


def polite(options):
    """Measure how much of a rate limit is used, and how often it is run into."""
    limits = {"rate": options.rate, "latency_ms": options.latency_ms}
    with sandbox(users=options.users, **limits) as (url, environment, counts):
        print(f"{'':<34}{'read':>7}{'seconds':>9}{'a second':>9}{'of limit':>9}{'429':>9}")
        ids = connect(url, environment).users()
        time.sleep(1.5)
        counts()
        documented_loop(url, environment, ids["user_id"], 10)
        plain = told("plain loop (10 s of it)", counts(), options.rate)
        for name, given in (
            ("history, max_rate = the limit", options.rate),
            ("history, max_rate = 5 x the limit", options.rate * 5),
        ):
            time.sleep(1.5)
            history = connect(url, environment, max_rate=given).history(ids, progress=False)
            assert history.failures.empty
            reached = told(name, counts(), options.rate)
            print(f"{'':<34}{reached / plain:.1f} times the plain loop")


async def bare_loop(url, environment, ids):
    """Read with httpx alone: as many at once as the client has, nothing looked at."""
    headers = {"Authorization": f"Bearer {token_of(url, environment)}"}
    todo = iter(ids)

    async def work(client):
        for user in todo:
            answer = await client.get(f"{url}/v1/environments/{environment}/users/{user}/sessions")
            assert answer.status_code == 200

    async with httpx.AsyncClient(headers=headers, timeout=60) as client, asyncio.TaskGroup() as g:
        for _ in range(64):
            g.create_task(work(client))


def cheap(options):
    """Measure CPU seconds for 1,000 users, next to the bare loop."""
    with sandbox(users=options.users) as (url, environment, _):
        tenant = connect(url, environment)
        # Both as fast as they can: the pace is felt for from 100 a second on, and whoever waits
        # between two requests wakes for each, where a loop in a hurry serves several at once.
        tenant._api.pacer = Pacer(64_000, begin=64_000)
        users = tenant.users()
        tenant.history(users, progress=False)  # the server's pages are made, ours imported
        ours, bare = [], []
        for _ in range(options.repeat):
            began = time.process_time()
            asyncio.run(bare_loop(url, environment, users["user_id"]))
            bare.append((time.process_time() - began) * 1000 / options.users)
            began = time.process_time()
            tenant.history(users, progress=False)
            ours.append((time.process_time() - began) * 1000 / options.users)
            print(f"bare {bare[-1]:.3f}  history {ours[-1]:.3f}  CPU s per 1,000 users")
        ratio = statistics.median(o / b for o, b in zip(ours, bare, strict=True))
        print(f"median ratio {ratio:.2f} (frames and coordinates included; at most 1.5 is wanted)")


def memory(options):
    """Measure the peak of resident memory over the size of the frames."""
    with sandbox(users=options.users) as (url, environment, _):
        warm = connect(url, environment, max_rate=64_000)
        warm.history(warm.users(limit=50), progress=False)
        gc.collect()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "checkpoint") if options.checkpoint else None
            history = warm.history(progress=False, checkpoint=path)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        frames = {
            name: getattr(history, name).memory_usage(deep=True).sum() / 2**20
            for name in ("users", "sessions", "locations")
        }
        size = sum(frames.values())
        print({name: round(value, 1) for name, value in frames.items()}, "MB")
        print(f"{options.users:,} users: peak {after - before:.0f} MB above the start; ", end="")
        print(f"frames {size:.0f} MB; ratio {(after - before) / size:.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    verbs = parser.add_subparsers(required=True)
    for verb, users in ((polite, 5000), (cheap, 2000), (memory, 20_000)):
        one = verbs.add_parser(verb.__name__, help=verb.__doc__)
        one.add_argument("--users", type=int, default=users)
        one.add_argument("--rate", type=float, default=100)
        one.add_argument("--latency-ms", type=float, default=100)
        one.add_argument("--repeat", type=int, default=3)
        one.add_argument("--checkpoint", action="store_true", help="memory: keep one as well")
        one.set_defaults(run=verb)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
