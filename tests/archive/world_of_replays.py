"""Weeks of a tenant whose sessions live for days, recorded every night; some are replayed.

Written without a look at the detector's numbers. Everybody has one long session on each device, and
some more; browsers and systems upgrade within them, parsers rename them, phones change networks,
some of them surface in another city, some people use a private relay of their region or a VPN
abroad that they always used, and some travel. Incidents: a cookie that is used in another browser
or on another system; and one that imitates both, and is used in turn from another city or country.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

import pingsessions_nb as ps

CITIES = [  # name, state, country
    ("munich", "bavaria", "germany"),
    ("hamburg", "hamburg", "germany"),
    ("dresden", "saxony", "germany"),
    ("lyon", "auvergne-rhone-alpes", "france"),
    ("lille", "hauts-de-france", "france"),
    ("toulouse", "occitanie", "france"),
    ("seattle", "washington", "united states"),
    ("denver", "colorado", "united states"),
    ("boston", "massachusetts", "united states"),
    ("osaka", "osaka", "japan"),
    ("sapporo", "hokkaido", "japan"),
    ("fukuoka", "fukuoka", "japan"),
    ("recife", "pernambuco", "brazil"),
    ("curitiba", "parana", "brazil"),
    ("manaus", "amazonas", "brazil"),
]
DEVICES = [  # browser, system, type
    ("Chrome", "Windows", "Other"),
    ("Edge", "Windows", "Other"),
    ("Safari", "Mac OS X", "Other"),
    ("Firefox", "Linux", "Other"),
    ("Chrome", "Mac OS X", "Other"),
    ("Mobile Safari", "iOS", "iPhone"),
    ("Chrome Mobile", "Android", "Pixel 9"),
]
RENAMED = {"Mac OS X": "macOS", "Edge": "Microsoft Edge", "Mobile Safari": "Safari Mobile"}
DESKTOP_PAGE = {"iOS": "Mac OS X", "Android": "Linux"}
START = datetime(2026, 4, 6, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Session:
    """A session: when it was used, from where, and on what as of each moment."""

    def __init__(self, name: str, device: tuple[str, str, str], dice: random.Random) -> None:
        self.name, self.device = name, device
        self.versions = [dice.randint(120, 130), dice.randint(10, 15)]
        self.uses: list[tuple[datetime, str, tuple[str, str, str]]] = []
        self.looks: list[tuple[datetime, tuple[str, str], tuple[int, int]]] = []

    def use(self, at: datetime, address: str, city: tuple[str, str, str]) -> None:
        self.uses.append((at, address, city))

    def look(self, at: datetime, browser: str, system: str, *versions: int) -> None:
        self.looks.append((at, (browser, system), versions))

    def shown(self, user: str, now: datetime) -> dict[str, Any] | None:
        uses = sorted(use for use in self.uses if use[0] <= now)
        if not uses:
            return None
        browser, system = self.device[:2]
        versions = tuple(self.versions)
        for at, names, later in sorted(self.looks):
            if at <= uses[-1][0]:
                (browser, system), versions = names, later or versions
        return {
            "id": self.name,
            "user": {"id": user},
            "createdAt": iso(uses[0][0]),
            "activeAt": iso(uses[-1][0]),
            "lastSignOn": {"at": iso(uses[0][0]), "remoteIp": uses[0][1]},
            "browser": {"name": browser, "version": f"{versions[0]}.0"},
            "operatingSystem": {"name": system, "version": f"{versions[1]}.1"},
            "device": {"type": self.device[2]},
            "locations": [
                {"at": iso(at), "remoteIp": ip}
                | dict(zip(("city", "state", "country"), city, strict=True))
                for at, ip, city in uses[-5:]
            ],
        }


class ReplayWorld:
    """A tenant of some users over some days; ``truth`` has the ids of the replayed sessions."""

    def __init__(self, users: int, days: int, seed: int) -> None:
        self.dice = random.Random(seed)
        self.days, self.seed = days, seed
        self.truth: set[str] = set()
        self.people: dict[str, list[Session]] = {}
        for number in range(users):
            self.people[f"user-{seed}-{number}"] = self.person(number)

    def person(self, number: int) -> list[Session]:
        dice = self.dice
        home = dice.choice(CITIES)
        other = next(c for c in CITIES if c[2] == home[2] and c != home)
        abroad = dice.choice([c for c in CITIES if c[2] != home[2]])
        house = f"{80 + number % 9}.{dice.randint(1, 250)}.{number % 250}.{dice.randint(2, 250)}"
        habit = dice.choice(["none"] * 5 + ["relay", "carrier", "carrier", "vpn", "travel"])
        story = dice.choice(["none"] * 11 + ["browser", "system", "far", "near", "both"])
        sessions = []
        for place, device in enumerate(dice.sample(DEVICES, 2)):
            for part in range(2):  # each device signs on anew half-way
                one = Session(f"s-{self.seed}-{number}-{place}-{part}", device, dice)
                self.live(one, part, home, house, habit, (other, abroad))
                sessions.append(one)
        target = dice.choice(sessions)
        if story != "none" and len(target.uses) > 4:
            self.replay(target, story, house, home, (other, abroad))
        return sessions

    def live(self, one: Session, part: int, home: Any, house: str, habit: str, away: Any) -> None:
        dice, half = self.dice, self.days // 2
        mobile = one.device[2] != "Other"
        relayed = mobile or one.device[0] == "Safari"
        for day in range(part * half, part * half + half):
            at = START + timedelta(days=day, hours=dice.uniform(0, 3))
            for _ in range(dice.randint(1, 3)):
                at += timedelta(hours=dice.uniform(0.2, 3))
                address, city = house, home
                if habit == "relay" and relayed and dice.random() < 0.5:
                    address, city = f"104.28.{dice.randint(1, 60)}.{dice.randint(1, 250)}", away[0]
                elif habit == "carrier" and mobile and dice.random() < 0.5:
                    address, city = f"109.{dice.randint(1, 20)}.7.{dice.randint(1, 250)}", away[0]
                elif habit == "vpn" and not mobile and dice.random() < 0.4:
                    address, city = f"193.32.{len(home[0])}.9", away[1]
                elif habit == "travel" and half // 2 <= day - part * half < half // 2 + 2:
                    address, city = f"62.10.{day}.8", away[1]
                    at = max(at, START + timedelta(days=day, hours=3))
                one.use(at, address, city)
        moment = one.uses[len(one.uses) // 2][0] - timedelta(seconds=1)
        browser, system = one.device[:2]
        chance = dice.random()
        if chance < 0.4:
            one.look(moment, browser, system, one.versions[0] + 1, one.versions[1])
        elif chance < 0.5:
            one.look(moment, browser, system, one.versions[0] + 2, one.versions[1] + 1)
        elif chance < 0.6:
            one.look(moment, RENAMED.get(browser, browser), RENAMED.get(system, system))
        elif chance < 0.65 and system in DESKTOP_PAGE:
            one.look(moment, "Safari" if system == "iOS" else "Chrome", DESKTOP_PAGE[system])

    def replay(self, one: Session, story: str, house: str, home: Any, away: Any) -> None:
        dice = self.dice
        self.truth.add(one.name)
        begin = sorted(one.uses)[len(one.uses) // 2][0] + timedelta(hours=0.5)
        browser, system = one.device[:2]
        strange = dice.choice([d for d in DEVICES[:5] if d[0] != browser and d[1] != system])
        address = f"185.{dice.randint(1, 250)}.{dice.randint(1, 250)}.77"
        one.uses = [use for use in one.uses if not begin <= use[0] < begin + 5 * HOUR]
        if story in ("browser", "system", "both"):
            names = {
                "browser": ("Opera" if browser != "Opera" else "Firefox", system),
                "system": (strange[0] if one.device[2] != "Other" else browser, strange[1]),
                "both": strange[:2],
            }[story]
            place = dice.choice([home, away[0], away[1]])
            one.use(begin, address, place)
            one.use(begin + 0.2 * HOUR, address, place)
            one.look(begin, *names)
            if dice.random() < 0.5:  # its owner comes back
                later = begin + 26 * HOUR
                one.uses = [use for use in one.uses if not begin + HOUR < use[0] < later]
                one.use(later, house, home)
                one.look(later, browser, system)
            else:
                one.uses = [use for use in one.uses if use[0] <= begin + HOUR]
            return
        near, far = ([c for c in CITIES if (c[2] == home[2]) is own] for own in (True, False))
        place = dice.choice(far if story == "far" else [c for c in near if c != home])
        for turn in range(dice.randint(2, 4)):
            one.use(begin + turn * 0.7 * HOUR, address, place)
            one.use(begin + (turn * 0.7 + 0.35) * HOUR, house, home)

    def night(self, day: int) -> ps.History:
        """What PingOne shows at the end of a day."""
        now = START + timedelta(days=day, hours=20)
        shown = [
            session.shown(user, now)
            for user, sessions in self.people.items()
            for session in sessions
        ]
        users = [{"id": user, "username": user} for user in self.people]
        return ps.History.from_responses(
            [{"_embedded": {"users": users}}, {"_embedded": {"sessions": [s for s in shown if s]}}]
        )

    def recorded(self, path: Any) -> ps.Archive:
        archive = ps.Archive(path, buckets=1)
        for day in range(self.days):
            now = pd.Timestamp(START + timedelta(days=day, hours=20))
            archive.record(self.night(day), seen_at=now)
        return archive


def iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
