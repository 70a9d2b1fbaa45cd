"""Light clients that go through an inspection and decide, and what has to stand in the records afterwards."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.light_client import LightClient
from crackxai.inspection.records.decisions import REASONS
from crackxai.inspection.records.records import Records
from tests.serving.site import BASE, Site

VERDICTS = ("crack", "no-crack", "review")
STUCK_S, MOST_BLANK = 10.0, 3
"""Seconds after which a page without photos is drawn again, as a person would, and how often for one client."""
REASON = next(reason for reason in REASONS if reason != "other")


@dataclass
class Decider:
    """One client. made : its decisions, in order: the first 12 digits of the photo's SHA-256, and the verdict.
    seconds : that each press took. blank : pages that had to be asked for again."""

    number: int
    inspection: str
    made: list[tuple[str, str]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    blank: int = 0

    def client(self, site: Site) -> LightClient:
        """With the cookie by which nginx keeps it with a server."""
        query = f"lang=en&inspection={self.inspection}"
        headers = {"Cookie": f"crackxai=crackxai_{1 + self.number % 2}"}
        address = f"localhost:{site.plain}"
        return LightClient(address, query, page="inspection", base=BASE, headers=headers)

    async def work(self, client: LightClient, enough: Callable[[Decider], bool], pause: float) -> None:
        """Decide on one photo after the other, from the first one again after the last."""
        chance = random.Random(self.number)
        await self._there(client)
        while not enough(self):
            if not (shown := _keys(client, "decide-crack-")):
                first = _keys(client, "look-")[0]
                await self._press(client, first)
                continue
            photo, verdict = shown[0].removeprefix("decide-crack-"), chance.choice(VERDICTS)
            await self._press(client, f"decide-{verdict}-{photo}")
            if _keys(client, f"reason-{REASON}-"):
                await self._press(client, f"reason-{REASON}-{photo}")
            self.made.append((photo, verdict))
            if f"decide-crack-{photo}" in _keys(client, "decide-crack-"):  # it was the last one
                await self._back_to_first(client)
            await asyncio.sleep(chance.uniform(0.5, 1.5) * pause)

    async def _back_to_first(self, client: LightClient) -> None:
        while True:
            (step,) = _keys(client, "step-previous-")
            if client.widget(step)[1].button.disabled:
                return
            await self._press(client, step)

    async def _press(self, client: LightClient, key: str) -> None:
        began = time.monotonic()
        await client.press(key)
        await self._there(client)
        self.seconds.append(time.monotonic() - began)

    async def _there(self, client: LightClient) -> None:
        """The page is there once its buttons are: a run that another ended may have drawn none."""
        until = time.monotonic() + STUCK_S
        while not (_keys(client, "decide-crack-") or _keys(client, "look-") or _keys(client, f"reason-{REASON}-")):
            await asyncio.sleep(0.02)
            if time.monotonic() > until:
                self.blank += 1
                if self.blank > MOST_BLANK:
                    raise RuntimeError(f"expected photos on the page, found {[*client.texts()]}")
                await client.rerun()
                until = time.monotonic() + STUCK_S


def _keys(client: LightClient, beginning: str) -> list[str]:
    """That begin so and go on with a photo's 12 digits."""
    found = []
    for identity in client.identities():
        _, there, rest = identity.partition(f"-{beginning}")
        if there and re.fullmatch(r"(.*-)?[0-9a-f]{12}", rest):
            found.append(beginning + rest)
    return found


async def decide_at_once(
    site: Site, deciders: list[Decider], pause: float, seconds: float | None = None, count: int | None = None
) -> None:
    """All of them, for so long, or so often each. pause : seconds between two decisions, as a mean."""
    clients = [decider.client(site) for decider in deciders]
    entered = [await client.__aenter__() for client in clients]
    try:
        until = time.monotonic() + (seconds or float("inf"))

        def enough(decider: Decider) -> bool:
            return time.monotonic() >= until or (count is not None and len(decider.made) >= count)

        works = [decider.work(client, enough, pause) for decider, client in zip(deciders, entered, strict=True)]
        await asyncio.gather(*works)
    finally:
        for client in entered:
            await client.__aexit__()


def check(records: Records, deciders: list[Decider]) -> None:
    """Nothing is lost, nothing is there twice, and none stands where another decided."""
    for inspection in {decider.inspection for decider in deciders}:
        own = [decider for decider in deciders if decider.inspection == inspection]
        there = [(str(row.sha256)[:12], row.said.verdict) for row in records.decisions(inspection)]
        if len(own) == 1:
            assert there == own[0].made
        else:
            assert Counter(there) == Counter(each for decider in own for each in decider.made)
