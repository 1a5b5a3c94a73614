"""A tenant by a fourth hand: nothing about an address is steady.

Four weeks. Homes get another address every week or so, out of their provider's sixteen /16, and one
address in seven is placed in another city of the country. Three mobile carriers a country have 400
networks each, and each network surfaces in some city of the country. A tenth use a privacy relay
(near home, 60 networks a country), one in fourteen a VPN that they pay for and that comes out
abroad, one in twenty is shown by masked addresses. A tenth travel abroad for some days with their
own laptop; some buy a phone, or come back from a long leave; twice a dozen people are at one
conference, on its wifi, within an hour. A parser changes half-way, and applications open pages in
themselves. Three in ten have one to four sessions.

Incidents, per thousand users: cookies replayed from abroad 8 and from another city 5; takeovers
from abroad 10, from another city of the country 8 (half of them through a home of the country's
own providers), from the same city 3; two sprays of 12 and 16 accounts. A third of the
takeovers from abroad come through the networks of the VPN that others pay for.
"""

from __future__ import annotations

import hashlib
import random
from datetime import datetime, timedelta

import pandas as pd

import pingsessions_nb as ps

LANDS = {
    "italy": "rome:lazio milan:lombardy naples:campania turin:piedmont bologna:emilia-romagna",
    "poland": "warsaw:mazovia krakow:lesser_poland gdansk:pomerania poznan:greater_poland",
    "mexico": "mexico_city:mexico_city guadalajara:jalisco monterrey:nuevo_leon merida:yucatan",
    "australia": "sydney:new_south_wales melbourne:victoria brisbane:queensland perth:"
    "western_australia",
    "india": "mumbai:maharashtra delhi:delhi bengaluru:karnataka kolkata:west_bengal",
}
FAR = "moscow:moscow:russia jakarta:jakarta:indonesia cairo:cairo:egypt bogota:bogota_d.c.:colombia"
EXITS = "amsterdam:north_holland:netherlands dallas:texas:united_states stockholm:stockholm:sweden"
WORK = [("Chrome", "Windows", "Other"), ("Edge", "Windows", "Other"), ("Chrome", "Mac OS X", "Mac")]
POCKET = [
    ("Mobile Safari", "iOS", "iPhone"),
    ("Chrome Mobile", "Android", "SM-S911B"),
    ("Samsung Internet", "Android", "SM-A536B"),
]
LATER = {
    "Mac OS X": "macOS",
    "Edge": "Microsoft Edge",
    "Other": "Desktop",
    "SM-S911B": "Samsung SM-S911B",
}
APPS = {"iOS": "LinkedIn", "Android": "Chrome WebView"}
BURGLARS = [
    ("Chrome", "Windows", "Other"),
    ("Firefox", "Linux", "Other"),
    ("Chrome", "Linux", "Other"),
    ("Python Requests", "Other", "Other"),
]
END = datetime(2026, 3, 27, 20)
WEEKS = 4


def cities(land: str) -> list[tuple[str, str, str]]:
    """Return the cities of a country in words."""
    pairs = (each.split(":") for each in LANDS[land].split())
    return [(city.replace("_", " "), state.replace("_", " "), land) for city, state in pairs]


def places(words: str) -> list[tuple[str, ...]]:
    """Return places written as ``city:state:country``."""
    return [tuple(each.replace("_", " ").split(":")) for each in words.split()]


def fixed(key: str, number: int) -> int:
    """Return a number below another that depends on a key alone."""
    return int.from_bytes(hashlib.blake2s(key.encode()).digest()[:4], "big") % number


class World:
    """People and what happens to them: ``history`` and ``truth``, as in the other worlds."""

    def __init__(self, users: int = 1000, seed: int = 1) -> None:
        self.dice = random.Random(f"roamers {seed}")
        self.book: dict[str, list[dict]] = {}
        self.crimes: list[tuple[str, str, str]] = []
        self.folk = [self.somebody(number) for number in range(users)]
        for one in self.folk:
            self.month(one)
        self.conferences()
        self.crime()
        kept = [sorted(of, key=lambda s: s["createdAt"])[-10:][::-1] for of in self.book.values()]
        self.history = ps.History.from_responses(
            [{"_embedded": {"sessions": [each for of in kept for each in of]}}]
        )
        left = set(self.history.sessions["session_id"])
        self.truth = pd.DataFrame(
            [row for row in self.crimes if row[1] in left],
            columns=["user_id", "session_id", "incident"],
        )

    def somebody(self, number: int) -> dict:
        """Invent a person."""
        dice = self.dice
        land = dice.choice(list(LANDS))
        home = dice.choice(cities(land))
        return {
            "id": f"u{number:06}",
            "land": land,
            "home": home,
            "provider": f"{70 + list(LANDS).index(land)}",
            "carrier": f"{90 + list(LANDS).index(land)}.{dice.randrange(3)}",
            "relay": dice.random() < 0.1,
            "vpn": dice.random() < 1 / 14,
            "masked": dice.random() < 0.05,
            "desk": dice.choice(WORK),
            "pocket": dice.choice(POCKET),
            "sessions": dice.randint(1, 4) if dice.random() < 0.3 else dice.randint(10, 24),
            "leave": dice.random() < 0.01,
            "flight": dice.random() < 0.1,
            "buys": dice.random() < 0.06,
        }

    def at_home(self, one: dict, at: datetime) -> tuple[str, tuple]:
        """Return the home's address in that week, and where it is placed."""
        week = (at - END).days // 7
        key = f"{one['id']} {week}"
        net = f"{one['provider']}.{fixed(key, 16)}.{fixed(key + 'c', 256)}"
        strays = fixed(key + "stray", 7) == 0
        place = cities(one["land"])[fixed(key, 4)] if strays else one["home"]
        return f"{net}.{fixed(key + 'd', 254) + 1}", place

    def outdoors(self, one: dict) -> tuple[str, tuple]:
        """Return an address of the user's carrier, and where its network surfaces."""
        net = f"{one['carrier']}.{self.dice.randrange(256)}"
        if self.dice.random() < 0.36:
            net = f"{one['carrier'][:3]}{int(one['carrier'][3:]) + 100}.{self.dice.randrange(144)}"
        around = cities(one["land"])
        return f"{net}.{self.dice.randrange(1, 255)}", around[fixed(net, len(around))]

    def through_vpn(self) -> tuple[str, tuple]:
        """Return an exit of the VPN that people pay for."""
        number = self.dice.randrange(20)
        return f"193.32.{number}.{self.dice.randrange(1, 255)}", places(EXITS)[number % 3]

    def month(self, one: dict) -> None:
        """Let a person live for four weeks."""
        dice = self.dice
        days = WEEKS * 7
        times = sorted(
            END - timedelta(days=dice.uniform(0.3, days), hours=-dice.uniform(0, 2))
            for _ in range(one["sessions"])
        )
        if one["leave"]:
            times = [at - timedelta(days=90) for at in times[:-1]] + times[-1:]
        trip = END - timedelta(days=dice.uniform(2, 9)) if one["flight"] else None
        abroad = dice.choice([land for land in LANDS if land != one["land"]])
        hotel = (f"151.{dice.randrange(256)}.{dice.randrange(256)}.9", dice.choice(cities(abroad)))
        bought = dice.choice(POCKET)
        for at in times:
            if trip and abs(at - trip) < timedelta(hours=20):
                continue  # aloft, or packing
            away = bool(trip) and trip < at < trip + timedelta(days=4)
            if trip and trip + timedelta(days=4) < at < trip + timedelta(days=5):
                continue
            pocket = dice.random() < 0.4 and not away
            device = one["pocket"] if pocket else one["desk"]
            if pocket and one["buys"] and at > END - timedelta(days=5):
                device = bought
            if pocket and dice.random() < 0.12:
                device = (APPS[device[1]], *device[1:])
            moments = [at + timedelta(minutes=30 * step) for step in range(dice.randint(1, 4))]
            seen = [hotel if away else self.spot(one, moment, pocket) for moment in moments]
            self.write(one, moments, seen, device)

    def spot(self, one: dict, at: datetime, pocket: bool) -> tuple[str, tuple]:
        """Return the address from which somebody is seen, and its place."""
        if pocket and one["relay"] and self.dice.random() < 0.5:
            net = f"104.{28 + list(LANDS).index(one['land'])}.{self.dice.randrange(60)}"
            return f"{net}.{self.dice.randrange(1, 255)}", one["home"]
        if one["vpn"] and not pocket and self.dice.random() < 0.4:
            return self.through_vpn()
        if pocket and self.dice.random() < 0.6:
            return self.outdoors(one)
        return self.at_home(one, at)

    def write(self, one: dict, moments: list, seen: list, device: tuple, crime: str = "") -> None:
        """Write a session into the book."""
        if moments[0] > END - timedelta(days=12):
            device = tuple(LATER.get(word, word) for word in device)
        own = self.book.setdefault(one["id"], [])
        name = f"{one['id']}.{len(own)}"
        stamps = [f"{at:%Y-%m-%dT%H:%M:%S}Z" for at in moments]
        own.append(
            {
                "id": name,
                "user": {"id": one["id"]},
                "createdAt": stamps[0],
                "activeAt": stamps[-1],
                "locations": [
                    {
                        "at": at,
                        "remoteIp": f"{ip.split('.')[0]}.xx.xx.xxx" if one["masked"] else ip,
                        **dict(zip(("city", "state", "country"), place, strict=True)),
                    }
                    for at, (ip, place) in zip(stamps, seen, strict=True)
                ],
                "browser": {"name": device[0]},
                "operatingSystem": {"name": device[1]},
                "device": {"type": device[2]},
            }
        )
        if crime:
            self.crimes.append((one["id"], name, crime))

    def conferences(self) -> None:
        """Let a dozen people meet twice, on their own laptops."""
        for _ in range(2):
            land = self.dice.choice(list(LANDS))
            wifi = (f"62.{self.dice.randrange(256)}.7.20", self.dice.choice(cities(land)))
            begin = END - timedelta(days=self.dice.uniform(1, 6))
            guests = [one for one in self.folk if one["land"] == land and not one["flight"]]
            for one in self.dice.sample(guests, min(12, len(guests) // 2)):
                at = begin + timedelta(minutes=self.dice.uniform(0, 50))
                near = timedelta(hours=10)
                own = self.book.get(one["id"], [])
                busy = {f"{at - near:%Y-%m-%dT%H}", f"{at + near:%Y-%m-%dT%H}"}
                own[:] = [s for s in own if not min(busy) <= s["createdAt"] <= max(busy)]
                self.write(one, [at], [wifi], one["desk"])

    def crime(self) -> None:
        """Let cookies and passwords be stolen in the last week."""
        dice, scale = self.dice, len(self.folk) / 1000
        victims = iter(dice.sample(self.folk, len(self.folk)))
        counts = {"far replay": 8, "far takeover": 10, "same country": 8}
        counts |= {"near replay": 5, "same city": 3}
        for crime, count in counts.items():
            for _ in range(max(1, round(count * scale))):
                self.theft(next(victims), crime)
        for size in (12, 16):
            at = END - timedelta(days=dice.uniform(1, 6))
            lair = (f"185.{dice.randrange(256)}.{dice.randrange(256)}.4", dice.choice(places(FAR)))
            device = dice.choice(BURGLARS)
            for _ in range(size):
                moment = at + timedelta(minutes=dice.uniform(0, 50))
                self.write(next(victims), [moment], [lair], device, "spray")

    def theft(self, one: dict, crime: str) -> None:
        """Steal from somebody."""
        dice = self.dice
        through = crime == "far takeover" and dice.random() < 1 / 3
        name = "takeover by VPN" if through else crime
        at = END - timedelta(days=dice.uniform(0.2, 6.5))
        others = [city for city in cities(one["land"]) if city != one["home"]]
        rented = f"185.{dice.randrange(256)}.{dice.randrange(256)}.{dice.randrange(1, 255)}"
        if crime.startswith("far"):
            seen = (rented, dice.choice(places(FAR)))
            seen = self.through_vpn() if through else seen
        else:
            homely = f"{one['provider']}.{dice.randrange(16)}.{dice.randrange(256)}.77"
            ip = homely if dice.random() < 0.5 else rented
            seen = (ip, one["home"] if crime == "same city" else dice.choice(others))
        later = at + timedelta(minutes=dice.uniform(4, 45))
        if "replay" in crime:
            self.write(one, [at, later], [self.at_home(one, at), seen], one["desk"], crime)
        else:
            self.write(one, [later], [seen], dice.choice(BURGLARS), name)
