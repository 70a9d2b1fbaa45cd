"""The database: one engine for SQLite and PostgreSQL, reading and writing."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from crackxai.errors import Message, RecordsError
from crackxai.inspection.records.place import refuse_network_share

TIMEOUT = 30
"""Seconds that a writer waits for another."""
LOCK = 0x437261636B584149
"""PostgreSQL's advisory lock that writers take: "CrackXAI" in ASCII."""
WRITES = "crackxai_writes"
PRAGMAS = (
    "foreign_keys = ON", "recursive_triggers = ON", "secure_delete = ON", "synchronous = NORMAL",
    f"busy_timeout = {TIMEOUT * 1000}",
)  # fmt: skip
"""For each connection. With WAL, NORMAL loses no row when the program is killed, and at most the last ones when the
power fails; the file stays whole. With recursive triggers, ``INSERT OR REPLACE`` asks the ones against DELETE too. With
secure_delete, what goes is overwritten with zeros."""


class Database:
    """An open database, for several threads.

    Attributes
    ----------
    name : for people, without a password.
    """

    def __init__(self, place: Path | URL) -> None:
        self.place = place
        self.name = str(place) if isinstance(place, Path) else place.render_as_string(hide_password=True)
        self.engine = _sqlite(place) if isinstance(place, Path) else _postgresql(place)

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database from its first question to its last.

        Raises
        ------
        RecordsError : the database fails.
        """
        with self.told(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that no other writer is beside; all of it is kept, or nothing.

        Raises
        ------
        RecordsError : the database fails, or another writer holds it for longer than `TIMEOUT`.
        """
        with self.told(), self.engine.connect() as connection:
            connection = connection.execution_options(**{WRITES: True})
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    # Taken before the first question, so that the answer has all that other writers wrote.
                    connection.execute(text(f"SET LOCAL lock_timeout = '{TIMEOUT}s'"))
                    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
                yield connection

    def switch_to_wal(self) -> None:
        """Of SQLite: readers and a writer side by side. It is kept in the file, so it is done once it is known as ours.

        Raises
        ------
        RecordsError : the database fails, or other programs use it for longer than `TIMEOUT`.
        """
        if not isinstance(self.place, Path):
            return
        until = time.monotonic() + TIMEOUT
        with self.told(), contextlib.closing(self.engine.raw_connection()) as connection:
            while True:
                try:
                    connection.cursor().execute("PRAGMA journal_mode = WAL")
                    return
                except sqlite3.OperationalError as error:
                    # SQLite does not wait here where two processes open a new file at once.
                    if "locked" not in str(error) or time.monotonic() > until:
                        raise OperationalError("PRAGMA journal_mode", None, error) from error
                    time.sleep(0.02)

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """A failure of the database, as an error that says what to do."""
        try:
            yield
        except SQLAlchemyError as error:
            raise RecordsError(_advice(self.name, error)) from error

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def open_database(place: Path | URL, create: bool = True) -> Database:
    """Open it, or make a new one where there is none; nothing that is not the program's own is written to.

    Raises
    ------
    RecordsError : it is not there and ``create`` is False, lies on a network share, is another file, is damaged, or
        cannot be written.
    """
    if isinstance(place, Path):
        refuse_network_share(place)
        if os.path.lexists(place):
            _check_file(place)
        elif not create:
            raise RecordsError(f"{place}: expected records of inspections, found no file. Name them with --db.")
        else:
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise RecordsError(
                    Message(
                        "records-error.no-folder",
                        "{place}: no folder can be made for the records: {why}. Check the rights and the "
                        "disk, or name another place with CRACKXAI_DB.",
                        place=place,
                        why=error.strerror or error,
                    )
                ) from error
    return Database(place)


def _sqlite(file: Path) -> Engine:
    # Without a pool: a connection is cheap, and SQLite's do not pass between threads. With isolation_level None
    # Python's module begins no transactions by itself, whose kind we choose.
    engine = create_engine(
        URL.create("sqlite", database=str(file)),
        poolclass=NullPool,
        connect_args={"timeout": TIMEOUT, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _: object) -> None:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that begins by reading and goes on to write would fail where another wrote in between.
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    try:
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": TIMEOUT})
    except ModuleNotFoundError as error:
        raise RecordsError(
            f"expected the package psycopg for records in PostgreSQL, found none ({error}). Install it: python -m pip "
            'install "psycopg[binary]~=3.3".'
        ) from error


def _check_file(file: Path) -> None:
    """Look without writing: the name may be that of a letter to somebody."""
    try:
        with file.open("rb") as opened:
            start = opened.read(16)
    except OSError as error:
        raise RecordsError(
            Message(
                "records-error.unreadable",
                "{file}: the records cannot be read: {why}. Check the path and its rights.",
                file=file,
                why=error.strerror or error,
            )
        ) from error
    if start and start != b"SQLite format 3\0":
        raise RecordsError(
            Message(
                "records-error.another-file",
                "{file}: expected records of inspections (a SQLite database), received another "
                "or a damaged file. Nothing was written to it. Name another place with "
                "CRACKXAI_DB, or put back a copy.",
                file=file,
            )
        )


def _advice(place: str, error: SQLAlchemyError) -> Message:
    cause = error.orig if isinstance(error, DBAPIError) else None
    said = " ".join(str(cause or error).split())[:300]
    if isinstance(cause, sqlite3.Error):
        if "locked" in said or "busy" in said:
            return Message(
                "records-error.locked",
                "{place}: another program has been writing for {seconds} seconds. Try again when it is done.",
                place=place,
                seconds=TIMEOUT,
            )
        if "readonly" in said or "unable to open" in said:
            return Message(
                "records-error.unwritable",
                "{place}: the records cannot be written ({said}). Check the folder and its "
                "rights, or name another place.",
                place=place,
                said=said,
            )
        if "full" in said or "I/O" in said:
            return Message(
                "records-error.disk",
                "{place}: the records cannot be written ({said}). Check the disk. What was written before is kept.",
                place=place,
                said=said,
            )
        if "malformed" in said or "not a database" in said:
            return Message(
                "records-error.damaged",
                "{place}: the records are damaged ({said}). Nothing was written to them. Put back a copy.",
                place=place,
                said=said,
            )
    return Message(
        "records-error.refused",
        "{place}: the database refused: {said}. Nothing of this was recorded. Check the database and its rights.",
        place=place,
        said=said,
    )
