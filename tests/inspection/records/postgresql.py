"""A PostgreSQL for the tests: the one that is named, or one of their own, in a temporary folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

NAMED = "CRACKXAI_TEST_POSTGRES"
"""Environment variable: URL of a server and its superuser, who may make databases and tamper with them."""
REQUIRED = "CRACKXAI_POSTGRES"
"""Environment variable: "required" makes it an error that there is none."""


def programs() -> Path | None:
    """The folder of initdb and pg_ctl; Debian keeps them off the path."""
    found = shutil.which("initdb")
    if found and shutil.which("pg_ctl"):
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: float(each.parent.name))
    return next((each for each in reversed(folders) if (each / "initdb").exists()), None)


def missing(why: str) -> None:
    if os.environ.get(REQUIRED) == "required":
        pytest.fail(f"{REQUIRED}=required, and {why}")
    pytest.skip(why)


@contextlib.contextmanager
def server(folder: Path) -> Iterator[str]:
    """URL of its database "postgres"; skips the test where there is none."""
    if named := os.environ.get(NAMED):
        yield named
        return
    where = programs()
    if where is None:
        missing("there is no PostgreSQL here")
    try:
        import psycopg  # noqa: F401
    except ImportError:
        missing("the package psycopg is not installed")
    # PostgreSQL does not run as root; Debian's package makes this user.
    as_user = ["runuser", "-u", "postgres", "--"] if hasattr(os, "getuid") and os.getuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    data = folder / "data"

    def run(*command: str) -> None:
        done = subprocess.run([*as_user, *command], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    run(str(where / "initdb"), "-D", str(data), "-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    run(str(where / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql://tests@/postgres?host={folder}"
    finally:
        run(str(where / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")


@contextlib.contextmanager
def database(url: str, template: str = "template1") -> Iterator[str]:
    """URL of a new one on that server, a copy of the database ``template``; dropped in the end."""
    import psycopg
    from sqlalchemy import make_url

    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
