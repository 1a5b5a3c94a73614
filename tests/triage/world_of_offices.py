"""A tenant by a third hand: people go from office to office, and parsers and addresses change.

Everybody keeps a working day. Half sit in one of six offices that nobody named as known networks,
a tenth of these fly to another office for some days. Home has IPv6 whose last half changes daily;
phones go through a large carrier with forty networks a country, surfacing in one of four cities;
one in twelve has a VPN of their own that comes out abroad, on most days. On a day in the middle the
provider's parser is changed, and everything has another name. A third have one to four sessions.

Incidents, per thousand users: far cookie replays 14 and takeovers from abroad 14, half of each from
one campaign's network over several days; takeovers from another city of the country 10; near
replays 6; takeovers in the same city 5; two sprays on 12 each, one of them on a user's first days.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

import pingsessions_nb as ps

PLACES = {
    "united kingdom": ["london/england", "leeds/england", "glasgow/scotland", "cardiff/wales"],
    "spain": ["madrid/madrid", "valencia/valencia", "sevilla/andalusia", "bilbao/basque country"],
    "canada": [
        "toronto/ontario",
        "vancouver/british columbia",
        "montreal/quebec",
        "calgary/alberta",
    ],
    "japan": ["tokyo/tokyo", "osaka/osaka", "sapporo/hokkaido", "fukuoka/fukuoka"],
}
ABROAD = ["kyiv/kyiv city/ukraine", "accra/greater accra/ghana", "manila/metro manila/philippines"]
VPN_EXITS = ["amsterdam/north holland/netherlands", "zurich/zurich/switzerland"]
OLD = {
    "pc": ("Chrome", "Windows", "Other"),
    "mac": ("Safari", "Mac OS X", "Other"),
    "iphone": ("Mobile Safari", "iOS", "iPhone"),
    "android": ("Chrome Mobile", "Android", "Samsung SM-A556B"),
}
NEW = {
    "pc": ("Google Chrome", "Windows 11", "Desktop"),
    "mac": ("Safari", "macOS", "Desktop"),
    "iphone": ("Safari", "iOS 18.2", "iPhone 15"),
    "android": ("Chrome", "Android 15", "SM-A556B"),
}
THIEFS = [
    ("Firefox", "Linux", "Other"),
    ("Edge", "Windows", "Other"),
    ("Opera", "Windows", "Other"),
]
FIRST = datetime(2026, 9, 7)
DAYS = 12


def spot(words: str) -> dict[str, str]:
    """Return the words of a place."""
    return dict(zip(("city", "state", "country"), words.split("/"), strict=True))


class World:
    """As `world_of_carriers.World`: ``history`` and ``truth``."""

    def __init__(self, users: int = 1000, seed: int = 1) -> None:
        self.chance = np.random.default_rng(seed)
        self.pages: dict[str, list[dict]] = {}
        self.rows: list[tuple[str, str, str]] = []
        self.people = [self.person(number) for number in range(users)]
        for who in self.people:
            for day in who["days"]:
                self.ordinary_day(who, day)
        self.misfortunes()
        kept = [sorted(of, key=lambda s: s["createdAt"])[-10:][::-1] for of in self.pages.values()]
        page = {"_embedded": {"sessions": [session for of in kept for session in of]}}
        self.history = ps.History.from_responses([page])
        there = set(self.history.sessions["session_id"])
        self.truth = pd.DataFrame(
            [row for row in self.rows if row[1] in there],
            columns=["user_id", "session_id", "incident"],
        )

    def pick(self, things: list) -> object:
        """Draw one of some things."""
        return things[int(self.chance.integers(len(things)))]

    def person(self, number: int) -> dict:
        """Draw somebody."""
        country = str(self.pick(list(PLACES)))
        cities = [f"{city}/{country}" for city in PLACES[country]]
        few = self.chance.random() < 1 / 3
        days = np.sort(self.chance.choice(DAYS, self.chance.integers(1, 5) if few else 10, False))
        office = self.chance.random() < 0.5
        home = cities[0] if office and self.chance.random() < 0.7 else str(self.pick(cities))
        return {
            "id": f"{number:04x}-person",
            "country": list(PLACES).index(country),
            "cities": cities,
            "home": home,
            "days": days.tolist(),
            "office": office and home == cities[0],
            "flies": self.chance.random() < 0.1,
            "site": f"2a0{list(PLACES).index(country)}:{number:x}:{number % 97:x}:1",
            "vpn": self.chance.random() < 1 / 12,
            "desk": str(self.pick(["pc", "mac"])),
            "phone": str(self.pick(["iphone", "android"])),
        }

    def from_home(self, who: dict, day: int) -> tuple[str, str]:
        """Return the address at home, of which the last half changes daily, and the place."""
        return f"{who['site']}:{day + 1:x}:{int(self.chance.integers(1, 9999)):x}::7", who["home"]

    def ordinary_day(self, who: dict, day: int) -> None:
        """Let somebody work, and look at the phone in between."""
        begin = FIRST + timedelta(days=day, hours=7 + 2 * self.chance.random())
        away = who["office"] and who["flies"] and 5 <= day <= 7
        seat = 1 if away else 0
        country = (who["country"] + seat) % len(PLACES)
        if who["office"]:
            city = f"{list(PLACES.values())[country][0]}/{list(PLACES)[country]}"
            work = (f"195.20.{country}.{4 + int(self.chance.integers(3))}", city)
        else:
            work = self.from_home(who, day)
        if away and day == 5:
            begin += timedelta(hours=16)  # after the flight
        steps = [(begin, work)]
        if who["vpn"] and not away and self.chance.random() < 0.7:
            exit_ = f"146.70.{int(self.chance.integers(4))}.{int(self.chance.integers(1, 250))}"
            steps.append((begin + timedelta(minutes=50), (exit_, VPN_EXITS[who["country"] % 2])))
        self.note(who, steps, who["desk"], day)
        if self.chance.random() < 0.5 and not away:
            net = int(self.chance.integers(40))
            ip = f"10{who['country']}.6{net % 4}.{net}.{int(self.chance.integers(1, 250))}"
            at = begin + timedelta(minutes=float(self.chance.uniform(100, 200)))
            self.note(who, [(at, (ip, who["cities"][net % 4]))], who["phone"], day)

    def note(self, who: dict, steps: list, device: object, day: int, incident: str = "") -> None:
        """Write down a session."""
        words = (NEW if day >= 6 else OLD)[device] if isinstance(device, str) else device
        of = self.pages.setdefault(who["id"], [])
        name = f"{who['id']}-{len(of)}"
        stamps = [f"{at:%Y-%m-%dT%H:%M:%S.000Z}" for at, _ in steps]
        events = zip(stamps, (place for _, place in steps), strict=True)
        of.append(
            {
                "id": name,
                "user": {"id": who["id"]},
                "createdAt": stamps[0],
                "activeAt": stamps[-1],
                "locations": [{"at": at, "remoteIp": ip, **spot(w)} for at, (ip, w) in events],
                "browser": {"name": words[0]},
                "operatingSystem": {"name": words[1]},
                "device": {"type": words[2]},
            }
        )
        if incident:
            self.rows.append((who["id"], name, incident))

    def misfortunes(self) -> None:
        """Let things go wrong, in the last days."""
        scale = len(self.people) / 1000
        order = self.chance.permutation(len(self.people)).tolist()
        counts = {"far replay": 14, "far takeover": 14, "same country": 10}
        counts |= {"near replay": 6, "same city": 5}
        for incident, count in counts.items():
            for number in range(max(2, round(count * scale))):
                who = self.people[order.pop()]
                self.theft(who, incident, campaign=number % 2 == 0)
        for wave in range(2):
            at = FIRST + timedelta(days=8 + 2 * wave, hours=3 + 10 * self.chance.random())
            ip, lair, device = f"91.24{wave}.7.9", str(self.pick(ABROAD)), self.pick(THIEFS)
            for _ in range(12):
                moment = at + timedelta(minutes=float(self.chance.uniform(0, 45)))
                self.note(self.people[order.pop()], [(moment, (ip, lair))], device, 0, "spray")

    def theft(self, who: dict, incident: str, campaign: bool) -> None:
        """Let a cookie or a password be stolen."""
        day = int(self.chance.integers(8, DAYS))
        at = FIRST + timedelta(days=day, hours=10 + 8 * self.chance.random())
        others = [city for city in who["cities"] if city != who["home"]]
        there = who["home"] if incident == "same city" else str(self.pick(others))
        parts = self.chance.integers(1, 250, 3)
        ip = f"45.{parts[0]}.{parts[1]}.{parts[2]}"
        if incident.startswith("far"):
            there = ABROAD[0] if campaign else str(self.pick(ABROAD))
            ip = f"45.9.148.{parts[0]}" if campaign else ip
        later = at + timedelta(minutes=float(self.chance.uniform(4, 50)))
        steps = [(at, self.from_home(who, day)), (later, (ip, there))]
        if "replay" in incident:
            self.note(who, steps, who["desk"], day, incident)
        else:
            self.note(who, steps[1:], self.pick(THIEFS), day, incident)
