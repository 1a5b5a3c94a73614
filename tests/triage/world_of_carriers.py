"""A tenant by another hand than the sandbox's: phones on carriers that surface in other cities.

People have wifi at home, a phone on one of their country's carriers (whose gateways lie in two hub
cities), perhaps a privacy relay, an office, a trip. A quarter have few sessions. Incidents, per
thousand users: far cookie replays 12, near ones (same country) 6, takeovers from abroad 10,
from the same country 8, from the same city 4, and one password spray on 14.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pandas as pd

import pingsessions_nb as ps

CITIES = {
    "united states": [
        *(("seattle", "washington"), ("denver", "colorado"), ("chicago", "illinois")),
        *(("atlanta", "georgia"), ("dallas", "texas"), ("boston", "massachusetts")),
    ],
    "germany": [
        *(("berlin", "berlin"), ("munich", "bavaria"), ("hamburg", "hamburg")),
        *(
            ("frankfurt am main", "hesse"),
            ("leipzig", "saxony"),
            ("stuttgart", "baden-wurttemberg"),
        ),
    ],
    "france": [
        *(("paris", "ile-de-france"), ("lyon", "auvergne-rhone-alpes")),
        *(("toulouse", "occitanie"), ("lille", "hauts-de-france"), ("nantes", "pays de la loire")),
    ],
    "brazil": [
        *(("sao paulo", "sao paulo"), ("recife", "pernambuco"), ("curitiba", "parana")),
        *(("belo horizonte", "minas gerais"), ("fortaleza", "ceara")),
    ],
}
THIEVES = [
    *(
        ("lagos", "lagos", "nigeria"),
        ("minsk", "minsk city", "belarus"),
        ("hanoi", "hanoi", "vietnam"),
    ),
    *(("karachi", "sindh", "pakistan"), ("bucharest", "bucuresti", "romania")),
]
LAPTOPS = [
    ("Chrome", "Windows", "Other"),
    ("Edge", "Windows", "Other"),
    ("Safari", "Mac OS X", "Other"),
]
PHONES = [("Mobile Safari", "iOS", "iPhone"), ("Chrome Mobile", "Android", "Pixel 8")]
IN_APP = {"iOS": "Mobile Safari UI/WKWebView", "Android": "Chrome Mobile WebView"}
STRANGE = [
    ("Firefox", "Windows", "Other"),
    ("Chrome", "Linux", "Other"),
    ("Firefox", "Ubuntu", "Other"),
]
NOW = datetime(2026, 6, 12, 18)


class World:
    """People and what happens to them.

    Attributes
    ----------
    history : History
    truth : DataFrame
        ``user_id, session_id, incident``.
    """

    def __init__(self, users: int = 1000, seed: int = 1) -> None:
        self.draw = random.Random(seed)
        self.sessions: dict[str, list[dict]] = {}
        self.truth: list[tuple[str, str, str]] = []
        self.people = [self._person(f"user-{n:05}") for n in range(users)]
        for person in self.people:
            self._live(person)
        self._go_wrong()
        rows = [
            sorted(of, key=lambda each: each["createdAt"])[-10:] for of in self.sessions.values()
        ]
        page = {"_embedded": {"sessions": [each for of in rows for each in of[::-1]]}}
        self.history = ps.History.from_responses([page])
        kept = set(self.history.sessions["session_id"])
        rows = [row for row in self.truth if row[1] in kept]
        self.truth = pd.DataFrame(rows, columns=["user_id", "session_id", "incident"])

    def _address(self, net: str) -> str:
        return f"{net}.{self.draw.randrange(1, 255)}"

    def _net(self, first: int) -> str:
        return f"{first}.{self.draw.randrange(256)}.{self.draw.randrange(256)}"

    def _person(self, name: str) -> dict:
        draw = self.draw
        country = draw.choice(list(CITIES))
        carrier = draw.randrange(3)
        return {
            "id": name,
            "home": (*draw.choice(CITIES[country]), country),
            "wifi": self._address(self._net(80)),
            "hubs": [(*city, country) for city in CITIES[country][carrier : carrier + 2]],
            "carrier": f"10{list(CITIES).index(country)}.{carrier}",
            "relay": draw.random() < 0.12,
            "office": f"61.7.{list(CITIES).index(country)}.10" if draw.random() < 0.3 else None,
            "laptop": draw.choice(LAPTOPS),
            "phone": draw.choice(PHONES),
            "few": draw.random() < 0.25,
            "trip": draw.random() < 0.03,
        }

    def _spot(self, who: dict, mobile: bool, at_work: bool) -> tuple[str, tuple]:
        draw, country = self.draw, who["home"][2]
        if who["relay"] and draw.random() < 0.5:
            hub = draw.choice(CITIES[country])
            return self._address(f"172.224.{CITIES[country].index(hub)}"), (*hub, country)
        if mobile and draw.random() < 0.6:
            pool = draw.randrange(6)
            return self._address(f"{who['carrier']}.{pool}"), who["hubs"][pool % 2]
        if at_work:
            return who["office"], (*CITIES[country][0], country)
        return who["wifi"], who["home"]

    def _live(self, who: dict) -> None:
        draw = self.draw
        count = draw.randint(1, 4) if who["few"] else draw.randint(8, 14)
        at = NOW - timedelta(days=draw.uniform(9, 14))
        for _ in range(count):
            at += timedelta(hours=draw.uniform(6, 30))
            if at > NOW - timedelta(hours=3):
                break
            mobile = draw.random() < 0.45
            at_work = bool(who["office"]) and not mobile and at.weekday() < 5
            device = who["phone"] if mobile else who["laptop"]
            if mobile and draw.random() < 0.15:
                device = (IN_APP[device[1]], *device[1:])
            moments = [
                at + timedelta(minutes=draw.uniform(0, 90)) for _ in range(draw.randint(0, 3))
            ]
            spots = [self._spot(who, mobile, at_work) for _ in range(len(moments) + 1)]
            self._add(who, [at, *sorted(moments)], spots, device)
        if who["trip"] and count > 4:
            abroad = draw.choice([c for c in CITIES if c != who["home"][2]])
            city = (*draw.choice(CITIES[abroad]), abroad)
            hotel = self._address(self._net(90))
            begin = at + timedelta(hours=26)
            for day in range(2):
                self._add(who, [begin + timedelta(hours=20 * day)], [(hotel, city)], who["laptop"])

    def _add(self, who: dict, times: list, spots: list, device: tuple, incident: str = "") -> None:
        browser, system, kind = device
        own = self.sessions.setdefault(who["id"], [])
        name = f"{who['id']}/{len(own)}"
        stamps = [f"{at:%Y-%m-%dT%H:%M:%S}.000Z" for at in times]
        own.append(
            {
                "id": name,
                "user": {"id": who["id"]},
                "createdAt": stamps[0],
                "activeAt": stamps[-1],
                "locations": [
                    {"at": at, "remoteIp": ip, "city": c, "state": s, "country": k}
                    for at, (ip, (c, s, k)) in zip(stamps, spots, strict=True)
                ][-5:],
                "browser": {"name": browser, "version": "140"},
                "operatingSystem": {"name": system, "version": "1"},
                "device": {"type": kind},
            }
        )
        if incident:
            self.truth.append((who["id"], name, incident))

    def _go_wrong(self) -> None:
        draw, scale = self.draw, len(self.people) / 1000
        plots = {"far replay": 12, "near replay": 6, "far takeover": 10}
        plots |= {"same country": 8, "same city": 4, "spray": 14}
        victims = iter(draw.sample(self.people, round(60 * scale) + 14))
        spray_at = NOW - timedelta(days=2, hours=draw.uniform(0, 20))
        sprayed, lair = self._address(self._net(185)), draw.choice(THIEVES)
        device = draw.choice(STRANGE)
        for plot, number in plots.items():
            for _ in range(14 if plot == "spray" else max(1, round(number * scale))):
                who = next(victims)
                at = NOW - timedelta(hours=draw.uniform(4, 120))
                if plot == "spray":
                    moment = spray_at + timedelta(minutes=draw.uniform(0, 50))
                    self._add(who, [moment], [(sprayed, lair)], device, plot)
                    continue
                home = (who["wifi"], who["home"])
                there = self._thiefs_city(plot, who)
                theft = (self._address(self._net(185)), there)
                if "replay" in plot:
                    later = [at + timedelta(minutes=m) for m in (0, draw.uniform(5, 40))]
                    self._add(who, later, [home, theft], who["laptop"], plot)
                else:
                    self._add(who, [at], [theft], draw.choice(STRANGE), plot)

    def _thiefs_city(self, plot: str, who: dict) -> tuple:
        if plot.startswith("far"):
            return self.draw.choice(THIEVES)
        country = who["home"][2]
        others = [(*city, country) for city in CITIES[country] if (*city, country) != who["home"]]
        return who["home"] if plot == "same city" else self.draw.choice(others)
