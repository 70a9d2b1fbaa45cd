"""Who has what in hand: runs on several servers over the same photos share them out instead of doing them twice.

A claim is a lease in the database: taken before a photo is decoded, given back when its answer is recorded, renewed
while the run goes on, and void after `LEASE_S` seconds, so that what a killed server had in hand is done by another.
Claims save work and nothing else: that nothing is recorded twice is seen to within the transaction that records it.

They are taken in PostgreSQL alone. SQLite's file belongs to one computer, whose page runs one folder at a time.
"""

from __future__ import annotations

import hashlib
import threading
import time
import uuid
from collections.abc import Iterable

from sqlalchemy import Double, cast, delete, func, update
from sqlalchemy.dialects.postgresql import insert

from crackxai.inspection.records.database import Database
from crackxai.inspection.records.tables import Claim

LEASE_S = 120.0
"""Seconds without a sign of life after which work is free again."""
RENEW_S = 20.0
"""Seconds between two signs of life."""
_NOW = cast(func.date_part("epoch", func.clock_timestamp()), Double)
"""By the database's clock: those of servers differ."""


def work_of(*what: str) -> str:
    """A name of 64 characters for it."""
    return hashlib.sha256("\n".join(what).encode()).hexdigest()


class Claims:
    """Of one run; for several threads. All methods raise RecordsError where the database fails.

    Parameters
    ----------
    lease : seconds; None: `LEASE_S`.
    """

    def __init__(self, database: Database, lease: float | None = None) -> None:
        self._database, self._lease = database, LEASE_S if lease is None else lease
        self.shared = database.engine.dialect.name == "postgresql"
        self.holder = uuid.uuid4().hex
        self._renewed = time.monotonic()
        self._held: set[str] = set()
        self._lock = threading.Lock()

    def take(self, works: Iterable[str]) -> set[str]:
        """Those of them that are in these hands now, for another lease; all of them where nobody shares."""
        wanted = {*works}
        if not self.shared or not wanted:
            return wanted
        # In one order, so that two who want the same do not wait for each other.
        rows = [{"work": work, "holder": self.holder, "until": _NOW + self._lease} for work in sorted(wanted)]
        asking = insert(Claim).values(rows)
        free = (Claim.holder == self.holder) | (Claim.until < _NOW)
        asking = asking.on_conflict_do_update(
            index_elements=[Claim.work],
            set_={"holder": asking.excluded.holder, "until": asking.excluded.until},
            where=free,
        )
        with self._database.told(), self._database.engine.begin() as connection:
            taken = {str(work) for work in connection.scalars(asking.returning(Claim.work))}
        with self._lock:
            self._held |= taken
        return taken

    def renew(self) -> None:
        """Go on holding what is held; asks the database every `RENEW_S` seconds at most."""
        with self._lock:
            if not self._held or time.monotonic() - self._renewed < RENEW_S:
                return
            self._renewed = time.monotonic()
        with self._database.told(), self._database.engine.begin() as connection:
            connection.execute(update(Claim).where(Claim.holder == self.holder).values(until=_NOW + self._lease))

    def give_back(self, works: Iterable[str]) -> None:
        """It is done, or given up."""
        with self._lock:
            given = sorted({*works} & self._held)
            self._held -= {*given}
        if given:
            with self._database.told(), self._database.engine.begin() as connection:
                connection.execute(delete(Claim).where(Claim.work.in_(given), Claim.holder == self.holder))

    def give_all_back(self) -> None:
        """Of this run, and what was left of others whose lease is long over."""
        with self._lock:
            held, self._held = bool(self._held), set()
        if held:
            own = (Claim.holder == self.holder) | (Claim.until < _NOW - self._lease)
            with self._database.told(), self._database.engine.begin() as connection:
                connection.execute(delete(Claim).where(own))
