"""Fixtures: an empty database of both kinds, records in it, and hand-written facts."""

from __future__ import annotations

import contextlib
import datetime
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from crackxai.inspection.records.records import Records, open_records
from tests.inspection.records import postgresql


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    # Open to another user, and short: the path of a socket may have about 100 bytes.
    short = "/tmp" if os.name == "posix" else None
    with tempfile.TemporaryDirectory(prefix="pg", dir=short) as folder, postgresql.server(Path(folder)) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path) -> Iterator[str]:
    """Where a database can be: a file or a URL."""
    if request.param == "sqlite":
        yield str(tmp_path / "records.sqlite")
        return
    with postgresql.database(request.getfixturevalue("postgresql_server")) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    """A file with the tables and no row."""
    path = tmp_path_factory.mktemp("template") / "records.sqlite"
    open_records(path).close()
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server) -> Iterator[str]:
    """The name of a database with the tables and no row."""
    with postgresql.database(postgresql_server) as url:
        open_records(url).close()
        yield str(make_url(url).database)


class Clock:
    """A second later each time that it is asked, from 2026-01-02 03:04:05 UTC on."""

    def __init__(self) -> None:
        self.time = datetime.datetime(2026, 1, 2, 3, 4, 4, tzinfo=datetime.UTC)

    def __call__(self) -> datetime.datetime:
        self.time += datetime.timedelta(seconds=1)
        return self.time


class Person:
    """Whoever is named last."""

    name = "ada"

    def __call__(self) -> str:
        return self.name


@pytest.fixture(params=["sqlite", "postgresql"])
def records(request, person, tmp_path) -> Iterator[Records]:
    """Empty ones; with tables that were made once, since making them takes longer than most tests."""
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            place = str(tmp_path / "records.sqlite")
            shutil.copy(request.getfixturevalue("sqlite_template"), place)
        else:
            template = request.getfixturevalue("postgresql_template")
            place = stack.enter_context(postgresql.database(request.getfixturevalue("postgresql_server"), template))
        records = open_records(place, store=tmp_path / "store", clock=Clock(), person=person)
        yield stack.enter_context(records)
