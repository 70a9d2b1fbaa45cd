"""What is written together is kept together."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from crackxai.inspection.records.database import Database


class Transactions:
    """A database, and for each thread the transaction that it is in; also a context manager that closes it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._held = threading.local()

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """What this thread writes within the block is one transaction: quicker for many rows, and kept or lost as one.

        Other writers wait meanwhile, so nothing slow belongs into it.
        """
        with self._writing():
            yield

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.close()

    @property
    def _within_another(self) -> bool:
        return getattr(self._held, "connection", None) is not None

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        if self._within_another:
            # What fails within is undone, even where the caller goes on: no entry stays without what it says.
            with self.database.told(), self._held.connection.begin_nested():
                yield self._held.connection
            return
        with self.database.writing() as connection:
            self._held.connection = connection
            try:
                yield connection
            finally:
                self._held.connection = None

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        if self._within_another:
            with self.database.told():
                yield self._held.connection
            return
        with self.database.reading() as connection:
            yield connection
