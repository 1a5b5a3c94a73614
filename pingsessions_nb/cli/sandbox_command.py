"""`pingsessions sandbox`: a PingOne-compatible server over a synthetic tenant."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from pingsessions_nb.errors import ConfigurationError


def add_sandbox(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb ``sandbox`` and its options."""
    sandbox = verbs.add_parser(
        "sandbox",
        help="run a PingOne-compatible server over a synthetic tenant",
        description="Serve a synthetic tenant on this machine as PingOne's API would. It prints "
        "the address and the credentials to connect with.",
    )
    sandbox.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    sandbox.add_argument("--port", type=int, default=8640, help="0 picks a free one (%(default)s)")
    sandbox.add_argument(
        "--users", type=_at_least_one, default=200, help="people in it (%(default)s)"
    )
    sandbox.add_argument("--seed", type=int, default=7, help="same seed, same tenant (%(default)s)")
    sandbox.add_argument(
        "--daily",
        type=float,
        metavar="SHARE",
        help="share of users who sign on each day, such as 0.03: a tenant of hundreds of thousands "
        "to whom nothing happens, from a compact store",
    )
    sandbox.add_argument("--rate", type=float, help="requests a second before 429 (no limit)")
    sandbox.add_argument(
        "--latency-ms", type=float, default=0, help="added to each answer (%(default)s)"
    )
    sandbox.add_argument(
        "--faults",
        default="",
        metavar="KIND=P,...",
        help="answers to spoil, such as 429=0.05,5xx=0.02,drop=0.01,truncate=0.01,bad_json=0.005",
    )
    sandbox.add_argument(
        "--token-seconds", type=float, default=3600, help="how long a token lives (%(default)s)"
    )
    sandbox.add_argument(
        "--population",
        action="append",
        metavar="NAME",
        help="confine the role to this population, such as Stores; may be repeated (all)",
    )
    sandbox.set_defaults(run=_run_sandbox)


def _run_sandbox(options: argparse.Namespace, _extra: Sequence[str]) -> int:
    from pingsessions_nb import sandbox

    users, seed, daily = options.users, options.seed, options.daily
    try:
        app = sandbox.create_app(
            sandbox.SyntheticTenant(users, seed)
            if daily is None
            else sandbox.CompactTenant(users, seed, daily=daily),
            rate=options.rate,
            latency_ms=options.latency_ms,
            faults=sandbox.parse_faults(options.faults),
            token_seconds=options.token_seconds,
            populations=options.population,
        )
        sandbox.server.serve(app, host=options.host, port=options.port)
    except OSError as error:
        reason = error.strerror or error
        msg = f"cannot listen on {options.host}, port {options.port}: {reason}. Try --port 0."
    except (ValueError, OverflowError) as error:
        msg = f"{error}. See pingsessions sandbox --help."
    else:
        return 0
    raise ConfigurationError(msg)


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number
