"""Nights of `pingsessions record` that are killed and gone on with: nothing lost, nothing twice."""

import json
import os
import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

import pingsessions_nb as ps
from pingsessions_nb.sandbox import SyntheticTenant, create_app, running

FACTS = ["session_id", "user_id", "created_at", "active_at", "last_sign_on_at", "location_count"]
KEYS = {
    "users": "user_id",
    "sessions": "user_id, session_id",
    "locations": "user_id, session_id, at, remote_ip, city",
}


class Nights:
    """A tenant that lives on from night to night."""

    def __init__(self, folder: Path, users: int, nights: int) -> None:
        self.folder = folder
        self.tenant = SyntheticTenant(users=users, seed=41)
        self.nights = [self.tenant.now - timedelta(days=day) for day in range(nights, -1, -1)]

    def begin(self, address: str, archive: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "pingsessions_nb", "record", "--archive"]
        command += [str(self.folder / archive), "--api-url", address, "--auth-url", address]
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("PINGONE")},
            "PINGONE_ENVIRONMENT_ID": self.tenant.environment_id,
            "PINGONE_CLIENT_ID": "sandbox-client",
            "PINGONE_CLIENT_SECRET": "sandbox-secret",
        }
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    def check(self, kills: int, seed: int) -> int:
        """Kill some recordings of each night before one ends; return how many were updates."""
        rng, updates, longest = random.Random(seed), 0, {"sweep": 2.0, "update": 2.0}
        for number, now in enumerate(self.nights):
            action = "update" if number else "sweep"
            with running(create_app(self.tenant.at(now))) as address:
                begun = time.monotonic()
                out, _ = self.begin(address, "calm").communicate(timeout=120)
                assert json.loads(out)["read"] == action
                longest[action] = time.monotonic() - begun
                for _ in range(kills // len(self.nights)):
                    process = self.begin(address, "killed")
                    time.sleep(rng.uniform(0.3, 1) * longest[action])
                    process.kill()
                    updates += process.wait() < 0 and action == "update"
                    process.stdout.close()
                process = self.begin(address, "killed")
                process.communicate(timeout=120)
                assert process.returncode == 0
        calm, killed = (ps.Archive(self.folder / name) for name in ("calm", "killed"))
        for name in ("users", "sessions", "locations"):
            same = f"SELECT {KEYS[name]} FROM {name} ORDER BY {KEYS[name]}"
            if name == "sessions":
                same = f"SELECT {', '.join(FACTS)} FROM sessions ORDER BY {KEYS[name]}"
            assert killed.sql(same).equals(calm.sql(same)), name
        return updates


def test_killed_nights_lose_nothing(tmp_path):
    Nights(tmp_path, users=30, nights=1).check(kills=2, seed=1)


@pytest.mark.slow
def test_twenty_killed_nights_lose_nothing(tmp_path):
    updates = Nights(tmp_path, users=150, nights=4).check(kills=35, seed=2)
    print(f"{updates} incremental recordings killed")
    assert updates >= 20
