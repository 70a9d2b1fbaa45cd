"""Fixtures: a PostgreSQL, a real S3-compatible server with a bucket, and one Chromium for all of this folder."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from crackxai.inspection import remote_files
from tests.browser.conftest import chromium  # noqa: F401
from tests.inspection.records import postgresql
from tests.inspection.records.conftest import postgresql_server, postgresql_template  # noqa: F401
from tests.serving.needed import free_port, package, program, wait_for_port


@pytest.fixture
def shared_place(postgresql_server, postgresql_template) -> Iterator[str]:  # noqa: F811
    """URL of a PostgreSQL database with the tables and no row."""
    with postgresql.database(postgresql_server, postgresql_template) as url:
        yield url


class Bucket(NamedTuple):
    """uri : of the bucket. environment : how clients find its server."""

    uri: str
    environment: dict[str, str]


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory) -> Iterator[dict[str, str]]:
    """How its clients find it."""
    package("s3fs")
    folder, port = tmp_path_factory.mktemp("s3"), free_port()
    keys = {"AWS_ACCESS_KEY_ID": "tests-key", "AWS_SECRET_ACCESS_KEY": "tests-secret"}
    command = [program("rclone"), "serve", "s3", "--auth-key", ",".join(keys.values()), "--vfs-cache-mode", "off"]
    environment = {**os.environ, "RCLONE_CONFIG": str(folder.parent / "none.conf")}
    with (folder.parent / "s3.log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--addr", f"127.0.0.1:{port}", str(folder)],
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        wait_for_port(port, process)
        yield {**keys, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_DEFAULT_REGION": "us-east-1"}
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def bucket(s3_server, monkeypatch) -> Iterator[Bucket]:
    """An empty one, which this process and those that it starts can read and write."""
    import fsspec

    name = f"b{os.urandom(6).hex()}"
    for variable, value in s3_server.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr(remote_files, "_trusted", set())
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    fsspec.filesystem("s3").mkdir(name)
    yield Bucket(f"s3://{name}", s3_server)
    fsspec.get_filesystem_class("s3").clear_instance_cache()
