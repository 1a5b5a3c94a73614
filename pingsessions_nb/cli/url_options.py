"""Options that say where PingOne is."""

from __future__ import annotations

import argparse


def add_addresses(verb: argparse.ArgumentParser) -> None:
    """Add what says where PingOne is, for whoever is not simply in a region."""
    verb.add_argument("--region", help="region, if not in PINGONE_REGION_CODE")
    verb.add_argument("--api-url", help="address of the API, for a gateway or the sandbox")
    verb.add_argument("--auth-url", help="address of the token endpoint, for a custom domain")
